import type { Warehouse } from '../../warehouse/index.js'
import type { Connection } from '../contract.js'
import { extractLoadErrors } from '../errors.js'
import { bigQueryDialect, bigQueryRowsDialect } from './bigquery/index.js'
import type { Destination } from './destination.js'
import { duckDbDestination } from './duckdb/index.js'
import { type LoadDialect, loadedWarehouse } from './loaded-warehouse/index.js'
import type { LoadingMethod } from './loading-method.js'
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

/** How rows come to those that leave it to the connection, by the words of `loading_method`. */
const methods: Readonly<Record<string, Readonly<Record<LoadingMethod, LoadDialect>>>> = {
  bigquery: { load_job: bigQueryDialect, storage_write_api: bigQueryRowsDialect },
}

/** Whether a warehouse of this type leaves it to the connection how its rows come. */
export const hasLoadingMethods = (type: string): boolean => type in methods

/** Those into which nothing can be loaded, with the reason. */
const refused: Readonly<Record<string, string>> = {
  spark:
    'its tables of files know no transactions, so that rows and the state of a sync could not be written together, and a sync that dies would leave rows twice or not at all',
}

/** What a warehouse that is loaded by files says in its own way; undefined where it is loaded otherwise. */
export const loadDialectOf = ({ type }: Pick<Warehouse, 'type'>): LoadDialect | undefined => dialects[type]

/** The same by the method that the connection names. @throws DESTINATION_UNSUPPORTED */
export function loadDialectFor(
  { type }: Pick<Warehouse, 'type'>,
  { name, file, destination, locate }: Pick<Connection, 'name' | 'file' | 'destination' | 'locate'>,
): LoadDialect | undefined {
  const { loading_method: method } = destination.config as { readonly loading_method?: LoadingMethod }
  if (method === undefined) return dialects[type]
  const dialect = methods[type]?.[method]
  if (dialect) return dialect
  throw extractLoadErrors.create('DESTINATION_UNSUPPORTED', {
    message: `The connection \`${name}\` is to load by \`loading_method: ${method}\`, which a warehouse of type ${type} does not have.`,
    at: locate?.(['destination', 'config', 'loading_method']) ?? { file },
    hint: `Take \`loading_method\` out: it is a choice of ${Object.keys(methods).join(', ')}.`,
  })
}

/** The warehouse of a project as a destination. @throws DESTINATION_UNSUPPORTED */
export async function openDestination(warehouse: Warehouse, connection: Connection): Promise<Destination> {
  const dialect = loadDialectFor(warehouse, connection)
  const open = engines[warehouse.type]
  if (open) return open(warehouse)
  if (dialect) return loadedWarehouse(warehouse, dialect, connection)
  const reason = refused[warehouse.type]
  throw extractLoadErrors.create('DESTINATION_UNSUPPORTED', {
    message: `The connection \`${connection.name}\` cannot load into a warehouse of type ${warehouse.type}${reason ? `: ${reason}.` : ' yet.'}`,
    at: { file: connection.file },
    hint: `Connections load into ${[...Object.keys(engines), ...Object.keys(dialects)].join(', ')}. Use such a target, or the destination file, or load this source by other means.`,
  })
}
