import { expect, it } from 'vitest'
import { readColumn } from './columns.js'

it('DECFLOAT comes as text, whose values settle what number it is, and is compared as a number', () => {
  const info = { name: 'N', type: 'DECFLOAT(38)', kind: 'decimal', isNullable: true, position: 1 } as const
  const column = readColumn(info)
  expect(column).toMatchObject({ kind: 'text', isUnboundedNumber: true })
  expect(column.reader().type).toBe('VARCHAR')
  expect(column.rowsFrom('12.5')).toBe('where "N" >= 12.5 or "N" is null')
  expect(column.rowsIn({ type: 'values', field: 'N', values: ['1'] } as never)).toBe(
    `where cast("N" as varchar) in ('1')`,
  )
})
