import { expect, it } from 'vitest'
import { formOf, isEqual } from './canonical.js'
import type { Relation } from './catalogue.js'
import { type Comparison, compareTable } from './compare.js'

it.each([
  ['numeric', '1.50', 'DECIMAL(10,4)', '1.5000', '1.51'],
  ['numeric', '100', 'VARCHAR', '100', '1'],
  ['int4', '0', 'BIGINT', '0', '10'],
  ['float4', '0.1', 'DOUBLE', '0.10000000149011612', '0.2'],
  ['float8', '-0', 'DOUBLE', '0.0', 'nan'],
  ['bool', 't', 'BOOLEAN', 'true', 'false'],
  ['bytea', '\\x00ff', 'BLOB', '00FF', '00FE'],
  ['timestamptz', '2024-01-31 10:00:00.5+00', 'timestamptz', '2024-01-31 10:00:00.500+00', '2024-01-31 10:00:00+00'],
  ['date', '0044-03-15 BC', 'DATE', '0044-03-15 (BC)', '0044-03-15'],
  ['jsonb', '{"a": 1, "b": [2]}', 'JSON', '{"b":[2],"a":1}', '{"b":[3],"a":1}'],
  ['text', '1.50', 'VARCHAR', '1.50', '1.5'],
])('%s %s is what %s prints as %s, and not %s', (type, source, loadedType, same, other) => {
  const is = (loaded: string) => isEqual(source, formOf(type), loaded, formOf(loadedType))
  expect([is(same), is(other)]).toEqual([true, false])
})

it('rows that are missing, left over, doubled or changed are told', () => {
  const columns = ['id', 'v'].map((name) => ({ name, type: 'text', form: 'text' as const }))
  const table = (...rows: string[][]) => ({ columns, rows })
  const into: Comparison = { rows: 0, noted: 0, differences: [] }
  compareTable(
    { sql: 't', key: ['id'], columns: [] } as unknown as Relation,
    table(['1', 'a'], ['2', 'b'], ['3', 'c']),
    table(['1', 'a'], ['2', 'x'], ['4', 'd'], ['1', 'a']),
    into,
  )
  expect(into.differences.map((text) => text.replaceAll('\\', ''))).toEqual([
    expect.stringContaining('v (text, text): "b" in the source, "x" loaded'),
    't: not loaded: "["3"]"',
    't: only loaded: "["4"]"',
    't: only loaded: "["1"] (2)"',
  ])
})
