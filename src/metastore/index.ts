/** The metadata store: implements the ports of the roles on PostgreSQL. */
export { withOwnSchema, withSchema } from './address.js'
export { type EmbeddedPostgres, startEmbeddedPostgres, stopAbandonedPostgres } from './embedded/start.js'
export { metastoreErrors } from './errors.js'
export type { MigrationReport } from './migrations/index.js'
export { type Metastore, openMetastore } from './open-metastore.js'
