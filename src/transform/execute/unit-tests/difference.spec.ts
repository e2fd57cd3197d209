import { describe, expect, test } from 'vitest'
import type { Cell, QueryResult, ResultColumn } from '../../../warehouse/index.js'
import { difference } from './difference.js'

const kinds: Readonly<Record<string, ResultColumn['kind']>> = { amount: 'decimal', ratio: 'float', ok: 'boolean' }
const columns = (names: readonly string[]): ResultColumn[] =>
  names.map((name) => ({ name, type: kinds[name] ?? 'integer', kind: kinds[name] ?? 'integer' }) as ResultColumn)

function compared(names: readonly string[], actual: Cell[][], expected: Cell[][]) {
  const result = (rows: Cell[][]): QueryResult => ({ columns: columns(names), rows, truncated: false })
  return difference(names, result(actual), result(expected))?.split('\n')
}

describe('the difference of rows', () => {
  test('is none when they stand in another order', () => {
    expect(compared(['id'], [[1], [2]], [[2], [1]])).toBeUndefined()
  })

  test('prints values as Python does', () => {
    const actual = [[1, '2.00', 1, true, null]]
    expect(compared(['id', 'amount', 'ratio', 'ok', 'no'], actual, [[1, '3.50', 1e20, false, 7]])).toEqual([
      '@@,id,amount   ,ratio    ,ok        ,no',
      '→ ,1 ,3.50→2.00,1E+20→1.0,False→True,7→NULL',
    ])
  })

  test('pairs rows by the first column that tells them apart, and none that have nothing in common but what is missing', () => {
    const [expected, actual] = [
      [
        [1, 2, 2],
        [2, 2, 2],
      ],
      [
        [1, 1, 1],
        [2, 2, 1],
      ],
    ]
    expect(compared(['id', 'a', 'b'], actual as Cell[][], expected as Cell[][])).toEqual([
      '@@,id,a  ,b',
      '→ ,1 ,2→1,2→1',
      '→ ,2 ,2  ,2→1',
    ])
    expect(compared(['id', 'a'], [[2, null]], [[3, null]])).toEqual(['@@ ,id,a', '+++,2 ,NULL', '---,3 ,NULL'])
  })

  test('shows what stands beside a change, and that the rest is left out', () => {
    const rows = [1, 2, 3, 4, 5].map((id) => [id, 0])
    const changed = rows.map(([id, value]) => [id, id === 4 ? 9 : value]) as Cell[][]
    expect(compared(['id', 'v'], changed, rows as Cell[][])).toEqual([
      '@@ ,id ,v',
      '...,...,...',
      '   ,3  ,0',
      '→  ,4  ,0→9',
      '   ,5  ,0',
    ])
  })

  test('quotes what holds commas, and does not align what is wide', () => {
    const text = 'x'.repeat(130)
    expect(compared(['name', 'a'], [['b,c', 1]], [['b,d', 1]])).toEqual(['@@,name     ,a', '→ ,"b,d→b,c",1'])
    expect(compared(['id', 'a', 'b'], [[1, text, 22]], [[1, text, 1]])?.[0]).toBe('@@,id,a,b')
  })
})
