/** The HTTP contract: every request and answer as a zod schema. The web UI imports nothing else of the server. */
export * from './access.js'
export * from './assets.js'
export * from './automation.js'
export * from './backfills.js'
export * from './connection-drafts.js'
export * from './connections.js'
export * from './lineage.js'
export * from './models.js'
export type * from './operation.js'
export * from './operations.js'
export * from './overview.js'
export * from './runs.js'
export * from './search.js'
export type * from './setting-schema.js'
export * from './shared.js'

/** Every error answer has this body: `{ "error": ApiError }`, with 401, 403, 404, 405, 413, 422, 429, 500 or 503. */
export const apiBase = '/api'
