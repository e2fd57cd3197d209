import { expect, it } from 'vitest'
import { yamlLibrary } from '../../../../base/index.js'
import { withStreamSchema } from './stream-schema.js'

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

it('what others refer to of a schema that is taken out stays with the first of them', () => {
  const text = (loader: string, shared: string, second: string) =>
    `streams:\n  - name: a\n    ${loader}\n  - name: b\n    schema_loader: ${shared}\n  - name: c\n    schema_loader:\n      type: InlineSchemaLoader\n      schema: ${second}\n  - name: d\n    schema_loader: *x\n`
  const written = withStreamSchema(
    text('schema_loader: &x\n      type: InlineSchemaLoader\n      schema: &s { type: object }', '*x', '*s'),
    'a',
    { type: 'object' },
  )
  expect(written).toBe(
    text(
      'schema_loader: {type: InlineSchemaLoader, schema: {type: object}}',
      '&x {"type":"InlineSchemaLoader","schema":{"type":"object"}}',
      '&s {"type":"object"}',
    ),
  )
  const flow = '{ streams: [{ name: a, schema_loader: &x { type: X } }, { name: b, schema_loader: *x }] }\n'
  expect(yamlLibrary().parse(withStreamSchema(flow, 'a', {}))).toMatchObject({
    streams: [{ schema_loader: { schema: {} } }, { schema_loader: { type: 'X' } }],
  })
})
