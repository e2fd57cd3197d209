import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { PartitionsSpec } from '../contract/index.js'
import { PartitionSet } from './partition-set.js'
import { partitionSpace } from './partition-space.js'
import { parsePartitions, partitionsText } from './selection.js'

const daily: PartitionsSpec = {
  type: 'time',
  cron: '0 0 * * *',
  timezone: 'UTC',
  start: '2024-01-01',
  format: '%Y-%m-%d',
  endOffset: 0,
}
const regions: PartitionsSpec = { type: 'static', keys: ['eu', 'us', 'a,b', 'x|y', '*'] }
const colors: PartitionsSpec = { type: 'static', keys: ['red', 'green'] }
const spaceOf = (spec: PartitionsSpec) => partitionSpace(spec, { now: new Date('2024-01-08'), dynamicKeys: new Map() })
const days = spaceOf(daily)
const cube = spaceOf({ type: 'multi', dimensions: { region: regions, date: daily, color: colors } })
const keys = (space: typeof days, text: string) =>
  [...parsePartitions(space, text).indexes()].map((i) => space.keyAt(i))

it('names keys, ranges and all', () => {
  expect(keys(days, '2024-01-02')).toEqual(['2024-01-02'])
  expect(keys(days, '2024-01-06...2024-01-07, 2024-01-01')).toEqual(['2024-01-01', '2024-01-06', '2024-01-07'])
  expect(keys(days, '*')).toHaveLength(7)
  expect(keys(spaceOf(regions), 'us,"a,b"')).toEqual(['us', 'a,b'])
})

it('names them dimension by dimension, in the order of their names', () => {
  expect(keys(cube, 'red|2024-01-02...2024-01-03|"x|y"')).toEqual(['red|2024-01-02|x|y', 'red|2024-01-03|x|y'])
  expect(keys(cube, '*|2024-01-02|eu')).toEqual(['red|2024-01-02|eu', 'green|2024-01-02|eu'])
})

it('whatever is chosen is written as a text that means it', () => {
  for (const space of [days, spaceOf(regions), cube])
    fc.assert(
      fc.property(fc.array(fc.nat(space.size - 1), { minLength: 1, maxLength: 40 }), (indexes) => {
        const set = PartitionSet.ofIndexes(indexes)
        expect(parsePartitions(space, partitionsText(space, set)).ranges).toEqual(set.ranges)
      }),
    )
  // There are more of them tomorrow.
  expect(partitionsText(days, PartitionSet.of([[0, 7]]))).toBe('2024-01-01...2024-01-07')
  expect(partitionsText(cube, PartitionSet.first(cube.size))).toBe('*|2024-01-01...2024-01-07|*')
  expect(
    partitionsText(
      days,
      PartitionSet.of([
        [0, 1],
        [3, 6],
      ]),
    ),
  ).toBe('2024-01-01,2024-01-04...2024-01-06')
})

it.each([
  ['2024-01-08', days, 'There is no partition `2024-01-08`.', 'There are 7, from 2024-01-01 to 2024-01-07.'],
  ['2024-01-05...2024-01-02', days, 'ends before it begins', '2024-01-02...2024-01-05'],
  ['eeu', spaceOf(regions), 'There is no partition `eeu`.', 'eu'],
  ['red', cube, 'there are 3 dimensions, color|date|region', 'red|2024-01-01|eu'],
  ['x', spaceOf({ type: 'dynamic', name: 'files' }), 'there is none yet', 'millrace partitions add files'],
])('%s is refused', (text, space, message, hint) => {
  expect(() => parsePartitions(space, text)).toThrow(
    expect.objectContaining({
      code: 'PARTITIONS_INVALID',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    }),
  )
})
