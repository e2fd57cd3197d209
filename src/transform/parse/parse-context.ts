import { nodeRelation } from '../adapter/node-relation.js'
import { toPython } from '../context/base-context.js'
import { NodeContext } from '../context/node-context.js'
import type { ManifestMacro, ManifestNode } from '../contract.js'
import type { DbtPackage } from '../project/dbt-project.js'
import { ParseAdapter } from './parse-adapter.js'
import type { ParseScope } from './parse-scope.js'

/** A context in which nothing is executed: the adapter answers nothing, `execute` is false. */
export function parseContext(
  scope: ParseScope,
  own: DbtPackage,
  onMacro: (macro: ManifestMacro) => void = () => {},
): { readonly context: NodeContext; readonly adapter: ParseAdapter } {
  const { invocation, registry, root, dispatchPrefixes, builtin, docs } = scope
  const context = new NodeContext({
    invocation,
    registry,
    root,
    own,
    packageName: own.name,
    isAsync: false,
    dispatchPrefixes,
    builtin,
    onMacro,
  })
  const adapter = new ParseAdapter(invocation.target, (name, namespace) => context.dispatch(name, namespace))
  context
    .set('execute', false)
    .set('adapter', adapter)
    .set('api', adapter.api)
    .set('doc', docs.docFunction(own.name))
    .setLazy('graph', () => toPython({ nodes: {}, sources: {}, exposures: {}, groups: {}, metrics: {} }))
    .set('selected_resources', [])
    .set('load_result', () => null)
    .set('store_result', () => '')
    .set('store_raw_result', () => '')
    .set('write', () => '')
    .set('render', (text: unknown) => text)
    .set('try_or_compiler_error', (_: unknown, fn: (...args: unknown[]) => unknown, ...args: unknown[]) => fn(...args))
  return { context, adapter }
}

/** The same for one node: its own relation, config and SQL are there as far as they are known. */
export function nodeParseContext(scope: ParseScope, own: DbtPackage, node: ManifestNode) {
  const seen = new Set<string>()
  const made = parseContext(scope, own, (macro) => {
    if (seen.has(macro.unique_id)) return
    seen.add(macro.unique_id)
    node.depends_on.macros.push(macro.unique_id)
  })
  made.context
    .setLazy('model', () => toPython({ ...node }))
    .setLazy('this', () => nodeRelation(scope.relations, node))
    .set('database', node.database)
    .set('schema', node.schema)
    .set('pre_hooks', [])
    .set('post_hooks', [])
    .set('sql', '')
    .set('compiled_code', '')
  return made
}

/** For templates in properties files: vars, env_var, target and macros, but no node. */
export function yamlContext(scope: ParseScope, own: DbtPackage): { get(name: string): unknown } {
  let context = scope.yamlContexts.get(own.name)
  if (!context) {
    context = parseContext(scope, own).context
    scope.yamlContexts.set(own.name, context)
  }
  return context
}
