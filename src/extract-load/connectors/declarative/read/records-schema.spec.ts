import { expect, it } from 'vitest'
import { readJson } from '../../../declarative/index.js'
import { schemaOfRecords } from './records-schema.js'

it('records have a schema of all that one of them has', () => {
  const schema = schemaOfRecords([
    { id: 1, price: 2, tags: [], at: null, by: { name: 'a' } },
    { id: 2, price: 2.5, tags: [1, 'x'], note: 'b', by: null },
  ])
  expect(schema.properties).toEqual({
    id: { type: ['integer', 'null'] },
    price: { type: ['number', 'null'] },
    tags: { type: ['array', 'null'], items: { type: ['integer', 'string', 'null'] } },
    at: { type: ['string', 'null'] },
    by: {
      type: ['object', 'null'],
      additionalProperties: true,
      properties: { name: { type: ['string', 'null'] } },
    },
    note: { type: ['string', 'null'] },
  })
})

it('texts that are all times, or all days, have the format of them', () => {
  const [a, b] = ['2026-01-02T03:04:05Z', '2026-01-02 03:04:05.25+02:00']
  const schema = schemaOfRecords([
    { zoned: a, local: '2026-01-02T03:04:05', day: '2026-01-02', mixed: a, other: '2026-13-02', list: [a], none: null },
    { zoned: b, local: null, day: '2024-02-29', mixed: '2026-01-02', other: a, list: [], none: null },
  ])
  expect(schema.properties).toEqual({
    zoned: { type: ['string', 'null'], format: 'date-time' },
    local: { type: ['string', 'null'], format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
    day: { type: ['string', 'null'], format: 'date' },
    mixed: { type: ['string', 'null'] },
    other: { type: ['string', 'null'] },
    list: { type: ['array', 'null'], items: { type: ['string', 'null'], format: 'date-time' } },
    none: { type: ['string', 'null'] },
  })
})

it.each([
  '2026-01-02T03:04Z',
  '2026-01-02T03:04+02:00',
  '2026-01-02T99:99:99Z',
  '2026-01-02T24:00:00',
  '2026-01-02T03:04:60Z',
  '2026-01-02T03:04:05+99:00',
  '2026-02-31',
  '2025-02-29T03:04:05Z',
])('%s is a text: as a time it would be loaded as NULL, or as another one', (at) => {
  expect(schemaOfRecords([{ at }]).properties).toEqual({ at: { type: ['string', 'null'] } })
})

it('a float that is whole is a number, and a long whole number an integer', () => {
  const [record] = readJson('[{ "price": 10.0, "id": 12345678901234567890, "tags": [1e2] }]') as [object]
  expect(schemaOfRecords([record as Readonly<Record<string, unknown>>]).properties).toEqual({
    price: { type: ['number', 'null'] },
    id: { type: ['integer', 'null'] },
    tags: { type: ['array', 'null'], items: { type: ['number', 'null'] } },
  })
})
