import type { SensorOptions } from '../authoring/sensor.js'
import { isTable, type MaybeOpen, type Table } from '../authoring/tables.js'
import type { Target } from '../authoring/target.js'
import { orchestrateErrors } from '../errors.js'

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
    async evaluate({ cursor: seen, query }) {
      const [row] = await query<{ mark: unknown }>(`select cast(${mark} as varchar) as mark from ${table}`)
      const now = row?.mark === null || row?.mark === undefined ? '' : String(row.mark)
      if (seen === undefined || seen === null)
        return { cursor: now, skip: `${now === '' ? 'nothing' : now} is there already` }
      if (now === seen || (column !== undefined && now === '')) return { cursor: seen, skip: 'nothing new' }
      return { cursor: now, runs: [{ key: `${table} ${mark} ${now}`, tags: { rows: now } }] }
    },
  }
}
