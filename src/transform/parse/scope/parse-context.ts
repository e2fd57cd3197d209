import { nodeRelation } from '../../adapter/node-relation.js'
import { NodeContext } from '../../context/node-context.js'
import { limitedPauses } from '../../context/pauses.js'
import type { ManifestMacro, ManifestNode } from '../../contract.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { toPython } from '../../python/values.js'
import { ParseAdapter } from './parse-adapter.js'
import type { ParseScope } from './parse-scope.js'

/** A context in which nothing is executed: the adapter answers nothing, `execute` is false. */
export function parseContext(
  scope: ParseScope,
  own: DbtPackage,
  onMacro: (macro: ManifestMacro) => void = () => {},
  testPackage?: string,
): { readonly context: NodeContext; readonly adapter: ParseAdapter } {
  const { invocation, registry, root, dispatchPrefixes, builtin } = scope
  const context = new NodeContext({
    invocation,
    registry,
    root,
    own,
    packageName: own.name,
    testPackage,
    isAsync: false,
    dispatchPrefixes,
    builtin,
    onMacro,
    pause: limitedPauses(),
    constants: constantsOf(scope, own),
  })
  const adapter = new ParseAdapter(scope.api, invocation.target, (name, namespace) => context.dispatch(name, namespace))
  context.set('adapter', adapter)
  return { context, adapter }
}

const constants = new WeakMap<ParseScope, Map<string, ReadonlyMap<string, unknown>>>()

/** What is the same in every context of a package: made once, a project has thousands of nodes. */
function constantsOf(scope: ParseScope, own: DbtPackage): ReadonlyMap<string, unknown> {
  const ofScope = constants.get(scope) ?? new Map<string, ReadonlyMap<string, unknown>>()
  constants.set(scope, ofScope)
  const known = ofScope.get(own.name)
  if (known) return known
  const made = new Map<string, unknown>(
    Object.entries({
      execute: false,
      api: scope.api,
      doc: scope.docs.docFunction(own.name),
      graph: toPython({ nodes: {}, sources: {}, exposures: {}, groups: {}, metrics: {} }),
      selected_resources: [],
      load_result: () => null,
      store_result: () => '',
      store_raw_result: () => '',
      write: () => '',
      render: (text: unknown) => text,
      try_or_compiler_error: (_: unknown, fn: (...args: unknown[]) => unknown, ...args: unknown[]) => fn(...args),
      function: () => '',
      sql: '',
      compiled_code: '',
    }),
  )
  ofScope.set(own.name, made)
  return made
}

/** The same for one node: its own relation, config and SQL are there as far as they are known. */
export function nodeParseContext(scope: ParseScope, own: DbtPackage, node: ManifestNode) {
  const seen = new Set<string>()
  const onMacro = (macro: ManifestMacro) => {
    if (seen.has(macro.unique_id)) return
    seen.add(macro.unique_id)
    node.depends_on.macros.push(macro.unique_id)
  }
  const made = parseContext(scope, own, onMacro, node.test_metadata?.namespace ?? undefined)
  made.context
    .setLazy('model', () => toPython({ ...node }))
    .setLazy('this', () => nodeRelation(scope.relations, node))
    .set('database', node.database)
    .set('schema', node.schema)
    .setLazy('pre_hooks', () => [])
    .setLazy('post_hooks', () => [])
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
