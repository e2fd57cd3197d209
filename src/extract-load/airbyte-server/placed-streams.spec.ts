import { expect, it } from 'vitest'
import { connectionAnswer, destinationAnswer } from './answers.js'
import { ownSchema, placedStreams } from './placed-streams.js'

const connection = (settings: object) =>
  connectionAnswer.parse({
    connectionId: 'c',
    name: 'Shop',
    sourceId: 's',
    destinationId: 'd',
    workspaceId: 'w',
    status: 'active',
    configurations: { streams: [{ name: 'orders', namespace: 'public' }, { name: 'people' }] },
    ...settings,
  })
const places = (settings: object, schema: string | undefined = 'raw') =>
  placedStreams(connection(settings), schema).map((stream) => `${stream.schema ?? '-'}.${stream.table}`)

it.each([
  ['as the destination says', {}, ['raw.orders', 'raw.people']],
  ['with a prefix', { namespaceDefinition: 'destination', prefix: 'shop_' }, ['raw.shop_orders', 'raw.shop_people']],
  ['as in the source', { namespaceDefinition: 'source' }, ['public.orders', 'raw.people']],
  [
    'in a format',
    { namespaceDefinition: 'custom_format', namespaceFormat: 'x_${SOURCE_NAMESPACE}' },
    ['x_public.orders', 'x_.people'],
  ],
  [
    'in the source by its word',
    { namespaceDefinition: 'custom_format', namespaceFormat: '${SOURCE_NAMESPACE}' },
    ['public.orders', 'raw.people'],
  ],
  ['in an empty format', { namespaceDefinition: 'custom_format', namespaceFormat: '' }, ['raw.orders', 'raw.people']],
])('tables are %s', (_, settings, expected) => {
  expect(places(settings)).toEqual(expected)
})

it.each([
  ['snowflake', { database: 'db', schema: 'raw' }, 'raw'],
  ['bigquery', { project_id: 'p', dataset_id: 'raw' }, 'raw'],
  ['clickhouse', { database: 'raw' }, 'raw'],
  ['s3', { s3_bucket_name: 'b' }, undefined],
])('%s makes its tables where it says', (destinationType, configuration, expected) => {
  const answer = { destinationId: 'd', name: 'n', workspaceId: 'w', destinationType, configuration }
  expect(ownSchema(destinationAnswer.parse(answer))).toBe(expected)
})

it('without tables a stream keeps its name', () => {
  expect(placedStreams(connection({ prefix: 'p_' }), undefined).map(({ schema, table }) => [schema, table])).toEqual([
    [undefined, 'p_orders'],
    [undefined, 'p_people'],
  ])
})
