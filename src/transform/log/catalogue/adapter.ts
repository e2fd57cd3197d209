import { plural } from '../../../base/index.js'
import { defineEvent } from '../event.js'

export interface Connection {
  readonly conn_name: string
}

/** What is said to the warehouse, and what comes of it. */
export const adapterEvents = {
  AdapterRegistered: defineEvent<{ adapter_name: string; adapter_version: string }>(
    'E034',
    'info',
    ({ adapter_name, adapter_version }) => `Registered adapter: ${adapter_name}${adapter_version}`,
  ),
  NewConnection: defineEvent<Connection & { conn_type: string }>(
    'E005',
    'debug',
    ({ conn_type, conn_name }) => `Acquiring new ${conn_type} connection '${conn_name}'`,
  ),
  ConnectionReused: defineEvent<Connection & { orig_conn_name: string }>(
    'E006',
    'debug',
    ({ conn_name, orig_conn_name }) =>
      `Re-using an available connection from the pool (formerly ${orig_conn_name}, now ${conn_name})`,
  ),
  ConnectionUsed: defineEvent<Connection & { conn_type: string }>(
    'E015',
    'debug',
    ({ conn_type, conn_name }) => `Using ${conn_type} connection "${conn_name}"`,
  ),
  Rollback: defineEvent<Connection>('E012', 'debug', ({ conn_name }) => `On ${conn_name}: ROLLBACK`),
  SQLQuery: defineEvent<Connection & { sql: string }>(
    'E016',
    'debug',
    ({ conn_name, sql }) => `On ${conn_name}: ${sql}`,
  ),
  SQLQueryStatus: defineEvent<{ status: string; elapsed: number; query_id: string }>(
    'E017',
    'debug',
    ({ status, elapsed }) => `SQL status: ${status} in ${elapsed.toFixed(3)} seconds`,
  ),
  SQLCommit: defineEvent<Connection>('E018', 'debug', ({ conn_name }) => `On ${conn_name}: COMMIT`),
  CacheAction: defineEvent<{ action: string; ref_key: unknown }>(
    'E022',
    'debug',
    ({ action, ref_key }) => `${action}: ${JSON.stringify(ref_key)}`,
  ),
  BuildingCatalog: defineEvent('E044', 'info', () => 'Building catalog'),
  CatalogGenerationError: defineEvent<{ exc: string }>(
    'E040',
    'warn',
    ({ exc }) => `Encountered an error while generating catalog: ${exc}`,
  ),
  WriteCatalogFailure: defineEvent<{ num_exceptions: number }>(
    'E041',
    'error',
    ({ num_exceptions }) => `dbt encountered ${plural(num_exceptions, 'failure')} while writing the catalog`,
  ),
  CatalogWritten: defineEvent<{ path: string }>('E042', 'info', ({ path }) => `Catalog written to ${path}`),
}
