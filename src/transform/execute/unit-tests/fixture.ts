import { didYouMean } from '../../../base/index.js'
import { repr } from '../../../jinja/index.js'
import type { Cell, Warehouse } from '../../../warehouse/index.js'
import { transformErrors } from '../../errors.js'
import { isMapping, type Path } from '../../project/yaml-file.js'

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

/** Whose rows they are. */
export interface RowsOrigin {
  /** As messages name it. */
  readonly shown: string
  /** Where the fixture stands in the test. */
  readonly path: Path
  /** Hears of the SQL of each row, and where in the test the row stands. */
  readonly onRow: (sql: string, path: Path) => void
}

/** @throws TRANSFORM_COMPILE for the first column that rows name and that is not among the known ones */
export function checkColumns(
  rows: readonly FixtureRow[],
  columns: readonly string[],
  { shown, path }: Pick<RowsOrigin, 'shown' | 'path'>,
): void {
  const known = new Set(columns.map((name) => name.toLowerCase()))
  for (const [i, row] of rows.entries())
    for (const name of Object.keys(row))
      if (!known.has(name.toLowerCase()))
        throw transformErrors.create('TRANSFORM_COMPILE', {
          message: `Invalid column name: '${name}' in unit test fixture for ${shown}.\nAccepted columns for ${shown} are: ${repr([...columns])}`,
          hint: didYouMean(name, columns),
          data: { path: [...path, 'rows', i, name] },
        })
}

/** A query of the rows, each value cast to its column's type. @throws TRANSFORM_COMPILE for a column that is not there */
export function rowsQuery(
  warehouse: Warehouse,
  rows: readonly FixtureRow[],
  columns: readonly TypedColumn[],
  origin: RowsOrigin,
): string {
  const names = columns.map(({ name }) => name)
  checkColumns(rows, names, origin)
  const select = (row: FixtureRow) => {
    const values = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))
    const cells = columns.map(({ name, type }) => {
      const given = values.get(name.toLowerCase())
      const value = literal(warehouse, given)
      return `cast(${value} as ${typeof given === 'string' ? withoutLength(type) : type}) as ${warehouse.quoteIdentifier(name)}`
    })
    return `select ${cells.join(', ')}`
  }
  const selects = rows.map(select)
  for (const [i, sql] of selects.entries()) origin.onRow(sql, [...origin.path, 'rows', i])
  return rows.length > 0 ? selects.join('\nunion all\n') : `${select({})}\nwhere false`
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
