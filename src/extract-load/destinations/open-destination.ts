import type { Warehouse } from '../../warehouse/index.js'
import type { Connection } from '../contract.js'
import { extractLoadErrors } from '../errors.js'
import { bigQueryDialect } from './bigquery/index.js'
import type { Destination } from './destination.js'
import { duckDbDestination } from './duckdb/index.js'
import { type LoadDialect, loadedWarehouse } from './loaded-warehouse/index.js'
import { postgresDestination } from './postgres/index.js'
import { snowflakeDialect } from './snowflake/index.js'

/** By dbt's adapter types: those that take rows in a way of their own. */
const engines: Readonly<Record<string, (warehouse: Warehouse) => Promise<Destination>>> = {
  duckdb: duckDbDestination,
  postgres: postgresDestination,
}

/** Those that take rows as files. */
const dialects: Readonly<Record<string, LoadDialect>> = {
  bigquery: bigQueryDialect,
  snowflake: snowflakeDialect,
}

/** Those into which nothing can be loaded, with the reason. */
const refused: Readonly<Record<string, string>> = {
  spark:
    'its tables of files know no transactions, so that rows and the state of a sync could not be written together, and a sync that dies would leave rows twice or not at all',
}

/** What a warehouse that is loaded by files says in its own way; undefined where it is loaded otherwise. */
export const loadDialectOf = ({ type }: Pick<Warehouse, 'type'>): LoadDialect | undefined => dialects[type]

/** The warehouse of a project as a destination. @throws DESTINATION_UNSUPPORTED */
export async function openDestination(warehouse: Warehouse, connection: Connection): Promise<Destination> {
  const open = engines[warehouse.type]
  if (open) return open(warehouse)
  const dialect = loadDialectOf(warehouse)
  if (dialect) return loadedWarehouse(warehouse, dialect, connection)
  const reason = refused[warehouse.type]
  throw extractLoadErrors.create('DESTINATION_UNSUPPORTED', {
    message: `The connection \`${connection.name}\` cannot load into a warehouse of type ${warehouse.type}${reason ? `: ${reason}.` : ' yet.'}`,
    at: { file: connection.file },
    hint: `Connections load into ${[...Object.keys(engines), ...Object.keys(dialects)].join(', ')}. Use such a target, or the destination file, or load this source by other means.`,
  })
}
