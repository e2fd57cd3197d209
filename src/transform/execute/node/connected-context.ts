import { type JinjaCallable, str } from '../../../jinja/index.js'
import type { Adapter } from '../../adapter/adapter.js'
import { adapterObject } from '../../adapter/adapter-methods.js'
import type { NodeContext } from '../../context/node-context.js'
import type { ManifestNode } from '../../contract.js'
import type { NodeFiles } from '../results/node-files.js'
import type { StoredResults } from '../results/stored-results.js'
import type { ExecutionScope } from '../scope/execution-scope.js'
import type { RunnerOptions } from '../scope/runner-options.js'
import type { HookText } from './hook-text.js'
import { loadSeed } from './seed-file.js'

interface Connected {
  readonly scope: ExecutionScope
  readonly node: ManifestNode
  readonly run: RunnerOptions
  readonly results: StoredResults
  readonly files: NodeFiles
  readonly hook: HookText
}

/** Adds to a context what needs the connection, or keeps something of this run. */
export function addConnected(context: NodeContext, adapter: Adapter, connected: Connected): void {
  const { scope, node, run, results, files, hook } = connected
  context
    .set('adapter', adapterObject(adapter))
    .set('api', adapter.api)
    .set('write', (text: unknown) => {
      files.write('run', node, str(text), run.batch)
      return ''
    })
    .set('render', (text: unknown) => hook.render(str(text), context))
    .set('load_agate_table', () => loadSeed(scope, node, run.onLog))
    .set('try_or_compiler_error', (_: unknown, callee: unknown, ...args: unknown[]) =>
      (callee as JinjaCallable).jinjaCall(args, null),
    )
  for (const [name, value] of Object.entries(results.functions())) context.set(name, value)
}
