import type { AccessStore } from '../../../access/index.js'
import { type Logger, systemClock, toMillraceError } from '../../../base/index.js'
import {
  type MigrationReport,
  openMetastore,
  startEmbeddedPostgres,
  stopAbandonedPostgres,
  withSchema,
} from '../../../metastore/index.js'
import type { OrchestrateStore } from '../../../orchestrate/index.js'
import type { Project } from '../../contract.js'
import { postgresFolder, prepareStateFolder } from '../../project/state-folder.js'

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

interface OpenOptions {
  readonly logger: Logger
  /** Told the address of an embedded store for child processes as soon as it is known: they may start while the store does. */
  readonly onAddress?: ((url: string) => void) | undefined
  /** The supervisor makes its tables: who waited for a parsing in the middle of that would hold up everybody. */
  readonly isSupervised?: boolean | undefined
  /** Ends the waiting for others who are starting it. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens the metadata store: the PostgreSQL that the project names, or the embedded one below `.millrace/`, which is
 * started when it does not run yet and stopped again by the process that started it.
 */
export async function openStore(project: Project, options: OpenOptions): Promise<StoreHandle> {
  const { url, embedded } = await reachStore(project, options)
  try {
    const store = await openMetastore({ url, logger: options.logger, isMadeElsewhere: options.isSupervised })
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

/** The address of the store, behind which somebody answers; who has started an embedded one stops it. */
async function reachStore(project: Project, options: OpenOptions) {
  await prepareStateFolder(project)
  // Processes that are handed this address must not take it for one that other projects share.
  const forOthers = (address: string) => withSchema(address, 'public')
  const onAddress = (address: string) => options.onAddress?.(forOthers(address))
  const { logger, signal } = options
  const embedded =
    project.metastoreUrl === undefined
      ? await startEmbeddedPostgres({ dataDir: postgresFolder(project), logger, onAddress, signal })
      : undefined
  return { url: forOthers(embedded?.url ?? (project.metastoreUrl as string)), embedded }
}

/** Asks the store something, or does something to it, as it stands: its tables are not brought up to date before. */
export async function withStoreAsItIs<T>(
  project: Project,
  options: Pick<OpenOptions, 'logger'>,
  work: (store: { readonly url: string; readonly logger: Logger }) => Promise<T>,
): Promise<T> {
  const { url, embedded } = await reachStore(project, options)
  try {
    return await work({ url, logger: options.logger })
  } finally {
    await embedded?.stop()
  }
}

const patienceMs = 60_000
/** A store that is being started is there in a moment. */
const startingMs = 5_000
const pauseMs = { first: 25, most: { starting: 100, later: 1_000 } }

/**
 * The same for who is started beside the store, or far from it: one that is on its way, started again, or cut off at just this moment is waited for.
 * @throws METASTORE_UNREACHABLE after a minute
 */
export async function openStorePatiently(project: Project, options: OpenOptions): Promise<StoreHandle> {
  const startedMs = systemClock.monotonicMs()
  const passedMs = () => systemClock.monotonicMs() - startedMs
  const longestMs = () => (passedMs() < startingMs ? pauseMs.most.starting : pauseMs.most.later)
  for (let waitMs = pauseMs.first; ; waitMs = Math.min(longestMs(), 1.5 * waitMs)) {
    try {
      return await openStore(project, options)
    } catch (thrown) {
      const error = toMillraceError(thrown)
      const isOver = options.signal?.aborted || passedMs() >= patienceMs
      if (error.code !== 'METASTORE_UNREACHABLE' || isOver) throw error
      options.logger.debug('The store does not answer; trying again', { error })
      await systemClock.sleep(waitMs, { signal: options.signal }).catch(() => {})
    }
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
