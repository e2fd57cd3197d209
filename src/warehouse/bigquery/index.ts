export { bigQueryCapabilities } from './capabilities.js'
export { openBigQuery } from './open.js'
export type { BigQueryLogin, BigQueryWarehouseOptions } from './options.js'
