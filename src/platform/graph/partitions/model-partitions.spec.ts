import { describe, expect, it } from 'vitest'
import { partitions } from '../../../orchestrate/index.js'
import type { ManifestNode } from '../../../transform/index.js'
import { nodeMeta } from '../node-meta.js'
import { type ModelPartitions, modelPartitions, modelPartitionsSchema, partRuns } from './model-partitions.js'

const daily = { by: 'daily', start: '2024-01-01' }
const vars = { start: 'min_date', end: 'max_date' }
const written = (value: object): ModelPartitions => modelPartitionsSchema.parse(value)
const node = (config: object = {}, more: object = {}) =>
  ({
    unique_id: 'model.shop.daily',
    resource_type: 'model',
    config: { materialized: 'incremental', meta: {}, ...config },
    unrendered_config: {},
    depends_on: { nodes: ['source.shop.raw.orders', 'model.shop.between'] },
    ...more,
  }) as unknown as ManifestNode
const manifest = (eventTime?: string) =>
  ({
    sources: {
      'source.shop.raw.orders': { config: {} },
      'source.shop.raw.events': { config: { event_time: eventTime } },
    },
    nodes: {
      'model.shop.between': node({ materialized: 'ephemeral' }, { depends_on: { nodes: ['source.shop.raw.events'] } }),
    },
  }) as never

it('are those of definitions.ts, and side by side are made at once', () => {
  expect(modelPartitions(node(), written({ ...daily, vars }), manifest())).toEqual({
    partitions: partitions.daily({ start: '2024-01-01' }),
    makesPartitions: 'together',
  })
  expect(modelPartitions(node(), written({ by: 'static', keys: ['eu'], vars: { key: 'region' } }), manifest())).toEqual(
    {
      partitions: partitions.static(['eu']),
      makesPartitions: 'each',
    },
  )
  expect(modelPartitions(node(), written({ ...daily, event_time: true }), manifest('at'))).toMatchObject({
    makesPartitions: 'together',
  })
})

describe('are refused', () => {
  it.each([
    [node({ materialized: 'table' }), { ...daily, vars }, 'a table is replaced as a whole'],
    [node({}, { resource_type: 'snapshot' }), { ...daily, vars }, 'a snapshot is replaced as a whole'],
    [node({ incremental_strategy: 'microbatch' }), { ...daily, vars }, 'are its batches'],
    [node(), daily, 'nothing tells the model which part'],
    [node(), { ...daily, event_time: true }, 'nothing that it reads has an `event_time`'],
    [
      node({}, { unrendered_config: { alias: "{{ var( 'min_date' ) }}" } }),
      { ...daily, vars },
      'asks for the var `min_date`',
    ],
    [
      node({}, { unrendered_config: { tags: ['{{ var("max_date", 1) }}'] } }),
      { ...daily, vars },
      'asks for the var `max_date`',
    ],
    [node(), { ...daily, start: 'soon', vars }, 'is not a local date'],
  ])('%#', (of, value, message) => {
    expect(() => modelPartitions(of, written(value), manifest())).toThrow(message)
  })
  it('where they are not understood, with the place', () => {
    const meta = (partitions: object) =>
      nodeMeta(node({ meta: { millrace: { partitions } } }, { meta: {} }), 'models/x.yml')
    expect(() => meta({ by: 'sometimes' })).toThrow('The meta of model.shop.daily is not understood: partitions')
    expect(() => meta({ ...daily, vars: { begin: 'x' } })).toThrow('begin')
  })
})

describe('a run is told of its part', () => {
  const part = (start: string, end: string, ...keys: readonly string[]) => ({
    keys,
    part: { start: new Date(start), end: new Date(end) },
  })
  const three = part('2024-01-01T00:00Z', '2024-01-04T00:00Z', '2024-01-01', '2024-01-02', '2024-01-03')
  it('by the days, or times, of its windows, or their keys', () => {
    const all = { ...vars, first: 'first_day', last: 'last_day' }
    expect(partRuns(written({ ...daily, vars: all }), [three])).toEqual([
      {
        keys: three.keys,
        options: {
          vars: { min_date: '2024-01-01', max_date: '2024-01-04', first_day: '2024-01-01', last_day: '2024-01-03' },
        },
      },
    ])
    const hour = part('2024-06-01T22:00Z', '2024-06-01T23:00Z', 'k')
    expect(partRuns(written({ by: 'hourly', start: '2024-01-01', timezone: 'Europe/Berlin', vars }), [hour])).toEqual([
      { keys: ['k'], options: { vars: { min_date: '2024-06-02 00:00:00', max_date: '2024-06-02 01:00:00' } } },
    ])
  })
  it('by the rows that it is to read', () => {
    expect(partRuns(written({ ...daily, event_time: true }), [three])[0]?.options).toEqual({
      vars: {},
      inputWindow: { startMs: Date.parse('2024-01-01'), endMs: Date.parse('2024-01-04') },
    })
  })
  it('a key at a time', () => {
    const keys = written({ by: 'static', keys: ['eu', 'us'], vars: { key: 'region' } })
    expect(partRuns(keys, [{ keys: ['eu', 'us'], part: { values: ['eu', 'us'] } }])).toEqual([
      { keys: ['eu'], options: { vars: { region: 'eu' } } },
      { keys: ['us'], options: { vars: { region: 'us' } } },
    ])
  })
})
