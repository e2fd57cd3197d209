import { describe, expect, it } from 'vitest'
import { nameOfPath } from '../added-connectors/fetched-manifest.js'
import { manifestSummary } from './manifest-spec.js'

const spec = { type: 'object', properties: { token: { type: 'string' } } }
const summaryOf = (text: string) => manifestSummary(text, 'manifest.yaml')

describe('what a list says of a manifest', () => {
  it.each([
    [
      'is read from its own lines alone',
      'version: 6.0.0\nstreams: [}\nspec:\n  connection_specification:\n    type: object\n    properties: { token: { type: string } }\n',
    ],
    [
      'is found where a reference leads',
      'version: 6.0.0\nspec: { $ref: "#/definitions/spec" }\ndefinitions:\n  spec:\n    connection_specification: { type: object, properties: { token: { type: string } } }\n',
    ],
    [
      'is found where an alias leads',
      'version: 6.0.0\nx: &token { type: string }\nspec:\n  connection_specification:\n    type: object\n    properties:\n      token: *token\n',
    ],
    ['is found in JSON', JSON.stringify({ version: '6.0.0', spec: { connection_specification: spec } })],
  ])('%s', (_, text) => {
    expect(summaryOf(text)).toMatchObject({ spec, version: '6.0.0' })
  })
  it('is anything, where it has none', () => {
    expect(summaryOf('version: 6.0.0\n').spec).toEqual({ type: 'object', properties: {}, additionalProperties: true })
  })
})

it.each([
  ['/metadata/airbyte/source-pokeapi/latest/manifest.yaml', 'pokeapi'],
  ['connectors/source_my_api/manifest.yaml', 'my_api'],
  ['shop/manifest.yaml', 'shop'],
  ['Spare Parts.yml', 'spare-parts'],
])('%s is called %s', (path, name) => {
  expect(nameOfPath(path)).toBe(name)
})
