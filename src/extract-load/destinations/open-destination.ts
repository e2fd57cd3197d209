import type { Warehouse } from '../../warehouse/index.js'
import type { Connection } from '../contract.js'
import { extractLoadErrors } from '../errors.js'
import type { Destination } from './destination.js'
import { duckDbDestination } from './duckdb/index.js'
import { postgresDestination } from './postgres/index.js'

/** By dbt's adapter types. */
const engines: Readonly<Record<string, (warehouse: Warehouse) => Promise<Destination>>> = {
  duckdb: duckDbDestination,
  postgres: postgresDestination,
}

/** The warehouse of a project as a destination. @throws DESTINATION_UNSUPPORTED */
export async function openDestination(warehouse: Warehouse, connection: Connection): Promise<Destination> {
  const open = engines[warehouse.type]
  if (open) return open(warehouse)
  throw extractLoadErrors.create('DESTINATION_UNSUPPORTED', {
    message: `The connection \`${connection.name}\` cannot load into a warehouse of type ${warehouse.type} yet.`,
    at: { file: connection.file },
    hint: `Connections load into ${Object.keys(engines).join(' and ')}. Use such a target, or load this source by other means.`,
  })
}
