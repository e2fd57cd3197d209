import type { TimeCut, ValueCut } from '../../../extract-load/index.js'
import { partitions, type StaticPartitions, type TimePartitions } from '../../../orchestrate/index.js'

/**
 * Partitions as YAML says them, in the words of definitions.ts: the same words are the same partitions, wherever they stand.
 * @throws PARTITIONS_INVALID
 */
export function partitionsOf(cut: TimeCut | ValueCut): TimePartitions | StaticPartitions {
  if (cut.by === 'static') return partitions.static(cut.keys)
  const given = <K extends keyof TimeCut>(...names: readonly K[]) =>
    Object.fromEntries(names.flatMap((name) => (cut[name] === undefined ? [] : [[name, cut[name]]])))
  const options = {
    start: cut.start,
    timezone: cut.timezone,
    ...given('end', 'format', 'endOffset', 'minute', 'hour', 'weekday', 'day'),
  }
  return cut.by === 'cron' ? partitions.cron(cut.cron ?? '', options) : partitions[cut.by](options)
}
