import { expect, test } from 'vitest'
import { asRead, asWritten } from './seed-shape.js'

const seed = { resource_type: 'seed', name: 's', refs: [], language: 'sql', depends_on: { nodes: [], macros: ['m'] } }

test("seeds are written without what dbt's schema does not allow them, and have it again when read", () => {
  const written = asWritten(seed)
  expect(written).toEqual({ resource_type: 'seed', name: 's', depends_on: { macros: ['m'] } })
  expect(asRead(written)).toMatchObject({
    refs: [],
    sources: [],
    language: 'sql',
    depends_on: { nodes: [], macros: ['m'] },
  })
})

test('other nodes stay as they are', () => {
  const model = { resource_type: 'model', refs: [{ name: 'a' }] }
  expect(asRead(asWritten(model))).toBe(model)
})
