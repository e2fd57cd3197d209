import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { PartitionMapping, PartitionsSpec, TimePartitions } from '../../../src/orchestrate/index.js'
import { downstreamPartitions, upstreamPartitions } from '../../../src/orchestrate/partitions/mappings.js'
import { PartitionSet } from '../../../src/orchestrate/partitions/partition-set.js'
import { type PartitionSpace, partitionSpace } from '../../../src/orchestrate/partitions/partition-space.js'

interface Golden {
  readonly dagster: string
  readonly times: readonly { spec: TimePartitions; now: string; partitions: readonly (readonly string[])[] }[]
  readonly mappings: readonly {
    mapping: PartitionMapping | null
    downstream: PartitionsSpec
    upstream: PartitionsSpec
    now: string
    reads: Readonly<Record<string, readonly string[]>>
    readers: Readonly<Record<string, readonly string[]>>
  }[]
}
/** What the real Dagster said: scripts/golden/partitions.py. */
const golden = JSON.parse(readFileSync(new URL('results.json', import.meta.url), 'utf8')) as Golden

const spaceOf = (spec: PartitionsSpec, now: string) => partitionSpace(spec, { now: new Date(now), dynamicKeys: new Map() })
const keysOf = (space: PartitionSpace, set = PartitionSet.first(space.size)) =>
  [...set.indexes()].map((index) => space.keyAt(index))
// Dagster joins the keys in the order of the names for some answers, and sorts others.
const sorted = (keys: readonly string[]) => [...keys].sort()

describe('windows of time are those of Dagster', () => {
  it.each(golden.times)('$spec.cron $spec.timezone from $spec.start at $now', ({ spec, now, partitions }) => {
    const space = spaceOf(spec, now)
    expect(
      [...PartitionSet.first(space.size).indexes()].map((index) => {
        const window = space.windowAt(index)
        return [space.keyAt(index), window?.start.toISOString(), window?.end.toISOString()]
      }),
    ).toEqual(partitions)
    for (const [i, [key]] of partitions.entries()) expect(space.indexOf(key as string)).toBe(i)
    expect(space.indexOf('nothing')).toBeUndefined()
  })
})

describe('what partitions read, and what reads them, is what Dagster says', () => {
  it.each(golden.mappings.map((one, i) => ({ i, type: one.mapping?.type ?? 'by default', ...one })))(
    '$i: $type',
    ({ mapping, downstream, upstream, now, reads, readers }) => {
      const [down, up] = [spaceOf(downstream, now), spaceOf(upstream, now)]
      const one = (space: PartitionSpace, key: string) => PartitionSet.ofIndexes([space.indexOf(key) as number])
      const [upstreamKeys, downstreamKeys]: Record<string, string[]>[] = [{}, {}]
      for (const key of keysOf(down))
        (upstreamKeys as Record<string, string[]>)[key] = sorted(
          keysOf(up, upstreamPartitions(one(down, key), down, up, mapping ?? undefined)),
        )
      for (const key of keysOf(up))
        (downstreamKeys as Record<string, string[]>)[key] = sorted(
          keysOf(down, downstreamPartitions(one(up, key), down, up, mapping ?? undefined)),
        )
      expect(upstreamKeys).toEqual(reads)
      expect(downstreamKeys).toEqual(readers)
    },
  )
})
