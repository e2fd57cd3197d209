import { expect, it } from 'vitest'
import type { ColumnKind } from '../../../warehouse/index.js'
import { bigQueryType, duckDbColumn } from './types.js'

/** As the API answers a type of DDL: it leaves a scale of nothing out. */
const answered = (type: string) => type.toUpperCase().replace(/,\s*0\)$/, ')')

it.each<[type: string, kind: ColumnKind]>([
  ['DECIMAL(12,2)', 'decimal'],
  ['DECIMAL(18,0)', 'decimal'],
  ['DECIMAL(29,0)', 'decimal'],
  ['DECIMAL(30,0)', 'decimal'],
  ['DECIMAL(37,0)', 'decimal'],
  ['DECIMAL(38,0)', 'decimal'],
  ['DECIMAL(38,20)', 'decimal'],
  ['HUGEINT', 'integer'],
  ['BIGINT', 'integer'],
])('%s is the same at the next sync', (type, kind) => {
  const made = answered(bigQueryType({ type, kind }))
  const info = {
    isNullable: true,
    position: 1,
    kind: kind === 'integer' && made === 'INT64' ? kind : 'decimal',
  } as const
  expect(duckDbColumn({ ...info, name: 'n', type: made })).toEqual({ name: 'n', type, kind })
})
