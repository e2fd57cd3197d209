import type { AccessStore } from '../../access/index.js'
import type { Logger } from '../../base/index.js'
import {
  type MigrationReport,
  openMetastore,
  startEmbeddedPostgres,
  stopAbandonedPostgres,
  withSchema,
} from '../../metastore/index.js'
import type { OrchestrateStore } from '../../orchestrate/index.js'
import type { Project } from '../contract.js'
import { postgresFolder, prepareStateFolder } from '../project/state-folder.js'

export interface StoreHandle {
  readonly store: OrchestrateStore
  readonly access: AccessStore
  readonly migrated: MigrationReport
  /** For child processes. Holds a password: never print it. */
  readonly url: string
  /** Watches over an embedded PostgreSQL until the signal aborts. */
  keepAlive(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the metadata store: the PostgreSQL that the project names, or the embedded one below `.millrace/`, which is
 * started when it does not run yet and stopped again by the process that started it.
 */
export async function openStore(project: Project, options: { readonly logger: Logger }): Promise<StoreHandle> {
  await prepareStateFolder(project)
  const embedded =
    project.metastoreUrl === undefined
      ? await startEmbeddedPostgres({ dataDir: postgresFolder(project), logger: options.logger })
      : undefined
  // Processes that are handed this address must not take it for one that other projects share.
  const url = withSchema(embedded?.url ?? (project.metastoreUrl as string), 'public')
  try {
    const store = await openMetastore({ url, logger: options.logger })
    return {
      store,
      access: store.access,
      migrated: store.migrated,
      url,
      keepAlive: async (signal) => embedded?.keepAlive(signal),
      async close() {
        await store.close()
        await embedded?.stop()
      },
    }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

/** Brings the tables of the store up to date, and says what was done. */
export async function migrateStore(project: Project, options: { readonly logger: Logger }): Promise<MigrationReport> {
  const handle = await openStore(project, options)
  await handle.close()
  return handle.migrated
}

/**
 * Ends the embedded PostgreSQL whose starter was killed, unless somebody still uses it: for the processes that the
 * starter left behind, once they have closed what they held.
 */
export function stopAbandonedStore(project: Project): Promise<void> {
  return stopAbandonedPostgres(postgresFolder(project))
}
