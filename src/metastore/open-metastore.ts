import type { PoolClient } from 'pg'
import type { AccessStore } from '../access/index.js'
import { type Logger, MillraceError } from '../base/index.js'
import type { OrchestrateStore } from '../orchestrate/index.js'
import { Database, unreachable } from './database.js'
import { metastoreErrors } from './errors.js'
import { type MigrationReport, migrate, missingMigrations, nothingToMigrate, reportOf } from './migrations/index.js'
import { accessQueries } from './queries/access.js'
import { alertQueries } from './queries/alerts.js'
import { automationQueries } from './queries/automation.js'
import { backfillQueries } from './queries/backfills.js'
import { cancelQueries } from './queries/cancel-runs.js'
import { conditionQueries } from './queries/conditions.js'
import { connectionEventQueries } from './queries/connection-events.js'
import { daemonQueries } from './queries/daemon.js'
import { definitionQueries } from './queries/definitions.js'
import { eventQueries } from './queries/events.js'
import { figureQueries } from './queries/figures.js'
import { freshnessQueries } from './queries/freshness.js'
import { handOverQueries } from './queries/hand-over.js'
import { partitionQueries } from './queries/partitions.js'
import { poolQueries } from './queries/pools.js'
import { processQueries } from './queries/processes.js'
import { orFailed } from './queries/refused-ticks.js'
import { retentionQueries } from './queries/retention.js'
import { runQueries } from './queries/runs.js'
import { stateQueries } from './queries/states.js'
import { syncJobQueries } from './queries/sync-jobs.js'
import { toldSensorQueries } from './queries/told-sensors.js'
import { webhookQueries } from './queries/webhooks.js'
import { workerQueries } from './queries/worker.js'

export interface Metastore extends OrchestrateStore {
  /** What was done to the tables when it was opened. */
  readonly migrated: MigrationReport
  /** Users, sessions, tokens and the audit log. */
  readonly access: AccessStore
  close(): Promise<void>
}

interface OpenOptions {
  readonly url: string
  readonly logger: Logger
  /** Another process makes the tables: as long as it has not, the store is not there. */
  readonly isMadeElsewhere?: boolean | undefined
}

/**
 * Opens the store on PostgreSQL and brings its tables up to date.
 * @throws METASTORE_URL_INVALID, METASTORE_UNREACHABLE, METASTORE_OTHER_VERSION, METASTORE_SCHEMA_IGNORED
 */
export async function openMetastore(options: OpenOptions): Promise<Metastore> {
  const database = new Database(options.url, options.logger)
  let migrated: MigrationReport
  try {
    migrated = await database.use(async (client) => {
      await requireSchema(client, database.schema)
      const asItIs = await nothingToMigrate(client, database.schema)
      if (!asItIs && options.isMadeElsewhere) throw unreachable(new Error('its tables are not made yet.'))
      return asItIs ?? migrate(client, database.schema)
    })
  } catch (cause) {
    await database.close().catch(() => {})
    throw cause instanceof MillraceError ? cause : unreachable(cause)
  }
  const automation = automationQueries(database)
  return {
    migrated,
    ...definitionQueries(database),
    ...connectionEventQueries(database),
    ...runQueries(database),
    ...cancelQueries(database),
    ...syncJobQueries(database),
    ...workerQueries(database),
    ...handOverQueries(database),
    ...eventQueries(database),
    ...stateQueries(database),
    ...partitionQueries(database),
    ...poolQueries(database),
    ...backfillQueries(database),
    ...conditionQueries(database),
    ...freshnessQueries(database),
    ...figureQueries(database),
    ...alertQueries(database),
    ...automation,
    commitTick: orFailed(automation.commitTick),
    ...daemonQueries(database),
    ...processQueries(database),
    ...retentionQueries(database),
    ...toldSensorQueries(database),
    ...webhookQueries(database),
    access: accessQueries(database),
    subscribe: (onChange, signal, about = 'everything') => database.listen(onChange, signal, about),
    close: () => database.close(),
  }
}

/** Which migrations are missing; nothing is changed. @throws as `openMetastore` */
export async function missingInMetastore(options: {
  readonly url: string
  readonly logger: Logger
}): Promise<MigrationReport> {
  const database = new Database(options.url, options.logger)
  try {
    return await database.use(async (client) => {
      await requireSchema(client, database.schema)
      return reportOf(database.schema, await missingMigrations(client, database.schema))
    })
  } catch (cause) {
    throw cause instanceof MillraceError ? cause : unreachable(cause)
  } finally {
    await database.close().catch(() => {})
  }
}

/** A pooler may drop what connections say of the schema. What it has instead may be the tables of another project. */
async function requireSchema(client: PoolClient, schema: string): Promise<void> {
  const { rows } = await client.query<{ search_path: string }>('show search_path')
  if (rows[0]?.search_path === client.escapeIdentifier(schema)) return
  throw metastoreErrors.create('METASTORE_SCHEMA_IGNORED', {
    message: `Whoever answers at the address of the metadata store, a pooler perhaps, does not take the schema \`${schema}\` (it has ${rows[0]?.search_path}).`,
    hint: 'Give the address of the PostgreSQL itself.',
  })
}
