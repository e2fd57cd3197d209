import { plural } from '../../../base/index.js'
import { defineEvent } from '../event.js'
import { warningTag } from '../paint.js'

export interface Connection {
  readonly conn_name: string
}
export interface AdapterMessage {
  readonly name: string
  readonly base_msg: string
  readonly args: string[]
}
const adapterMessage = ({ name, base_msg }: AdapterMessage) => `${name} adapter: ${base_msg}`

/** What is said to the warehouse, and what comes of it. */
export const adapterEvents = {
  AdapterRegistered: defineEvent<{ adapter_name: string; adapter_version: string }>(
    'E034',
    'info',
    ({ adapter_name, adapter_version }) => `Registered adapter: ${adapter_name}${adapter_version}`,
  ),
  AdapterEventDebug: defineEvent<AdapterMessage>('E001', 'debug', adapterMessage),
  AdapterEventInfo: defineEvent<AdapterMessage>('E002', 'info', adapterMessage),
  AdapterEventWarning: defineEvent<AdapterMessage>('E003', 'warn', adapterMessage),
  AdapterEventError: defineEvent<AdapterMessage>('E004', 'error', adapterMessage),
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
  ConnectionClosed: defineEvent<Connection>('E010', 'debug', ({ conn_name }) => `On ${conn_name}: Close`),
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
  ConstraintNotEnforced: defineEvent<{ constraint: string; adapter: string }>(
    'E048',
    'warn',
    ({ constraint, adapter }) =>
      warningTag(
        `The constraint type ${constraint} is not enforced by ${adapter}. It stands in the DDL of this model and guarantees nothing about its data. Set 'warn_unenforced: false' on this constraint to ignore this warning.`,
      ),
  ),
  ConstraintNotSupported: defineEvent<{ constraint: string; adapter: string }>(
    'E049',
    'warn',
    ({ constraint, adapter }) =>
      warningTag(
        `The constraint type ${constraint} is not supported by ${adapter}, and will be ignored. Set 'warn_unsupported: false' on this constraint to ignore this warning.`,
      ),
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
  CannotGenerateDocs: defineEvent('E043', 'info', () => 'compile failed, cannot generate docs'),
  HooksRunning: defineEvent<{ num_hooks: number; hook_type: string }>(
    'E046',
    'info',
    ({ num_hooks, hook_type }) => `Running ${num_hooks} ${hook_type} ${num_hooks === 1 ? 'hook' : 'hooks'}`,
  ),
}
