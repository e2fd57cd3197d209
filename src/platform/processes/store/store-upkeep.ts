import { existsSync } from 'node:fs'
import type { Logger } from '../../../base/index.js'
import {
  type BackupReport,
  backUpMetastore,
  type MigrationReport,
  metastoreErrors,
  missingInMetastore,
  type RestoreReport,
  restoreMetastore,
} from '../../../metastore/index.js'
import type { Project } from '../../contract.js'
import { postgresFolder } from '../../project/state-folder.js'
import { withStoreAsItIs } from './open-store.js'

interface UpkeepOptions {
  readonly logger: Logger
  /** Of Millrace. */
  readonly version: string
}

/** Writes all that the project's store holds into a file, while everybody goes on. @throws METASTORE_BACKUP */
export async function backUpStore(project: Project, path: string, options: UpkeepOptions): Promise<BackupReport> {
  if (project.metastoreUrl === undefined && !existsSync(postgresFolder(project)))
    throw metastoreErrors.create('METASTORE_BACKUP', {
      message: `There is nothing to back up: the project ${project.name} was never started.`,
      hint: 'Start it once: millrace up',
    })
  return withStoreAsItIs(project, options, (store) => backUpMetastore(path, { ...store, version: options.version }))
}

/** Puts what a file holds into the place of what the project's store holds. @throws METASTORE_BACKUP, METASTORE_IN_USE */
export const restoreStore = (
  project: Project,
  path: string,
  options: UpkeepOptions & { readonly replaces: boolean },
): Promise<RestoreReport> =>
  withStoreAsItIs(project, options, (store) => restoreMetastore(path, { ...store, replaces: options.replaces }))

/** Which migrations the store has still to go through; it is left as it is. */
export const pendingMigrations = (project: Project, options: UpkeepOptions): Promise<MigrationReport> =>
  withStoreAsItIs(project, options, missingInMetastore)
