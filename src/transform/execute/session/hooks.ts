import type { MillraceError } from '../../../base/index.js'
import { PyDict, PyTuple, str } from '../../../jinja/index.js'
import type { NodeContext } from '../../context/node-context.js'
import type { HookTime, Manifest, ManifestNode, NodeResult, RunHooksOptions, TransformEvent } from '../../contract.js'
import { withSubject } from '../../log/error-text.js'
import { toPython } from '../../python/values.js'
import { executeSql } from '../materialize/execute-sql.js'
import { resultMessage } from '../results/located-error.js'
import { emptyResult, timed } from '../results/node-result.js'
import type { Session } from './session.js'

export interface HookOptions extends RunHooksOptions {
  readonly onEvent?: ((event: TransformEvent) => void) | undefined
}

/** The hooks of all packages in dbt's order: the root project's, then those of packages by name. */
export function hookNodes({ manifest, project: { root } }: Session, when: HookTime): ManifestNode[] {
  const isRoot = (node: ManifestNode) => (node.package_name === root.name ? 1 : 0)
  return Object.values(manifest.nodes)
    .filter((node) => node.resource_type === 'operation' && node.tags.includes(when))
    .sort(
      (a, b) =>
        isRoot(b) - isRoot(a) ||
        // Not by the rules of some language: the order is the same on every machine.
        Number(a.package_name > b.package_name) - Number(a.package_name < b.package_name) ||
        (a.index ?? 0) - (b.index ?? 0),
    )
}

/**
 * Runs the hooks one after the other; what comes after one that failed is skipped.
 * @throws what a hook before the nodes does not compile for: dbt ends the command there. Behind them it is a result, so that
 * theirs are told.
 */
export async function runHookNodes(session: Session, when: HookTime, options: HookOptions = {}): Promise<NodeResult[]> {
  const hooks = hookNodes(session, when)
  const done: NodeResult[] = []
  for (const [i, hook] of hooks.entries()) {
    const place = { uniqueId: hook.unique_id, index: i + 1, total: hooks.length }
    const shown = `${hook.package_name}.${when}.${i}`
    const isSkipped = done.some(({ status }) => status === 'error') || options.signal?.aborted === true
    if (!isSkipped) options.onEvent?.({ type: 'node_started', ...place })
    const result: NodeResult = isSkipped
      ? { ...emptyResult(hook.unique_id, 'main'), status: 'skipped', message: `${shown} skipped`, failures: 1 }
      : await runHook(session, hook, shown, { ...options, throwsEarly: when === 'on-run-start' })
    done.push(result)
    options.onEvent?.({ type: 'node_finished', ...place, result })
  }
  return done
}

async function runHook(
  session: Session,
  hook: ManifestNode,
  shown: string,
  { results = [], signal, onEvent, throwsEarly }: HookOptions & { readonly throwsEarly: boolean },
): Promise<NodeResult> {
  const started = new Date()
  const result: NodeResult = { ...emptyResult(hook.unique_id, 'main'), failures: 0 }
  let compiled: Date | undefined
  const runner = session.runner(hook, {
    signal,
    onLog: (level, message) => onEvent?.({ type: 'log', level, message, uniqueId: hook.unique_id }),
  })
  try {
    await executeSql(runner, {
      prepare: (context) => addResults(context, session, results),
      onCompiled: () => {
        compiled = new Date()
      },
    })
    result.message = `${shown} passed`
  } catch (thrown) {
    const error = runner.located(thrown)
    if (signal?.aborted) return Object.assign(result, { status: 'skipped', message: `${shown} was interrupted` })
    if (!compiled && throwsEarly) throw withSubject(error, hook)
    Object.assign(result, {
      status: 'error',
      failures: 1,
      message: `${shown} failed, error:\n ${messageOf(error, hook, session.target.type)}`,
      error: error.toJSON(),
    })
  }
  return Object.assign(result, timed(started, compiled ?? started, new Date()), {
    compiled: hook.compiled ?? false,
    compiled_code: hook.compiled_code ?? '',
  })
}

/** Of what the database refuses, dbt tells no more than its words: the line above names the hook. */
function messageOf(error: MillraceError, hook: ManifestNode, adapterType: string): string {
  const [header = '', ...lines] = resultMessage(error, hook, adapterType).split('\n')
  const plain = lines.map((line) => line.replace(/^ {2}/, ''))
  return (error.code.startsWith('WAREHOUSE_') ? plain : [header, ...lines]).join('\n')
}

/** `results`, `schemas` and `database_schemas`, as on-run-end sees them. */
function addResults(context: NodeContext, session: Session, results: readonly NodeResult[]): void {
  const { manifest } = session
  const places = new Map<string, readonly [string | null, string]>()
  for (const { unique_id, status } of results) {
    const node = session.node(unique_id)
    if (!node?.relation_name || ['error', 'fail', 'skipped', 'runtime error'].includes(status)) continue
    places.set(`${node.database}.${node.schema}`, [node.database, node.schema])
  }
  context
    .setLazy('results', () => results.map((result) => resultView(result, manifest)))
    .set('schemas', [...new Set([...places.values()].map(([, schema]) => schema))])
    .set(
      'database_schemas',
      [...places.values()].map((place) => PyTuple.fromArray(place)),
    )
}

/** What a command has results of. */
const resultKinds = ['nodes', 'sources', 'unit_tests', 'exposures', 'saved_queries', 'functions'] as const

/** A result as dbt's macros read it: attributes, `node`, `timing`, and `to_dict()` of each. */
function resultView({ error: _, compiled_path: __, ...result }: NodeResult, manifest: Manifest) {
  const values = toPython(result) as PyDict
  const node = toPython(resultKinds.map((kind) => manifest[kind][result.unique_id]).find((one) => one) ?? null)
  const timing = (values.get('timing') as PyDict[]).map((one) => objectView('TimingInfo', one))
  return objectView('RunResult', PyDict.from([...values, ['node', node] as const]), {
    node: node instanceof PyDict ? objectView('Node', node) : node,
    timing,
  })
}

/** One of dbt's objects: what its dict holds are attributes, some of them objects themselves. */
function objectView(pythonType: string, values: PyDict, objects: Readonly<Record<string, unknown>> = {}) {
  const member = (name: string): unknown => {
    if (name in objects) return objects[name]
    return name === 'to_dict' ? () => values : values.get(name)
  }
  return { pythonType, jinjaAttribute: member, jinjaItem: (key: unknown) => member(str(key)) }
}
