import { type MillraceError, toMillraceError } from '../../../base/index.js'
import { shortName } from '../../../sql/index.js'
import { nodeRelation } from '../../adapter/node-relation.js'
import type { ManifestNode, NodeResult } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { auditProblem } from '../../graph/audited.js'
import { descendants } from '../../graph/dependencies.js'
import { materializeNode } from '../materialize/materialize-node.js'
import { resultMessage } from '../results/located-error.js'
import { emptyResult, sqlOf, threadName } from '../results/node-result.js'
import type { RunnerOptions } from '../scope/runner-options.js'
import type { Session } from '../session/session.js'

export interface AuditOutcome {
  readonly result: NodeResult
  /** The tests that ran on the new version, to be told as theirs once it is published. */
  readonly tests: readonly NodeResult[]
}

/**
 * Builds the new version of a table beside the published one, runs its data tests on it and, when none of severity error
 * fails, puts it in its place in one transaction.
 */
export async function writeAuditPublish(
  session: Session,
  node: ManifestNode,
  run: RunnerOptions,
): Promise<AuditOutcome> {
  const refusal = refusalOf(session, node)
  if (refusal) return { result: failed(session, node, run, refusal), tests: [] }
  const alias = draftName(node.alias, session.warehouse.capabilities.maxIdentifierBytes)
  const draft: ManifestNode = { ...node, alias, config: { ...node.config, ...ofPublished } }
  const written = nodeRelation(session.project.relations, draft)
  const built = await materializeNode(session.runner({ ...draft, relation_name: written.render() }, run))
  node.compiled_code = built.compiled_code
  node.compiled = true
  const result = { ...built, relation_name: node.relation_name }
  if (result.status !== 'success') return { result, tests: [] }
  const started = performance.now()
  const tests: NodeResult[] = []
  for (const test of auditsOf(session, node)) {
    const standIn = (found: ManifestNode) => (found.unique_id === node.unique_id ? written : undefined)
    tests.push(await materializeNode(session.runner(test, { ...run, standIn })))
  }
  const seconds = () => result.execution_time + (performance.now() - started) / 1000
  const bad = tests.filter(({ status }) => status === 'fail' || status === 'error')
  if (bad.length > 0) {
    const error = auditError(session, node, `${node.schema}.${alias}`, bad)
    return { result: { ...failed(session, node, run, error), execution_time: seconds() }, tests: [] }
  }
  try {
    await publish(session, node, draft, run)
  } catch (thrown) {
    return { result: { ...failed(session, node, run, toMillraceError(thrown)), execution_time: seconds() }, tests: [] }
  }
  return { result: { ...result, execution_time: seconds() }, tests }
}

const suffix = '__audit'

/** A name that is too long is cut, and told from its neighbours by a hash. */
const draftName = (alias: string, maxBytes: number) => `${shortName(alias, maxBytes - suffix.length)}${suffix}`

/** What only the published table has; `publish_audited` gives it to that. */
const ofPublished = { 'post-hook': [], indexes: undefined, grants: {}, persist_docs: {} }

function refusalOf(session: Session, node: ManifestNode): MillraceError | undefined {
  const problem = auditProblem(node)
  if (problem)
    return transformErrors.create('TRANSFORM_UNSUPPORTED', { ...problem, at: { file: node.original_file_path } })
  if (!session.warehouse.capabilities.transactionalDdl)
    return transformErrors.create('TRANSFORM_UNSUPPORTED', {
      message: `write_audit_publish needs a warehouse that can replace a table in a transaction; ${session.target.type} cannot.`,
      hint: 'Set write_audit_publish: false for this target.',
      at: { file: node.original_file_path },
    })
  return undefined
}

/** Data tests of the node, but for those that also look at what is built from it: these run behind it as always. */
function auditsOf({ manifest }: Session, node: ManifestNode): ManifestNode[] {
  const below = descendants(node.unique_id, (id) => manifest.child_map[id] ?? [])
  return (manifest.child_map[node.unique_id] ?? []).flatMap((id) => {
    const test = manifest.nodes[id]
    return test?.resource_type === 'test' &&
      test.config.enabled &&
      !test.depends_on.nodes.some((other) => below.has(other))
      ? [test]
      : []
  })
}

/** The old version goes and the new one takes its name, both or neither. */
async function publish(session: Session, node: ManifestNode, draft: ManifestNode, run: RunnerOptions): Promise<void> {
  await session.runner(node, run).withContext(async (_, adapter) => {
    await adapter.connection.begin()
    await adapter.runMacro('publish_audited', nodeRelation(session.project.relations, draft, { type: 'table' }))
  })
}

function auditError(
  { manifest }: Session,
  node: ManifestNode,
  kept: string,
  bad: readonly NodeResult[],
): MillraceError {
  const words = bad.map(({ unique_id, failures, status }) => {
    const name = manifest.nodes[unique_id]?.name ?? unique_id
    return status === 'error' ? `${name} (could not run)` : `${name} (${failures} ${failures === 1 ? 'row' : 'rows'})`
  })
  return transformErrors.create('TRANSFORM_AUDIT_FAILED', {
    message: `The new version of ${node.schema}.${node.alias} was not published: ${words.join(', ')} failed on it. The published one is as it was.`,
    hint: `Look at the new one: select * from ${kept} limit 100`,
    at: { file: node.original_file_path },
  })
}

function failed({ project }: Session, node: ManifestNode, run: RunnerOptions, error: MillraceError): NodeResult {
  return {
    ...emptyResult(node.unique_id, threadName(run.slot)),
    status: 'error',
    message: resultMessage(error, node, project.target.type),
    error: error.toJSON(),
    ...sqlOf(node),
  }
}
