import { expect, it } from 'vitest'
import { readManifestDraft } from './manifest-draft.js'
import { schemaOfRecords, withStreamSchema } from './records-schema.js'
import { starterManifest } from './starter-manifest.js'

const stream = { url: 'https://api.example.com', stream: 'orders', path: '/orders', recordPath: ['data'] } as const
const authentications = ['none', 'bearer', 'api_key_header', 'api_key_parameter', 'basic'] as const
const paginations = ['none', 'page', 'offset', 'cursor', 'link'] as const

it('a manifest that is begun here has no problem, whatever is chosen', async () => {
  for (const authentication of authentications)
    for (const pagination of paginations) {
      const choices = { ...stream, authentication, pagination, sizeParameter: 'limit', cursorPath: ['meta', 'next'] }
      const text = starterManifest({ ...choices, primaryKey: 'id' })
      const found = await readManifestDraft('/nowhere/manifest.yaml', text, 'm.yaml')
      expect([authentication, pagination, found.remarks, found.streams]).toEqual([
        authentication,
        pagination,
        [],
        ['orders'],
      ])
    }
})

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

it.each([
  [
    'where the stream has one',
    'streams:\n  - name: a\n    schema_loader: {type: X}\n    # kept\n    primary_key: [id]  # as it is\nspec: {}\n',
    'streams:\n  - name: a\n    BLOCK\n    # kept\n    primary_key: [id]  # as it is\nspec: {}\n',
  ],
  [
    'where it has none',
    'streams:\n  - type: DeclarativeStream\n    name: a\n\nspec: {}\n',
    'streams:\n  - type: DeclarativeStream\n    name: a\n    BLOCK\n\nspec: {}\n',
  ],
  [
    'where it is referred to',
    'definitions:\n  a:\n    $parameters: { name: a }\n    name: "{{ parameters.name }}"\nstreams: [{ $ref: "#/definitions/a" }]\n',
    'definitions:\n  a:\n    $parameters: { name: a }\n    name: "{{ parameters.name }}"\n    BLOCK\nstreams: [{ $ref: "#/definitions/a" }]\n',
  ],
])('a schema is written %s, and nothing else is touched', (_, text, expected) => {
  const block =
    'schema_loader:\n      type: InlineSchemaLoader\n      schema: {type: object, properties: {id: {type: [integer, "null"]}}}'
  const schema = { type: 'object', properties: { id: { type: ['integer', 'null'] } } }
  expect(withStreamSchema(text, 'a', schema)).toBe(expected.replace('BLOCK', block))
})

it('a stream that is not written by itself is refused', () => {
  expect(() => withStreamSchema('streams:\n  - name: a\n', 'b', {})).toThrow(/`b` is not written in the manifest/)
})
