import { expect, it } from 'vitest'
import { readJson } from '../../declarative/index.js'
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

it('a float that is whole is a number, and a long whole number an integer', () => {
  const [record] = readJson('[{ "price": 10.0, "id": 12345678901234567890, "tags": [1e2] }]') as [object]
  expect(schemaOfRecords([record as Readonly<Record<string, unknown>>]).properties).toEqual({
    price: { type: ['number', 'null'] },
    id: { type: ['integer', 'null'] },
    tags: { type: ['array', 'null'], items: { type: ['number', 'null'] } },
  })
})
