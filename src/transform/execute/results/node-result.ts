import type { ManifestNode, NodeResult } from '../../contract.js'

/** @param slot of the thread, from 0 */
export const threadName = (slot = 0) => `Thread-${slot + 1} (worker)`

/** A result that says nothing yet. */
export function emptyResult(uniqueId: string, threadId: string): NodeResult {
  return {
    unique_id: uniqueId,
    status: 'success',
    timing: [],
    thread_id: threadId,
    execution_time: 0,
    adapter_response: {},
    message: null,
    failures: null,
    compiled: null,
    compiled_code: null,
    relation_name: null,
    batch_results: null,
    overload_results: null,
  }
}

/** When a node was compiled and executed, as results tell it. */
export const timed = (started: Date, compiled: Date, ended: Date): Pick<NodeResult, 'timing' | 'execution_time'> => ({
  timing: [
    { name: 'compile', started_at: started.toISOString(), completed_at: compiled.toISOString() },
    { name: 'execute', started_at: compiled.toISOString(), completed_at: ended.toISOString() },
  ],
  execution_time: (ended.getTime() - started.getTime()) / 1000,
})

/** What a result shows of a node's SQL. */
export const sqlOf = ({ resource_type, compiled, compiled_code, relation_name }: ManifestNode) => ({
  compiled: resource_type === 'seed' ? null : (compiled ?? false),
  compiled_code: compiled_code ?? '',
  // A seed has none in dbt's results, though it makes one.
  relation_name: resource_type === 'seed' ? null : relation_name,
})

/** The result of a node that was only compiled: its failure is none. @throws what the work throws */
export async function resultOfCompiling(
  node: ManifestNode,
  slot: number | undefined,
  work: () => Promise<unknown>,
): Promise<NodeResult> {
  const started = new Date()
  await work()
  const ended = new Date()
  const result = { ...emptyResult(node.unique_id, threadName(slot)), ...timed(started, ended, ended) }
  return node.resource_type === 'seed' ? result : { ...result, ...sqlOf(node) }
}

/** Whether a node ended so that what hangs on it cannot run. */
export const isBad = ({ status }: { readonly status: string }): boolean =>
  ['error', 'fail', 'runtime error', 'partial success'].includes(status)

/** Whether there is something to tell: it failed, or was skipped for what an ephemeral model in it did. */
export const hasProblem = (result: NodeResult): boolean =>
  isBad(result) || (result.status === 'skipped' && result.error !== undefined)
