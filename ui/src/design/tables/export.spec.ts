import { describe, expect, it } from 'vitest'
import { asCsv, asTsv } from './export.js'

const table = {
  columns: [
    { name: 'a,b', type: 'VARCHAR', kind: 'text' },
    { name: 'n', type: 'HUGEINT', kind: 'integer' },
  ],
  rows: [
    ['says "hi"\nand goes', '12345678901234567890'],
    [null, { x: [1] }],
  ],
  truncated: false,
  durationMs: 1,
}

describe('a result', () => {
  it('is CSV that spreadsheets read: quotes doubled, lines kept, null empty', () => {
    expect(asCsv(table)).toBe('"a,b",n\r\n"says ""hi""\nand goes",12345678901234567890\r\n,"{""x"":[1]}"')
  })
  it('is one line per row on the clipboard', () => {
    expect(asTsv(table)).toBe('a,b\tn\nsays "hi" and goes\t12345678901234567890\n\t{"x":[1]}')
  })
})
