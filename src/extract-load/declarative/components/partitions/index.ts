export * from './grouping-partition-router.js'
export * from './list-partition-router.js'
export * from './substream-partition-router.js'
export * from './union-partition-router.js'
