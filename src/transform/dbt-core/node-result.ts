import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Manifest, NodeStatus } from '../contract.js'
import type { CoreNodeResult } from './contract.js'
import type { LogLine } from './log-line.js'
import type { WorkFolder } from './work-folder.js'

const statuses: ReadonlySet<string> = new Set<NodeStatus>([
  'success',
  'error',
  'fail',
  'warn',
  'pass',
  'skipped',
  'partial success',
  'no-op',
  'runtime error',
])

/** What dbt said of a node that it is done with, as its row in run_results.json would be. */
export function nodeResult(line: LogLine, manifest: Manifest, folder: WorkFolder): CoreNodeResult | undefined {
  const { node, result, invocationId } = line
  if (!node || !result || line.name !== 'NodeFinished') return undefined
  const { unique_id: id } = node
  const told = id.startsWith('test.') || id.startsWith('unit_test.')
  const compiled = compiledCode(id, manifest, folder)
  return {
    unique_id: id,
    // A status that a later dbt adds is none that says that something was made.
    status: statuses.has(result.status) ? (result.status as NodeStatus) : 'error',
    timing: result.timing_info.map(({ name, started_at, completed_at }) => ({
      name: name as 'compile' | 'execute',
      started_at: started_at ?? null,
      completed_at: completed_at ?? null,
    })),
    thread_id: result.thread,
    execution_time: result.execution_time,
    adapter_response: result.adapter_response,
    message: typeof result.message === 'string' && result.message !== '' ? result.message : null,
    failures: told ? (result.num_failures ?? null) : null,
    compiled: compiled !== null,
    compiled_code: compiled,
    relation_name: node.node_relation?.relation_name || null,
    batch_results: null,
    overload_results: null,
    invocationId,
  }
}

/** dbt has written it before it ran it; the log does not hold it. */
function compiledCode(id: string, { nodes }: Manifest, { target }: WorkFolder): string | null {
  const node = nodes[id]
  if (!node || node.resource_type === 'seed') return null
  const { package_name, original_file_path, path } = node
  const file = basename(path) === basename(original_file_path) ? original_file_path : join(original_file_path, path)
  try {
    const written = join(target, 'compiled', package_name, file)
    // Of a snapshot it is a folder.
    return readFileSync(statSync(written).isDirectory() ? join(written, path) : written, 'utf8').trim()
  } catch {
    // It was not compiled, or dbt has put it elsewhere: what became of the node is known all the same.
    return null
  }
}

/** What only run_results.json has: the batches of microbatch models, by their ids. */
export function batchResults({ target }: WorkFolder): ReadonlyMap<string, unknown> {
  try {
    const { results } = JSON.parse(readFileSync(join(target, 'run_results.json'), 'utf8')) as {
      results: { unique_id: string; batch_results: unknown }[]
    }
    return new Map(results.map(({ unique_id, batch_results }) => [unique_id, batch_results]))
  } catch {
    // It is not there, or cut off: then nobody knows which batches were made.
    return new Map()
  }
}
