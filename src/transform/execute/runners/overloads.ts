import { posix } from 'node:path'
import type { FunctionOverload, ManifestNode, NodeResult } from '../../contract.js'
import { nodeInfo } from '../../log/node-info.js'
import { overloadsOf } from '../compile/compile-node.js'
import { materializeNode } from '../materialize/materialize-node.js'
import type { RunnerOptions } from '../scope/runner-options.js'
import type { Session } from '../session/session.js'

/**
 * Makes a function, then the same name for other arguments. Every overload is tried, whatever became of the others; a retry leaves out
 * those that are there.
 */
export async function runWithOverloads(session: Session, node: ManifestNode, run: RunnerOptions): Promise<NodeResult> {
  const result = await materializeNode(session.runner(node, run))
  if (result.status !== 'success') return result
  const { events } = session.project.invocation
  const overloads = overloadsOf(node)
  const former = new Set(session.formerOverloads?.get(node.unique_id))
  const outcome = { successful: [] as string[], failed: [] as string[] }
  for (const [i, overload] of overloads.entries()) {
    const { defined_in: name } = overload
    const description = `function ${node.name} overload ${name}`
    const place = { overload_index: i + 1, total_overloads: overloads.length }
    const tell = (status: 'success' | 'error' | 'skipped', more = '', seconds = 0) =>
      events?.fire(
        'LogOverloadResult',
        { ...place, description: description + more, status, execution_time: seconds },
        { node: nodeInfo(node), level: status === 'error' ? 'error' : 'info' },
      )
    if (former.has(name)) {
      outcome.successful.push(name)
      tell('skipped')
      continue
    }
    events?.fire('LogStartOverload', { ...place, description }, { node: nodeInfo(node) })
    const { status, message, execution_time } = await materializeNode(session.runner(overloaded(node, overload), run))
    if (status === 'success') {
      outcome.successful.push(name)
      tell('success', '', execution_time)
    } else {
      outcome.failed.push(name)
      tell('error', `: ${message ?? ''}`, execution_time)
    }
  }
  if (outcome.failed.length === 0) return { ...result, overload_results: outcome }
  return {
    ...result,
    overload_results: outcome,
    status: 'partial success',
    message: `PARTIAL SUCCESS ${node.name}`,
  }
}

/** The function as the materialization shall see it for one overload. */
function overloaded(node: ManifestNode, overload: FunctionOverload): ManifestNode {
  return {
    ...node,
    arguments: overload.arguments,
    returns: overload.returns ?? node.returns,
    raw_code: overload.raw_body ?? '',
    original_file_path: posix.join(posix.dirname(node.original_file_path), `${overload.defined_in}.sql`),
    overloads: [],
  }
}
