import { describe, expect, it } from 'vitest'
import type { AssetSpec, PartitionsSpec, Run } from '../contract/index.js'
import { partitionMatrix } from './partition-matrix.js'

const days: PartitionsSpec = {
  type: 'time',
  cron: '0 0 * * *',
  timezone: 'UTC',
  start: '2024-01-01T00:00',
  end: '2024-01-04T00:00',
  format: '%Y-%m-%d',
  endOffset: 0,
}
const keys = (...all: string[]) => ({ type: 'static', keys: all }) as const

const asset = (partitions: PartitionsSpec) => ({ key: 'a', partitions }) as AssetSpec
const store = (made: readonly string[], failed: readonly string[] = [], running: readonly Partial<Run>[] = []) => ({
  dynamicPartitions: async () => new Map(),
  partitionStates: async () => ({ made, failed, failedSinceMade: [] }),
  listRuns: async () => running as Run[],
})

describe('the partitions of two dimensions', () => {
  const two = asset({ type: 'multi', dimensions: { region: keys('eu', 'us'), date: days } })

  it('are a table with time across', async () => {
    const known = store(['2024-01-01|eu', '2024-01-02|eu'], ['2024-01-01|us'], [{ partitions: '2024-01-03|*' }])
    expect(await partitionMatrix(known, two, {})).toEqual({
      size: 6,
      counts: { made: 2, failed: 1, running: 2, missing: 1 },
      dimensions: [
        { name: 'date', size: 3, isTime: true },
        { name: 'region', size: 2, isTime: false },
      ],
      across: { name: 'date', keys: ['2024-01-01', '2024-01-02', '2024-01-03'], leftOut: 0 },
      down: { name: 'region', keys: ['eu', 'us'], leftOut: 0 },
      others: [],
      cells: 'mmrf.r',
    })
  })

  it('are turned when asked', async () => {
    const matrix = await partitionMatrix(store(['2024-01-02|eu']), two, { across: 'region' })
    expect(matrix).toMatchObject({ across: { name: 'region' }, down: { name: 'date' }, cells: '..m...' })
  })

  it('are refused where there are none of these', async () => {
    await expect(partitionMatrix(store([]), two, { down: 'regoin' })).rejects.toMatchObject({
      code: 'PARTITIONS_INVALID',
      hint: expect.stringContaining('region'),
    })
    await expect(partitionMatrix(store([]), asset(days), {})).rejects.toMatchObject({ code: 'PARTITIONS_INVALID' })
  })
})

describe('the partitions of three dimensions', () => {
  const three = asset({ type: 'multi', dimensions: { a: days, b: keys('eu', 'us'), c: keys('free', 'pro') } })
  const known = store(['2024-01-01|eu|free', '2024-01-01|eu|pro', '2024-01-01|us|pro'], ['2024-01-02|us|free'])

  it('say of a cell what is known of all that it stands for', async () => {
    expect(await partitionMatrix(known, three, {})).toMatchObject({
      others: [{ name: 'c', keys: ['free', 'pro'] }],
      cells: 'm..pf.',
    })
  })

  it('are cut where one of them is held', async () => {
    expect(await partitionMatrix(known, three, { held: { c: 'free' } })).toMatchObject({
      others: [{ name: 'c', held: 'free' }],
      cells: 'm...f.',
    })
    expect(await partitionMatrix(known, three, { across: 'c', down: 'b', held: { a: '2024-01-01' } })).toMatchObject({
      cells: 'mm.m',
    })
    await expect(partitionMatrix(known, three, { held: { c: 'gold' } })).rejects.toThrow('gold')
  })
})
