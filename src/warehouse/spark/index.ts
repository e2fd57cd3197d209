export { sparkCapabilities } from './capabilities.js'
export { openSpark } from './open.js'
export type { SparkWarehouseOptions } from './options.js'
