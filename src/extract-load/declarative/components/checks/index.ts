export * from './check-dynamic-stream.js'
export * from './check-stream.js'
