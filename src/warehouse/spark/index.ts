export { sparkCapabilities } from './capabilities.js'
export { quoteIdentifier as quoteSparkName } from './literals.js'
export { openSpark } from './open.js'
export type { SparkWarehouseOptions } from './options.js'
