import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ColumnKind, openDuckDb, type Warehouse, withConnection } from '../../../warehouse/index.js'
import { exactCast, isExactAsDouble } from './exact-cast.js'

let warehouse: Warehouse
beforeAll(async () => {
  warehouse = await openDuckDb({ path: ':memory:' })
})
afterAll(() => warehouse.close())

const kinds: Readonly<Record<string, ColumnKind>> = {
  ...{ BOOLEAN: 'boolean', INTEGER: 'integer', BIGINT: 'integer', FLOAT: 'float', DOUBLE: 'float', VARCHAR: 'text' },
  ...{ DATE: 'date', TIME: 'time', TIMESTAMP: 'timestamp', 'TIMESTAMP WITH TIME ZONE': 'timestamptz' },
  ...{ UUID: 'uuid', BLOB: 'binary', JSON: 'json' },
}
const column = (type: string) => ({ type, kind: kinds[type] ?? 'decimal' })
async function answer(sql: string): Promise<unknown> {
  const { rows } = await withConnection(warehouse, (connection) => connection.query(sql))
  return rows[0]?.[0]
}
const cast = (value: string, from: string, to: string) =>
  answer(`select (${exactCast('v', column(from), column(to))})::varchar from (select ${value}::${from} as v)`)

describe('a value in another type', () => {
  it.each([
    ['5', 'BIGINT', 'BOOLEAN', null],
    ['1', 'BIGINT', 'BOOLEAN', null],
    ['true', 'BOOLEAN', 'BIGINT', null],
    ["'true'", 'JSON', 'BOOLEAN', 'true'],
    ["'true'", 'JSON', 'BIGINT', null],
    ["'5'", 'JSON', 'BIGINT', '5'],
    ["'5'", 'JSON', 'DOUBLE', '5.0'],
    ["'1.5'", 'JSON', 'BIGINT', null],
    [`'"5"'`, 'JSON', 'BIGINT', null],
    ["'2024-05-05 23:30:00-05'", 'TIMESTAMP WITH TIME ZONE', 'DATE', null],
    ["'2024-05-05 00:00:00+00'", 'TIMESTAMP WITH TIME ZONE', 'DATE', '2024-05-05'],
    ["'2024-05-05 23:30:00'", 'TIMESTAMP', 'TIME', null],
    ["'2024-05-05'", 'DATE', 'TIMESTAMP', '2024-05-05 00:00:00'],
    ["'0b6f3e1c-1d5a-4b8e-9a52-000000000001'", 'UUID', 'BLOB', null],
    ['1.5', 'DOUBLE', 'BIGINT', null],
    ['2', 'DOUBLE', 'BIGINT', '2'],
    ['0.1', 'DOUBLE', 'DECIMAL(10,2)', '0.10'],
    ['0.125', 'DOUBLE', 'DECIMAL(10,2)', null],
    ['16777217', 'INTEGER', 'FLOAT', null],
    ['9007199254740993', 'BIGINT', 'DOUBLE', null],
    ['9007199254740992', 'BIGINT', 'DOUBLE', '9007199254740992.0'],
    ['1234.5', 'DECIMAL(38,20)', 'DOUBLE', '1234.5'],
    ['0.12345678901234567891', 'DECIMAL(38,20)', 'DOUBLE', null],
  ])('%s of %s as %s: %s', async (value, from, to, expected) => {
    expect(await cast(value, from, to)).toBe(expected)
  })
  it.each([
    ['007', 'BIGINT', '7'],
    ['1e2', 'BIGINT', '100'],
    ['1.7', 'BIGINT', null],
    ['1.70', 'DECIMAL(10,2)', '1.70'],
    ['1.705', 'DECIMAL(10,2)', null],
    ['0.1', 'DOUBLE', '0.1'],
    ['9007199254740993', 'DOUBLE', null],
    ['0.12345678901234567891', 'DOUBLE', null],
    ['0.123456789', 'FLOAT', null],
    ['TRUE', 'BOOLEAN', 'true'],
    ['1', 'BOOLEAN', null],
    ['2024-05-05', 'DATE', '2024-05-05'],
    ['2024-05-05 00:00:00', 'DATE', '2024-05-05'],
    ['2024-05-05T23:30:00', 'DATE', null],
    ['2024-05-05T00:00:00-05:00', 'DATE', null],
    ['10:00:00', 'TIME', '10:00:00'],
    ['2024-05-05T10:00:00', 'TIME', null],
    ['2024-05-05T10:00', 'TIMESTAMP', '2024-05-05 10:00:00'],
    ['2024-05-05T10:00:00-05:00', 'TIMESTAMP', null],
    ['2024-05-05T10:00-05:00', 'TIMESTAMP WITH TIME ZONE', '2024-05-05 15:00:00+00'],
    ['2024-05-05T10:00:00.1234567', 'TIMESTAMP', null],
    ['2024-05-05T10:00:00.1234560', 'TIMESTAMP', '2024-05-05 10:00:00.123456'],
    ['x', 'BLOB', 'x'],
    ['many', 'BIGINT', null],
  ])('the text %s as %s: %s', async (text, to, expected) => {
    expect(await cast(`'${text}'`, 'VARCHAR', to)).toBe(expected)
  })
  it('a NULL is no number that a DOUBLE would round', async () => {
    for (const type of ['BIGINT', 'DECIMAL(38,20)'])
      expect(await answer(`select ${isExactAsDouble(`null::${type}`, column(type))}`)).toBe(true)
  })
})
