import { describe, expect, it } from 'vitest'
import type { PartitionMatrixView } from '../../../../../src/server/contract/index.js'
import { areaText, countIn, keyOf, nextCell } from './area.js'

const matrix: PartitionMatrixView = {
  size: 12,
  counts: { made: 0, failed: 0, running: 0, missing: 0 },
  dimensions: [
    { name: 'date', size: 3, isTime: true },
    { name: 'region', size: 2, isTime: false },
    { name: 'tier', size: 2, isTime: false },
  ],
  across: { name: 'date', keys: ['d1', 'd2', 'd3'], leftOut: 0 },
  down: { name: 'region', keys: ['eu', 'a, b'], leftOut: 0 },
  others: [{ name: 'tier', keys: ['free', 'pro'] }],
  cells: 'mf..pm',
}
const at = (column: number, row: number) => ({ column, row })
const held = { ...matrix, others: [{ name: 'tier', keys: ['free', 'pro'], held: 'pro' }] }

describe('an area of a matrix', () => {
  it('is a choice of partitions, from whichever corner it was drawn', () => {
    expect(areaText(matrix, { from: at(1, 0), to: at(0, 0) })).toBe('d1...d2|eu|*')
    expect(areaText(matrix, { from: at(0, 0), to: at(2, 1) })).toBe('*|*|*')
    expect(areaText(held, { from: at(2, 1), to: at(2, 1) })).toBe('d3|"a, b"|pro')
    const cut = { ...matrix, across: { ...matrix.across, leftOut: 5 } }
    expect(areaText(cut, { from: at(0, 0), to: at(2, 0) })).toBe('d1...d3|eu|*')
  })

  it('knows what is in it, and which one partition a cell is', () => {
    expect(countIn(matrix, { from: at(1, 0), to: at(2, 1) })).toEqual({ f: 1, '.': 1, p: 1, m: 1 })
    expect(keyOf(matrix, at(0, 0))).toBeUndefined()
    expect(keyOf(held, at(0, 0))).toBe('d1|eu|pro')
  })

  it('is looked through for the next of a status, and around', () => {
    expect(nextCell(matrix, at(0, 0), 'f')).toEqual(at(1, 0))
    expect(nextCell(matrix, at(1, 0), 'f')).toEqual(at(1, 0))
    expect(nextCell(matrix, at(2, 1), 'm')).toEqual(at(0, 0))
    expect(nextCell(matrix, at(0, 0), 'r')).toBeUndefined()
  })
})
