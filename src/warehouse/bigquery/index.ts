export { bigQueryCapabilities } from './capabilities.js'
export { bigQueryLiteral, quoteBigQueryName } from './literals.js'
export { openBigQuery } from './open.js'
export type { BigQueryLogin, BigQueryWarehouseOptions } from './options.js'
