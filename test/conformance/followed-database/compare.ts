import { canonical, isEqual } from './canonical.js'
import type { Relation } from './catalogue.js'
import type { ReadTable } from './read-tables.js'

export interface Comparison {
  rows: number
  /** Values that had no place, with a note in `_airbyte_meta`. */
  noted: number
  readonly differences: string[]
}

const mostTold = 4
/** No decimal of DuckDB's is one of these. */
const hasNoPlace = /^(NaN|-?Infinity)$/

/** Row by row and column by column; rows are found by their key, those without one by all that they hold. */
export function compareTable(
  relation: Relation,
  source: ReadTable,
  loaded: ReadTable | undefined,
  into: Comparison,
): void {
  const { differences } = into
  const tell = (text: string) => differences.push(`${relation.sql}: ${text}`)
  into.rows += source.rows.length
  if (!loaded) {
    tell(`no such table; ${source.rows.length} rows in the source`)
    return
  }
  const at = new Map(loaded.columns.map(({ name }, i) => [name, i]))
  const meta = at.get('_airbyte_meta') ?? -1
  const pairs = source.columns.flatMap((column, i) => {
    const j = at.get(column.name)
    if (j !== undefined) return [{ column, i, j, form: loaded.columns[j]?.form ?? 'text' }]
    if (!relation.columns[i]?.isGenerated) tell(`no column ${column.name}`)
    return []
  })
  const key = relation.key.length > 0 ? pairs.filter(({ column }) => relation.key.includes(column.name)) : pairs
  const found = (table: ReadTable, side: 'i' | 'j') => {
    const rows = new Map<string, readonly (string | null)[]>()
    const times = new Map<string, number>()
    for (const row of table.rows) {
      const id = JSON.stringify(
        key.map((pair) => {
          const value = row[pair[side]] ?? null
          return value === null ? null : canonical(pair.column.form, value)
        }),
      )
      const before = times.get(id) ?? 0
      times.set(id, before + 1)
      rows.set(before === 0 ? id : `${id} (${before + 1})`, row)
    }
    return rows
  }
  const here = found(loaded, 'j')
  const told = new Map<string, number>()
  const note = (what: string, text: string) => {
    const count = (told.get(what) ?? 0) + 1
    told.set(what, count)
    if (count <= mostTold) tell(text)
  }
  for (const [id, row] of found(source, 'i')) {
    const other = here.get(id)
    here.delete(id)
    if (!other) {
      note('missing', `not loaded: ${short(id)}`)
      continue
    }
    for (const { column, i, j, form } of pairs) {
      const [wanted, given] = [row[i] ?? null, other[j] ?? null]
      if (wanted === given || (wanted !== null && given !== null && isEqual(wanted, column.form, given, form))) continue
      if (given === null && hasNoPlace.test(wanted ?? '') && other[meta]?.includes(`"${column.name}"`)) into.noted++
      else
        note(
          column.name,
          `${short(id)} ${column.name} (${column.type}, ${loaded.columns[j]?.type}): ${short(wanted)} in the source, ${short(given)} loaded`,
        )
    }
  }
  for (const [id] of here) note('surplus', `only loaded: ${short(id)}`)
  for (const [what, count] of told) if (count > mostTold) tell(`… ${what}: ${count} rows`)
}

const short = (text: string | null) =>
  text === null
    ? 'NULL'
    : text.length > 80
      ? `${JSON.stringify(text.slice(0, 60))}… (${text.length})`
      : JSON.stringify(text)
