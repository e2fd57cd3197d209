import { describe, expect, it } from 'vitest'
import type { ApiTable } from '../../../../src/server/contract/index.js'
import { chartColumns, chartOf, ticks } from './chart.js'

const table = (kinds: Record<string, string>, rows: unknown[][]): ApiTable => ({
  columns: Object.entries(kinds).map(([name, kind]) => ({ name, kind, type: kind })),
  rows,
  truncated: false,
  durationMs: 1,
})

describe('a result as a plot', () => {
  it('lies along what is no number, and measures what is one', () => {
    expect(chartColumns(table({ city: 'text', n: 'integer', day: 'date' }, []))).toEqual({
      across: [0, 2],
      measures: [1],
    })
    expect(chartColumns(table({ a: 'float', b: 'integer' }, []))).toEqual({ across: [0, 1], measures: [0, 1] })
    expect(chartColumns(table({ city: 'text' }, [])).measures).toEqual([])
  })
  it('is a line in the order of time, and bars in the order of the rows', () => {
    const days = chartOf(
      table({ day: 'date', n: 'decimal' }, [
        ['2024-02-01', '2.50'],
        ['2024-01-01', '1'],
        ['2024-03-01', null],
      ]),
      0,
      1,
    )
    expect([days.kind, days.leftOut, days.points.map(({ value }) => value)]).toEqual(['line', 1, [1, 2.5]])
    const names = chartOf(
      table({ city: 'text', n: 'integer' }, [
        ['Rome', 3],
        ['Oslo', 1],
      ]),
      0,
      1,
    )
    expect([names.kind, names.points.map(({ label }) => label)]).toEqual(['bars', ['Rome', 'Oslo']])
  })
  it.each([
    [
      [3, 7],
      [0, 2, 4, 6, 8],
    ],
    [
      [-4, 10],
      [-5, 0, 5, 10],
    ],
    [[0], [0, 0.5, 1]],
    [[0.013], [0, 0.005, 0.01, 0.015]],
  ])('has round numbers beside %j', (values, expected) => {
    const found = ticks(values)
    expect(found[0]).toBeLessThanOrEqual(Math.min(0, ...values))
    expect(found.at(-1)).toBeGreaterThanOrEqual(Math.max(...values))
    if (values.length > 1) expect(found).toEqual(expected)
  })
})
