import { utcTime } from '../../python/index.js'
import type { NodeResult, NodeStatus } from '../contract.js'
import type { EventWindow } from './event-window.js'

/** A batch in run_results.json: `["2020-01-01T00:00:00+00:00", "2020-01-02T00:00:00+00:00"]`. */
export type BatchTimes = readonly [string, string]

export interface BatchResults {
  readonly successful: readonly BatchTimes[]
  readonly failed: readonly BatchTimes[]
}

export const batchTimes = ({ startMs, endMs }: EventWindow): BatchTimes => [
  utcTime(startMs).iso('T'),
  utcTime(endMs).iso('T'),
]

export const batchesOf = (times: readonly BatchTimes[]): EventWindow[] =>
  times.map(([start, end]) => ({ startMs: Date.parse(start), endMs: Date.parse(end) }))

/** A whole model's result from those of its batches; what never ran (the run was cancelled) counts as failed. */
export function mergedResult(
  batches: readonly EventWindow[],
  results: readonly (NodeResult | undefined)[],
  former: BatchResults | undefined,
): Partial<NodeResult> {
  const isGood = (index: number) => results[index]?.status === 'success'
  const times = batches.map(batchTimes)
  const successful = times.filter((_, i) => isGood(i))
  const failed = times.filter((_, i) => !isGood(i))
  const error = results.find((result) => result?.error)?.error
  return {
    ...verdict(successful.length, failed.length),
    // What succeeded in the run that this one retries stays written down.
    batch_results: { successful: [...successful, ...(former?.successful ?? [])], failed },
    ...(error && { error }),
  }
}

function verdict(good: number, bad: number): { status: NodeStatus; message: string } {
  if (bad === 0) return { status: 'success', message: 'SUCCESS' }
  if (good === 0) return { status: 'error', message: 'ERROR' }
  return { status: 'partial success', message: `PARTIAL SUCCESS (${good}/${good + bad})` }
}
