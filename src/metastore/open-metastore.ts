import type { AccessStore } from '../access/index.js'
import type { Logger } from '../base/index.js'
import type { OrchestrateStore } from '../orchestrate/index.js'
import { Database } from './database.js'
import { inSchema, withTables } from './in-schema.js'
import { type MigrationReport, migrate, missingMigrations, nothingToMigrate, reportOf } from './migrations/index.js'
import { accessQueries } from './queries/access.js'
import { alertQueries } from './queries/alerts.js'
import { automationQueries } from './queries/automation.js'
import { backfillQueries } from './queries/backfills.js'
import { cancelQueries } from './queries/cancel-runs.js'
import { conditionQueries } from './queries/conditions.js'
import { connectionEndQueries } from './queries/connection-ends.js'
import { connectionEventQueries } from './queries/connection-events.js'
import { daemonQueries } from './queries/daemon.js'
import { definitionQueries } from './queries/definitions.js'
import { eventSensorQueries } from './queries/event-sensors.js'
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
import { secretQueries } from './queries/secrets.js'
import { stateQueries } from './queries/states.js'
import { syncJobQueries } from './queries/sync-jobs.js'
import { webhookQueries } from './queries/webhooks.js'
import { workerQueries } from './queries/worker.js'
import { unreachable } from './unreachable.js'

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
 * @throws METASTORE_URL_INVALID, METASTORE_UNREACHABLE, METASTORE_OTHER_VERSION, METASTORE_MIGRATION_FAILED, METASTORE_SCHEMA_IGNORED
 */
export async function openMetastore(options: OpenOptions): Promise<Metastore> {
  const database = new Database(options.url, options.logger)
  const migrated = await inSchema(database, async (client, schema) => {
    const asItIs = await nothingToMigrate(client, schema)
    if (!asItIs && options.isMadeElsewhere) throw unreachable(new Error('its tables are not made yet.'))
    return asItIs ?? migrate(client, schema)
  }).catch(async (error: unknown) => {
    await database.close().catch(() => {})
    throw error
  })
  const automation = automationQueries(database)
  return {
    migrated,
    ...definitionQueries(database),
    ...connectionEventQueries(database),
    ...runQueries(database),
    ...cancelQueries(database),
    ...connectionEndQueries(database),
    ...secretQueries(database),
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
    ...eventSensorQueries(database),
    ...webhookQueries(database),
    access: accessQueries(database),
    subscribe: (onChange, signal, about = 'everything') => database.listen(onChange, signal, about),
    close: () => database.close(),
  }
}

/** Which migrations are missing; nothing is changed. @throws as `openMetastore` */
export const missingInMetastore = (options: {
  readonly url: string
  readonly logger: Logger
}): Promise<MigrationReport> =>
  withTables(options, async (client, schema) => reportOf(schema, await missingMigrations(client, schema)))
