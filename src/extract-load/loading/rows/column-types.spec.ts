import { describe, expect, it } from 'vitest'
import type { ColumnKind } from '../../../warehouse/index.js'
import { commonType } from './column-types.js'

const kinds: Readonly<Record<string, ColumnKind>> = {
  INTEGER: 'integer',
  BIGINT: 'integer',
  UINTEGER: 'integer',
  UBIGINT: 'integer',
  UHUGEINT: 'integer',
  HUGEINT: 'integer',
  DOUBLE: 'float',
  FLOAT: 'float',
  VARCHAR: 'text',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  BOOLEAN: 'boolean',
  JSON: 'json',
  BLOB: 'binary',
}
const column = (type: string) => ({ type, kind: kinds[type] ?? 'decimal' })

describe('the type that holds two columns', () => {
  it.each([
    ['INTEGER', 'BIGINT', 'BIGINT'],
    ['BIGINT', 'INTEGER', 'BIGINT'],
    ['INTEGER', 'UINTEGER', 'BIGINT'],
    ['UINTEGER', 'UBIGINT', 'UBIGINT'],
    ['BIGINT', 'UHUGEINT', 'VARCHAR'],
    ['INTEGER', 'DOUBLE', 'DOUBLE'],
    ['FLOAT', 'INTEGER', 'DOUBLE'],
    ['INTEGER', 'DECIMAL(10,2)', 'DECIMAL(12,2)'],
    ['DECIMAL(10,2)', 'DECIMAL(10,4)', 'DECIMAL(12,4)'],
    ['HUGEINT', 'DECIMAL(38,0)', 'HUGEINT'],
    ['DECIMAL(10,0)', 'HUGEINT', 'HUGEINT'],
    ['HUGEINT', 'DECIMAL(10,2)', 'VARCHAR'],
    ['DECIMAL(38,2)', 'DECIMAL(38,9)', 'VARCHAR'],
    ['DATE', 'TIMESTAMP', 'TIMESTAMP'],
    ['TIMESTAMP_NS', 'TIMESTAMP', 'TIMESTAMP_NS'],
    ['INTEGER', 'VARCHAR', 'VARCHAR'],
    ['VARCHAR', 'INTEGER', 'VARCHAR'],
    ['JSON', 'INTEGER', 'JSON'],
    ['DATE', 'BOOLEAN', undefined],
    ['BLOB', 'VARCHAR', undefined],
  ])('%s and %s: %s', (old, incoming, expected) => {
    expect(commonType(column(old), column(incoming))?.type).toBe(expected)
  })
})
