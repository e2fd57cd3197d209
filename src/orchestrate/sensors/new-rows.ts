import type { SensorOptions } from '../authoring/sensor.js'
import { isTable, type MaybeOpen, type Table } from '../authoring/tables.js'
import type { Target } from '../authoring/target.js'
import { orchestrateErrors } from '../errors.js'

/** How the table stood when something was new last. */
interface Last {
  readonly mark: string
  /** How often something was new. */
  readonly changes: number
}

/** A cursor that is a text alone is one of before changes were counted. */
const lastOf = (cursor: unknown): Last | undefined =>
  typeof cursor === 'string' ? { mark: cursor, changes: 0 } : ((cursor ?? undefined) as Last | undefined)

/**
 * A sensor that requests one run when a table of the warehouse has rows whose cursor is greater than any before; without a
 * cursor, when it has another number of rows. What was there before the sensor's first look starts no run.
 */
export function newRows(options: {
  /** `schema.table`, an expression that can stand after `from`, or a table of the project. */
  readonly table: string | Table | MaybeOpen
  /** A column that grows: a time, or a number. */
  readonly cursor?: string
  readonly every?: string
  readonly target: Target
  readonly description?: string
  readonly on?: boolean
}): SensorOptions {
  const { cursor: column } = options
  const table = isTable(options.table) ? String(options.table) : options.table
  if (typeof table !== 'string' || table.trim() === '')
    throw orchestrateErrors.create('DEFINITIONS_INVALID', {
      message: 'newRows(…) has no table.',
      hint: "Name one of the warehouse: table: 'raw.orders'.",
    })
  const mark = column === undefined ? 'count(*)' : `max(${column})`
  return {
    every: options.every ?? '1m',
    target: options.target,
    description: options.description ?? `Looks for new rows in ${table}`,
    on: options.on ?? true,
    async evaluate({ cursor, query }) {
      const last = lastOf(cursor)
      // The database compares: what is more depends on the type of the column.
      const isMore =
        column === undefined || !last?.mark ? '' : `, max(${column}) > '${last.mark.replaceAll("'", "''")}' as is_more`
      const [row] = await query<{ mark: unknown; is_more?: unknown }>(
        `select cast(${mark} as varchar) as mark${isMore} from ${table}`,
      )
      const now = row?.mark === null || row?.mark === undefined ? '' : String(row.mark)
      if (!last) return { cursor: { mark: now, changes: 0 }, skip: `${now === '' ? 'nothing' : now} is there already` }
      const isNew = now !== last.mark && now !== '' && (isMore === '' || row?.is_more === true)
      if (!isNew) return { cursor: last, skip: 'nothing new' }
      const changes = last.changes + 1
      // A number of rows may come back, and is another change then.
      const key = column === undefined ? `${table} ${mark} ${now}, change ${changes}` : `${table} ${mark} ${now}`
      return { cursor: { mark: now, changes }, runs: [{ key, tags: { rows: now } }] }
    },
  }
}
