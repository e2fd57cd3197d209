import type { ColumnKind } from '../../warehouse/index.js'

interface Column {
  readonly name: string
  readonly kind: ColumnKind
}

const times: ReadonlySet<ColumnKind> = new Set(['timestamptz', 'timestamp', 'date'])
const numbers: ReadonlySet<ColumnKind> = new Set(['integer', 'decimal'])

/** When a row was changed last; when it was made, which misses what is changed later. */
const changed = /updat|modif|chang/i
const made = /creat|insert|added/i
/** Of texts only those that say that they are a moment. */
const moment = /(?:^|_)(?:at|on|time|timestamp|date|datetime|ts)$|[a-z](?:At|On|Time|Timestamp|Date|Ts)$/
const id = /^_?id$/i

/** How little a column is likely to grow with every change; undefined where it cannot be a cursor. */
function unlikeliness({ name, kind }: Column): number | undefined {
  const isText = kind === 'text' && moment.test(name)
  if (times.has(kind) || isText) return (changed.test(name) ? 0 : made.test(name) ? 2 : 4) + (isText ? 1 : 0)
  if (!numbers.has(kind)) return undefined
  return changed.test(name) ? 1 : id.test(name) ? 6 : kind === 'integer' ? 7 : 8
}

/** The columns whose values may grow when rows are added or changed, the most likely ones first, each sort in the order of the table. */
export const likelyCursors = <Of extends Column>(columns: readonly Of[]): Of[] =>
  columns
    .flatMap((column) => {
      const place = unlikeliness(column)
      return place === undefined ? [] : [{ column, place }]
    })
    .sort((a, b) => a.place - b.place)
    .map(({ column }) => column)
