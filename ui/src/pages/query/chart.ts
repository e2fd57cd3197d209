import type { ApiTable } from '../../../../src/server/contract/index.js'

const numeric = new Set(['integer', 'decimal', 'float'])
const temporal = new Set(['date', 'timestamp', 'timestamptz', 'time'])
/** More bars than this cannot be told apart, more points not drawn in an instant. */
export const mostBars = 60
export const mostPoints = 2_000

export interface ChartColumns {
  /** What can lie along the bottom, and what can be measured; by index. */
  readonly across: readonly number[]
  readonly measures: readonly number[]
}

export interface Chart {
  /** A line along time or numbers, bars for names. */
  readonly kind: 'line' | 'bars'
  readonly points: readonly { readonly label: string; readonly x: number; readonly value: number }[]
  /** Rows that do not fit in. */
  readonly leftOut: number
}

/** What of a result can be drawn. */
export function chartColumns({ columns }: ApiTable): ChartColumns {
  const measures = columns.flatMap(({ kind }, i) => (numeric.has(kind) ? [i] : []))
  const names = columns.flatMap(({ kind }, i) => (numeric.has(kind) ? [] : [i]))
  // Numbers lie along the bottom only when nothing else could.
  return { across: [...names, ...(measures.length > 1 || names.length === 0 ? measures : [])], measures }
}

/** One column drawn along another, in the order of time or of numbers; of names in the order of the rows. */
export function chartOf({ columns, rows }: ApiTable, across: number, measure: number): Chart {
  const kind = columns[across]?.kind ?? ''
  const isLine = temporal.has(kind) || numeric.has(kind)
  const points = rows.flatMap((row, i) => {
    const value = row[measure] === null || row[measure] === undefined ? Number.NaN : Number(row[measure])
    const label = row[across] === null || row[across] === undefined ? '' : String(row[across])
    const x = !isLine ? i : numeric.has(kind) ? Number(label) : timeOf(label)
    return Number.isFinite(value) && Number.isFinite(x) ? [{ label, x, value }] : []
  })
  if (isLine) points.sort((a, b) => a.x - b.x)
  const most = isLine ? mostPoints : mostBars
  return {
    kind: isLine ? 'line' : 'bars',
    points: points.slice(0, most),
    leftOut: rows.length - Math.min(points.length, most),
  }
}

/** A time alone is one of the first day. */
const timeOf = (text: string) => Date.parse(/^\d{2}:/.test(text) ? `1970-01-01T${text}Z` : text.replace(' ', 'T'))

/** Round numbers for the axis, from at most 0 to at least the largest. */
export function ticks(values: readonly number[], wanted = 4): number[] {
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)]
  const rough = (most - least || 1) / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power
  const first = Math.floor(least / step)
  const last = Math.ceil(most / step)
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}
