import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PartitionMapping, PartitionsSpec, SimplePartitions, TimePartitions } from '../contract/index.js'
import { downstreamPartitions, upstreamPartitions } from './mappings.js'
import { PartitionSet } from './partition-set.js'
import { type PartitionSpace, partitionSpace } from './partition-space.js'

const time = (cron: string, timezone: string, start: string): TimePartitions => ({
  type: 'time',
  cron,
  timezone,
  start,
  format: '%Y-%m-%d-%H:%M',
  endOffset: 0,
})
/** Around days on which clocks are set. */
const times = fc.constantFrom(
  time('0 0 * * *', 'UTC', '2024-03-25'),
  time('0 0 * * *', 'Europe/Berlin', '2024-03-27'),
  time('0 * * * *', 'Europe/Berlin', '2024-03-30T12:00'),
  time('30 2 * * *', 'Europe/Berlin', '2024-03-28'),
  time('0 0 * * 1', 'America/New_York', '2024-03-04'),
  time('0 0 1 * *', 'UTC', '2024-01-01'),
  time('15 * * * *', 'Australia/Lord_Howe', '2024-04-06T12:00'),
)
const moment = { now: new Date('2024-04-08T12:00Z'), dynamicKeys: new Map([['files', ['a', 'x', 'b']]]) }
const lists: fc.Arbitrary<SimplePartitions> = fc.constantFrom(
  { type: 'static', keys: ['a', 'b', 'c'] } as const,
  { type: 'static', keys: ['c', 'b', 'd', 'a'] } as const,
  { type: 'dynamic', name: 'files' } as const,
)
const simple = fc.oneof(times, lists)
const specs: fc.Arbitrary<PartitionsSpec> = fc.oneof(
  simple,
  fc.record({ x: lists, y: lists }).map((dimensions): PartitionsSpec => ({ type: 'multi', dimensions })),
  fc.record({ x: lists, day: times }).map((dimensions): PartitionsSpec => ({ type: 'multi', dimensions })),
)
const mappings: fc.Arbitrary<PartitionMapping | undefined> = fc.constantFrom<(PartitionMapping | undefined)[]>(
  undefined,
  { type: 'all' },
  { type: 'last' },
  { type: 'specific', keys: ['a', 'c'] },
)
const firstOf = (space: PartitionSpace, most: number) => Array.from({ length: Math.min(space.size, most) }, (_, i) => i)
const one = (index: number) => PartitionSet.ofIndexes([index])

/** Every mapping between spaces where it means something. */
const links = fc.oneof(
  fc.record({ down: specs, up: specs, mapping: mappings }),
  fc.record({ down: lists, up: lists, mapping: fc.constant<PartitionMapping>({ type: 'identity' }) }),
  fc.record({
    down: lists,
    up: lists,
    mapping: fc
      .dictionary(fc.constantFrom('a', 'b', 'c', 'x'), fc.subarray(['a', 'b', 'c', 'd']))
      .map((downstreamByUpstream): PartitionMapping => ({ type: 'static', downstreamByUpstream })),
  }),
  fc.record({
    down: times,
    up: times,
    mapping: fc
      .tuple(fc.integer({ min: -3, max: 2 }), fc.nat(2))
      .map(
        ([startOffset, more]): PartitionMapping => ({ type: 'timeWindow', startOffset, endOffset: startOffset + more }),
      ),
  }),
)

describe('whatever reads whatever', () => {
  it('what a partition reads is read by it, and the other way round', () => {
    fc.assert(
      fc.property(links, ({ down, up, mapping }) => {
        const [reader, read] = [partitionSpace(down, moment), partitionSpace(up, moment)]
        const [places, others] = [firstOf(reader, 12), firstOf(read, 12)]
        const reads = places.map((place) => upstreamPartitions(one(place), reader, read, mapping))
        const readers = others.map((place) => downstreamPartitions(one(place), reader, read, mapping))
        for (const place of places)
          for (const other of others)
            expect({ place, other, is: readers[other]?.has(place) }).toEqual({
              place,
              other,
              is: reads[place]?.has(other),
            })
      }),
      { numRuns: 300 },
    )
  })
  it('what several read is what each of them reads, together', () => {
    fc.assert(
      fc.property(links, fc.array(fc.nat(11), { minLength: 1, maxLength: 6 }), ({ down, up, mapping }, chosen) => {
        const [reader, read] = [partitionSpace(down, moment), partitionSpace(up, moment)]
        for (const [space, map] of [
          [reader, upstreamPartitions],
          [read, downstreamPartitions],
        ] as const) {
          const places = chosen.filter((place) => place < space.size)
          const each = places.map((place) => map(one(place), reader, read, mapping))
          const together = each.reduce((all, part) => all.union(part), PartitionSet.none)
          expect(map(PartitionSet.ofIndexes(places), reader, read, mapping).ranges).toEqual(together.ranges)
        }
      }),
      { numRuns: 300 },
    )
  })
  it('no partition that there is not is ever read', () => {
    fc.assert(
      fc.property(links, ({ down, up, mapping }) => {
        const [reader, read] = [partitionSpace(down, moment), partitionSpace(up, moment)]
        const outside = (set: PartitionSet, space: PartitionSpace) => set.without(PartitionSet.first(space.size)).size
        const [allDown, allUp] = [PartitionSet.first(reader.size), PartitionSet.first(read.size)]
        expect(outside(upstreamPartitions(allDown, reader, read, mapping), read)).toBe(0)
        expect(outside(downstreamPartitions(allUp, reader, read, mapping), reader)).toBe(0)
      }),
    )
  })
})

it('windows read those that overlap theirs, moved by the offsets', () => {
  fc.assert(
    fc.property(times, times, fc.nat(2), fc.nat(2), (down, up, startOffset, more) => {
      const [reader, read] = [partitionSpace(down, moment), partitionSpace(up, moment)]
      const mapping = { type: 'timeWindow', startOffset, endOffset: startOffset + more } as const
      for (const place of firstOf(reader, Math.max(0, Math.min(12, reader.size - startOffset - more)))) {
        const from = reader.windowAt(place + startOffset)?.start as Date
        const to = reader.windowAt(place + startOffset + more)?.end as Date
        const overlapping = firstOf(read, read.size).filter((other) => {
          const window = read.windowAt(other)
          return window !== undefined && window.start < to && window.end > from
        })
        expect([...upstreamPartitions(one(place), reader, read, mapping).indexes()]).toEqual(overlapping)
      }
    }),
  )
})
