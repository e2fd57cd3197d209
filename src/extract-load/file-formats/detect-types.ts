import { quoteIdentifier } from '../../sql/index.js'
import { rowObjects, type WarehouseConnection } from '../../warehouse/index.js'
import type { FileColumn } from './open-file.js'
import type { TextType } from './text-types.js'

/** A column of text with the types that all values seen so far fit, the narrowest first. */
export interface TextColumn {
  readonly name: string
  readonly candidates: readonly TextType[]
  /** False while only NULLs were seen. */
  readonly hasValues: boolean
}

export const unseen = (names: readonly string[], types: readonly TextType[]): TextColumn[] =>
  names.map((name) => ({ name, candidates: types, hasValues: false }))

/** Values looked at to tell the types of a file; what comes behind them is checked while it is loaded. */
const sampleValues = 2_000_000
const sampleRows = 20_000

/** Leaves of each column's candidates those that fit the first rows of `relation`, or all of them with `isWhole`. */
export async function narrowTypes(
  connection: WarehouseConnection,
  relation: string,
  columns: readonly TextColumn[],
  { isWhole = false, signal }: { isWhole?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<TextColumn[]> {
  const open = columns.filter((column) => column.candidates.length > 1)
  if (open.length === 0) return [...columns]
  const types = [...new Set(open.flatMap((column) => column.candidates))]
  const limit = Math.min(sampleRows, Math.max(100, Math.floor(sampleValues / open.length)))
  const values = open.map(({ name }) => quoteIdentifier(name)).join(', ')
  const rows = `select ${values} from ${relation}${isWhole ? '' : ` limit ${limit}`}`
  const tests = types.map((type, i) => `bool_and(${type.fits('v')}) as t${i}`).join(', ')
  const result = await connection.query(
    `select n, ${tests} from (unpivot (${rows}) on columns(*) into name n value v) group by n`,
    { signal },
  )
  const seen = new Map(rowObjects(result).map((row) => [String(row.n), row]))
  return columns.map((column) => {
    const row = seen.get(column.name)
    if (!row) return column
    const candidates = column.candidates.filter((type) => row[`t${types.indexOf(type)}`] === true)
    return { ...column, candidates, hasValues: true }
  })
}

/** In the message of the error that a value raises which is of none of the types that the first rows told. */
export const misfitText = 'does not fit what the first rows are'

/** SELECT items that read each column of text in its narrowest type; a value that does not fit ends the query. */
export function typedColumns(columns: readonly TextColumn[]): string[] {
  return columns.map((column) => {
    const { name } = column
    const text = quoteIdentifier(name)
    const type = typeOf(column)
    const misfit = `error(concat(${text}, ' ${misfitText}'))`
    // Without a value nothing is known: the first one that comes sends for a look at the whole file.
    const fits = column.hasValues ? type.fits(text) : `${text} is null`
    const value =
      fits === 'true'
        ? type.read(text)
        : `case when ${fits} then ${type.read(text)} when ${text} is not null then ${misfit} end`
    return `(${value})::${type.type} as ${quoteIdentifier(name)}`
  })
}

/** A column as it is read. */
export function shapeOfColumn(column: TextColumn): FileColumn {
  const { type, kind } = typeOf(column)
  return { name: column.name, type, kind, isEmpty: !column.hasValues }
}

/** A column without a value is text. */
function typeOf({ candidates, hasValues }: TextColumn): TextType {
  const type = hasValues ? candidates[0] : candidates.find((candidate) => candidate.kind === 'text')
  return type ?? (candidates.at(-1) as TextType)
}
