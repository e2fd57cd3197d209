import type { AirbyteJob, AirbyteJobInfo, AirbyteStats } from '../../../extract-load/index.js'

/** What a job did to one stream, in all of its attempts. */
export interface StreamFigures {
  readonly name: string
  readonly namespace?: string | undefined
  readonly rows: number
  readonly bytes: number
  readonly rejected: number
  /** Of what the source sent, rows that no attempt committed included. */
  readonly emitted: number
}

/** By stream, where the server tells it. */
export function figuresOf({ job, attempts }: AirbyteJobInfo): readonly StreamFigures[] {
  if (job.streamAggregatedStats && job.streamAggregatedStats.length > 0)
    return job.streamAggregatedStats.map((one) => figures(one.streamName, one.streamNamespace, [one]))
  const byStream = new Map<string, { name: string; namespace: string | undefined; stats: AirbyteStats[] }>()
  for (const { attempt } of attempts)
    for (const { streamName: name, streamNamespace: namespace, stats } of attempt.streamStats ?? []) {
      const key = JSON.stringify([namespace ?? null, name])
      const known = byStream.get(key) ?? { name, namespace, stats: [] }
      known.stats.push(stats)
      byStream.set(key, known)
    }
  return [...byStream.values()].map(({ name, namespace, stats }) => figures(name, namespace, stats))
}

function figures(name: string, namespace: string | undefined, stats: readonly AirbyteStats[]): StreamFigures {
  const sum = (of: (one: AirbyteStats) => number | undefined) => stats.reduce((all, one) => all + (of(one) ?? 0), 0)
  return {
    name,
    namespace,
    rows: sum((one) => one.recordsCommitted ?? one.recordsEmitted),
    bytes: sum((one) => one.bytesCommitted ?? one.bytesEmitted),
    rejected: sum((one) => one.recordsRejected),
    emitted: sum((one) => one.recordsEmitted ?? one.recordsCommitted),
  }
}

/** Of the whole job, where nothing more is told. */
export const jobTotals = ({ rows = 0, bytes = 0 }: AirbyteJob) => ({ rows, bytes })
