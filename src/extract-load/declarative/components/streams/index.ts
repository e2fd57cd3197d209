export * from './concurrency-level.js'
export * from './declarative-stream.js'
export * from './legacy-to-per-partition-state-migration.js'
export * from './state-delegating-stream.js'
