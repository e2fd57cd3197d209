export * from './concurrency-level.js'
export * from './declarative-stream.js'
export * from './state-delegating-stream.js'
