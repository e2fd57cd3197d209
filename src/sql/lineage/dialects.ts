/** Where engines differ in what comes out of a query. */
export interface SqlDialect {
  /** `select *` over `join … using`: the joined columns stand first, or where the left table has them. */
  readonly usingColumnsFirst: boolean
  /** What `values` calls its columns, counted from 0. */
  readonly valuesColumn: (index: number) => string
}

export const postgresDialect: SqlDialect = { usingColumnsFirst: true, valuesColumn: (index) => `column${index + 1}` }
export const sparkDialect: SqlDialect = { usingColumnsFirst: true, valuesColumn: (index) => `col${index + 1}` }
export const duckdbDialect: SqlDialect = { usingColumnsFirst: false, valuesColumn: (index) => `col${index}` }

/** By adapter type. Most engines descend from PostgreSQL or follow the standard as it does. */
export const sqlDialect = (type: string): SqlDialect => dialects[type] ?? postgresDialect
const dialects: Readonly<Record<string, SqlDialect>> = {
  bigquery: postgresDialect,
  duckdb: duckdbDialect,
  postgres: postgresDialect,
  snowflake: postgresDialect,
  spark: sparkDialect,
}
