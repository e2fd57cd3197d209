import { describe, expect, it } from 'vitest'
import { quartzOf } from '../../../orchestrate/index.js'
import { idOf } from '../ids.js'
import { jsonType } from './configuration.js'
import { connectorType } from './connectors.js'
import { durationText } from './jobs.js'
import { sourceSettings } from './source-settings.js'

describe('cron in the words of Quartz', () => {
  it.each([
    ['0 4 * * *', '0 0 4 * * ? UTC'],
    ['*/15 8-18 * * 1-5', '0 */15 8-18 ? * MON-FRI UTC'],
    ['0 0 1 * *', '0 0 0 1 * ? UTC'],
    ['0 0 * * 0,7', '0 0 0 ? * SUN,SUN UTC'],
    ['0 0 * * 1/2', '0 0 0 ? * MON/2 UTC'],
    ['0 0 * * mon', '0 0 0 ? * mon UTC'],
    ['0 0 13 * 5', '0 0 0 13 * FRI UTC'],
  ])('%s is %s', (cron, quartz) => expect(quartzOf(cron, 'UTC')).toBe(quartz))
  it('several stand side by side', () =>
    expect(quartzOf(['0 4 * * *', '0 5 * * *'], 'Europe/Berlin')).toBe('0 0 4 * * ? | 0 0 5 * * ? Europe/Berlin'))
})

it.each([
  [0, 'PT0S'],
  [-5_000, 'PT0S'],
  [59_999, 'PT59S'],
  [60_000, 'PT1M'],
  [29_172_000, 'PT8H6M12S'],
  [90_000_000, 'PT25H'],
])('%d ms are %s', (ms, text) => expect(durationText(ms)).toBe(text))

it.each([
  ['BIGINT', { type: 'integer' }],
  ['UINTEGER', { type: 'integer' }],
  ['DECIMAL(18,3)', { type: 'number' }],
  ['VARCHAR', { type: 'string' }],
  ['VARCHAR[]', { type: 'array' }],
  ['BOOLEAN', { type: 'boolean' }],
  ['TIMESTAMP WITH TIME ZONE', { type: 'string', format: 'date-time' }],
  ['DATE', { type: 'string', format: 'date' }],
  ['STRUCT(a INTEGER)', { type: 'object' }],
  ['INTERVAL', { type: 'string' }],
  ['point', { type: 'string' }],
  [undefined, { type: 'string' }],
])('a column of type %s is %j', (type, schema) => expect(jsonType(type)).toEqual(schema))

it('ids are the same for the same names, and others for others', () => {
  const id = idOf('shop', 'connection', 'orders')
  expect(id).toBe(idOf('shop', 'connection', 'orders'))
  const others = [
    idOf('shop', 'source', 'orders'),
    idOf('shops', 'connection', 'orders'),
    idOf('shop', 'connection', 'x'),
  ]
  expect(new Set([id, ...others]).size).toBe(4)
})

it.each([
  ['airbyte', { image: 'airbyte/source-github:1.2.3' }, 'github'],
  ['airbyte', { image: 'registry.example:5000/source-own@sha256:abc' }, 'own'],
  ['airbyte', { command: ['x'] }, 'airbyte'],
  ['postgres', { image: 'x' }, 'postgres'],
])('%s with %j is of type %s', (connector, config, type) => expect(connectorType(connector, config)).toBe(type))

describe('settings in the words of Airbyte', () => {
  const of = (connector: string, config: object) =>
    sourceSettings({ id: '', name: '', connector, config: config as Record<string, unknown> })
  it('are told of the first file', () =>
    expect(of('file', { streams: [{ name: 'a', path: 'https://x.example/a.parquet' }, { name: 'b' }] })).toMatchObject({
      sourceType: 'file',
      dataset_name: 'a',
      url: 'https://x.example/a.parquet',
      format: 'parquet',
      provider: { storage: 'HTTPS' },
    }))
  it('are those of the connector that is run', () =>
    expect(of('airbyte', { image: 'airbyte/source-github:1', config: { repositories: ['a/b'] } })).toEqual({
      repositories: ['a/b'],
      sourceType: 'github',
    }))
})
