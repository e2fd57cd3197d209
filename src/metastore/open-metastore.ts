import type { AccessStore } from '../access/index.js'
import { type Logger, MillraceError } from '../base/index.js'
import type { OrchestrateStore } from '../orchestrate/index.js'
import { Database, unreachable } from './database.js'
import { type MigrationReport, migrate } from './migrations/index.js'
import { accessQueries } from './queries/access.js'
import { alertQueries } from './queries/alerts.js'
import { automationQueries } from './queries/automation.js'
import { backfillQueries } from './queries/backfills.js'
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
import { retentionQueries } from './queries/retention.js'
import { runQueries } from './queries/runs.js'
import { webhookQueries } from './queries/webhooks.js'
import { workerQueries } from './queries/worker.js'

export interface Metastore extends OrchestrateStore {
  /** What was done to the tables when it was opened. */
  readonly migrated: MigrationReport
  /** Users, sessions, tokens and the audit log. */
  readonly access: AccessStore
  close(): Promise<void>
}

/**
 * Opens the store on PostgreSQL and brings its tables up to date.
 * @throws METASTORE_URL_INVALID, METASTORE_UNREACHABLE, METASTORE_OTHER_VERSION
 */
export async function openMetastore(options: { url: string; logger: Logger }): Promise<Metastore> {
  const database = new Database(options.url, options.logger)
  let migrated: MigrationReport
  try {
    migrated = await database.use((client) => migrate(client, database.schema))
  } catch (cause) {
    await database.close().catch(() => {})
    throw cause instanceof MillraceError ? cause : unreachable(cause)
  }
  return {
    migrated,
    ...definitionQueries(database),
    ...connectionEventQueries(database),
    ...runQueries(database),
    ...workerQueries(database),
    ...handOverQueries(database),
    ...eventQueries(database),
    ...partitionQueries(database),
    ...poolQueries(database),
    ...backfillQueries(database),
    ...conditionQueries(database),
    ...freshnessQueries(database),
    ...figureQueries(database),
    ...alertQueries(database),
    ...automationQueries(database),
    ...daemonQueries(database),
    ...retentionQueries(database),
    ...webhookQueries(database),
    access: accessQueries(database),
    subscribe: (onChange, signal, about = 'everything') => database.listen(onChange, signal, about),
    close: () => database.close(),
  }
}
