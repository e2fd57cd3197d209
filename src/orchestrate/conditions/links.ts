import type { AssetKey, AssetSpec } from '../contract/index.js'
import { downstreamPartitions, upstreamPartitions, wholeMapping } from '../partitions/mappings.js'
import { PartitionSet } from '../partitions/partition-set.js'
import type { PartitionSpace } from '../partitions/partition-space.js'
import type { ConditionFacts } from './facts.js'
import { partitionsId } from './memory.js'

/** From partitions of one asset to those of another that belong to them, and back. */
export interface Link {
  to(set: PartitionSet): PartitionSet
  back(set: PartitionSet): PartitionSet
}

const same: Link = { to: (set) => set, back: (set) => set }

/** The partitions of an asset as a reader of another one sees them, or the other way round where the other reads it. */
export function linkBetween(facts: ConditionFacts, from: AssetKey, to: AssetKey): Link {
  const reads = facts.asset(from)?.deps.includes(to)
  const isRead = !reads && facts.asset(to)?.deps.includes(from) === true
  const link = isRead ? readerLink(facts, to, from) : readerLink(facts, from, to)
  return isRead ? { to: link.back, back: link.to } : link
}

function readerLink(facts: ConditionFacts, reader: AssetKey, read: AssetKey): Link {
  const [down, up] = [facts.space(reader), facts.space(read)]
  const mapping = facts.asset(reader)?.partitionMappings?.[read]
  if (down && up)
    return {
      to: (set) => upstreamPartitions(set, down, up, mapping),
      back: (set) => downstreamPartitions(set, down, up, mapping),
    }
  if (!down && !up) return same
  const whole = up ? (wholeMapping(up, mapping) ?? PartitionSet.first(up.size)) : PartitionSet.first(1)
  const all = PartitionSet.first(down?.size ?? 1)
  return {
    to: (set) => (set.isEmpty ? PartitionSet.none : whole),
    back: (set) => (set.intersection(whole).isEmpty ? PartitionSet.none : all),
  }
}

/** Whether one run can make both, so that what is made of the one is there for the other. */
export function isMadeTogether(reader: AssetSpec, read: AssetSpec): boolean {
  if (!read.isExecutable || !isCutAlike(reader, read)) return false
  const mapping = reader.partitionMappings?.[read.key]
  if (!reader.partitions || mapping === undefined || mapping.type === 'identity') return true
  return mapping.type === 'timeWindow' && mapping.startOffset === 0 && mapping.endOffset === 0
}

const isCutAlike = (a: AssetSpec, b: AssetSpec): boolean => partitionsId(a.partitions) === partitionsId(b.partitions)

/** Those that have to do with the latest window of time; all where none is of time. */
export function latestPartitions(space: PartitionSpace, lookbackMs: number | undefined): readonly PartitionSet[] {
  return space.dimensions.map(({ space: dimension }) => {
    const { size, windows } = dimension
    if (!windows) return PartitionSet.first(size)
    if (size === 0) return PartitionSet.none
    const last = windows.windowAt(size - 1)
    if (lookbackMs === undefined) return PartitionSet.of([[size - 1, size]])
    const start = new Date(last.end.getTime() - lookbackMs)
    return PartitionSet.of([windows.overlapping({ start, end: last.end }, size)])
  })
}
