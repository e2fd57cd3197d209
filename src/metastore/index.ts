/** The metadata store: implements the ports of the roles on PostgreSQL. */

export { withOwnSchema, withSchema } from './address.js'
export { type RestoreReport, restoreMetastore } from './backup/restore-backup.js'
export { type BackupReport, backUpMetastore } from './backup/write-backup.js'
export { reachableDataDir } from './embedded/as-nobody.js'
export { removeEmbeddedPostgres } from './embedded/remove.js'
export {
  type EmbeddedPostgres,
  isEmbeddedAddress,
  startEmbeddedPostgres,
  stopAbandonedPostgres,
} from './embedded/start.js'
export { metastoreErrors } from './errors.js'
export type { MigrationReport } from './migrations/index.js'
export { type Metastore, missingInMetastore, openMetastore } from './open-metastore.js'
