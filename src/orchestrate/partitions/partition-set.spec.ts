import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PartitionSet } from './partition-set.js'

const indexes = fc.array(fc.nat(40), { maxLength: 60 })
const setOf = (list: readonly number[]) => PartitionSet.ofIndexes(list)
const sorted = (values: Iterable<number>) => [...new Set(values)].sort((a, b) => a - b)

it('is what sets of numbers are', () => {
  fc.assert(
    fc.property(indexes, indexes, (a, b) => {
      const [left, right] = [setOf(a), setOf(b)]
      expect([...left.indexes()]).toEqual(sorted(a))
      expect(left.size).toBe(new Set(a).size)
      expect(left.isEmpty).toBe(a.length === 0)
      expect([...left.union(right).indexes()]).toEqual(sorted([...a, ...b]))
      expect([...left.intersection(right).indexes()]).toEqual(sorted(a.filter((one) => b.includes(one))))
      expect([...left.without(right).indexes()]).toEqual(sorted(a.filter((one) => !b.includes(one))))
      for (let index = 0; index < 42; index++) expect(left.has(index)).toBe(a.includes(index))
      expect(left.equals(setOf(sorted(a)))).toBe(true)
      expect(left.equals(right)).toBe(sorted(a).join() === sorted(b).join())
    }),
  )
})

it('has slices by place, and knows the places of what is in it', () => {
  fc.assert(
    fc.property(indexes, indexes, fc.nat(50), fc.nat(50), (list, others, from, length) => {
      const set = setOf(list)
      const inOrder = sorted(list)
      expect([...set.slice(from, from + length).indexes()]).toEqual(inOrder.slice(from, from + length))
      expect([...set.placesOf(setOf(others)).indexes()]).toEqual(
        inOrder.flatMap((index, place) => (others.includes(index) ? [place] : [])),
      )
    }),
  )
})

it('a hundred thousand that belong together are one range', () => {
  expect(PartitionSet.first(100_000).without(setOf([5])).ranges).toEqual([
    [0, 5],
    [6, 100_000],
  ])
})

it('has the laws of sets', () => {
  const sets = indexes.map(setOf)
  fc.assert(
    fc.property(sets, sets, sets, (a, b, c) => {
      const all = PartitionSet.first(41)
      const not = (set: PartitionSet) => all.without(set)
      const same = (left: PartitionSet, right: PartitionSet) => expect(left.ranges).toEqual(right.ranges)
      same(not(not(a)), a)
      same(not(a.union(b)), not(a).intersection(not(b)))
      same(not(a.intersection(b)), not(a).union(not(b)))
      same(a.union(b).union(c), a.union(b.union(c)))
      same(a.intersection(b.union(c)), a.intersection(b).union(a.intersection(c)))
      same(a.union(b.intersection(c)), a.union(b).intersection(a.union(c)))
      same(a.without(b).union(a.intersection(b)), a)
      same(a.without(b.union(c)), a.without(b).without(c))
      expect(a.union(b).size).toBe(a.size + b.size - a.intersection(b).size)
      // Ranges are in order, and neither touch nor overlap.
      for (const [i, [from, to]] of a.union(b).ranges.entries()) {
        expect(from).toBeLessThan(to)
        expect(from).toBeGreaterThan(a.union(b).ranges[i - 1]?.[1] ?? -1)
      }
    }),
  )
})
