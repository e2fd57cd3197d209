import { repr } from '../../../jinja/index.js'
import type { Cell, Warehouse } from '../../../warehouse/index.js'
import type { ManifestResource } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { isMapping } from '../../project/yaml-file.js'

/** Rows that a unit test gives for an input, or expects. */
export interface Fixture {
  readonly input?: string
  readonly rows: unknown
  readonly format?: string
}
export interface TypedColumn {
  readonly name: string
  readonly type: string
}
export type FixtureRow = Readonly<Record<string, unknown>>

/** The SQL of a fixture that is given as SQL. */
export function fixtureSql(fixture: Fixture | undefined): string | undefined {
  return fixture?.format === 'sql' && typeof fixture.rows === 'string' ? fixture.rows.replace(/;\s*$/, '') : undefined
}

export function fixtureRows(fixture: Fixture | undefined): readonly FixtureRow[] {
  if (!fixture || !Array.isArray(fixture.rows)) return []
  const rows = fixture.rows.filter(isMapping)
  return fixture.format === 'csv' ? rows.map(emptyAsNull) : rows
}

const emptyAsNull = (row: FixtureRow): FixtureRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'string' && value.trim() === '' ? null : value]),
  )

/** The names that rows use, in the order of their first use. */
export const namesOf = (rows: readonly FixtureRow[]): string[] => [...new Set(rows.flatMap((row) => Object.keys(row)))]

/** Columns for rows whose relation does not exist yet: types are guessed from the values. */
export function guessedColumns(rows: readonly FixtureRow[]): TypedColumn[] {
  return namesOf(rows).map((name) => ({ name, type: guessedType(rows.map((row) => row[name])) }))
}

function guessedType(values: readonly unknown[]): string {
  const present = values.filter((value) => value !== null && value !== undefined)
  if (present.length > 0 && present.every((value) => isNumeric(value)))
    return present.every((value) => Number.isInteger(Number(value))) ? 'bigint' : 'double precision'
  if (present.length > 0 && present.every((value) => typeof value === 'boolean')) return 'boolean'
  return present.length > 0 && present.every(isMoment) ? 'timestamp' : 'varchar'
}
/** Dates of YAML are texts: `2030-01-31`, `2030-01-31 09:30:00`. */
const isMoment = (value: unknown) =>
  value instanceof Date ||
  (typeof value === 'string' && /^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?$/.test(value))
const isNumeric = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(value))

/** A query of the rows, each value cast to its column's type. @throws TRANSFORM_COMPILE for a column that is not there */
export function rowsQuery(
  warehouse: Warehouse,
  rows: readonly FixtureRow[],
  columns: readonly TypedColumn[],
  test: ManifestResource,
  shown: string,
): string {
  const known = new Map(columns.map((column) => [column.name.toLowerCase(), column]))
  const unknown = namesOf(rows).find((name) => !known.has(name.toLowerCase()))
  if (unknown !== undefined)
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: `Invalid column name: '${unknown}' in unit test fixture for ${shown}.\nAccepted columns for ${shown} are: ${repr(columns.map(({ name }) => name))}`,
      at: { file: test.original_file_path },
    })
  const select = (row: FixtureRow) => {
    const values = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))
    const cells = columns.map(({ name, type }) => {
      const given = values.get(name.toLowerCase())
      const value = literal(warehouse, given)
      return `cast(${value} as ${typeof given === 'string' ? withoutLength(type) : type}) as ${warehouse.quoteIdentifier(name)}`
    })
    return `select ${cells.join(', ')}`
  }
  return rows.length > 0 ? rows.map(select).join('\nunion all\n') : `${select({})}\nwhere false`
}

/** A text that is longer than its column would be cut without a word. */
const withoutLength = (type: string) => type.replace(/^((?:character )?var(?:ying|char))\(\d+\)$/i, '$1')

function literal(warehouse: Warehouse, value: unknown): string {
  if (value instanceof Date) {
    const text = value.toISOString().replace('T', ' ').replace('Z', '')
    return warehouse.quoteLiteral(text.replace(/ 00:00:00\.000$/, ''))
  }
  if (value !== null && typeof value === 'object') return warehouse.quoteLiteral(JSON.stringify(value))
  return warehouse.quoteLiteral((value ?? null) as Cell)
}
