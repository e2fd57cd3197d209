export type * from './lineage/contract.js'
export { duckdbDialect, postgresDialect, type SqlDialect, sqlDialect } from './lineage/dialects.js'
export { queryLineage } from './lineage/query-lineage.js'
export * from './statements.js'
