import type { NodeResult } from '../../contract.js'

/** A result as events carry it. */
export function resultMessageData(result: NodeResult) {
  return {
    adapter_response: result.adapter_response,
    execution_time: result.execution_time,
    message: result.message ?? '',
    num_failures: result.failures ?? 0,
    status: result.status as string,
    thread: result.thread_id,
    timing_info: result.timing,
  }
}
