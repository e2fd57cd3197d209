import { bigquery } from './bigquery.js'
import { duckdb } from './duckdb.js'
import type { Engine } from './engine.js'
import { postgres } from './postgres.js'
import { snowflake } from './snowflake.js'
import { spark } from './spark.js'

export type { Credentials, Engine } from './engine.js'

const engines: Readonly<Record<string, Engine>> = { bigquery, duckdb, postgres, snowflake, spark }

/** The types that an output of profiles.yml may have. */
export const engineTypes: readonly string[] = Object.keys(engines)

/** @throws for a type that no profile has: those are read with care */
export function engineOf(type: string): Engine {
  const engine = Object.hasOwn(engines, type) ? engines[type] : undefined
  if (!engine) throw new Error(`There is no engine '${type}'.`)
  return engine
}
