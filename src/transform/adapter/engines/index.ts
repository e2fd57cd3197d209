import { dbtVersion } from '../../dbt-version.js'
import { duckdb } from './duckdb.js'
import type { Engine } from './engine.js'
import { postgres } from './postgres.js'

export type { Credentials, Engine } from './engine.js'

const engines: Readonly<Record<string, Engine>> = { duckdb, postgres }

/** A project for another adapter can still be read and listed: it follows the rules of SQL's information schema. */
export const engineOf = (type: string): Engine =>
  (Object.hasOwn(engines, type) ? engines[type] : undefined) ?? {
    ...postgres,
    type,
    version: dbtVersion,
    readOutput: anyOutput,
  }

const anyOutput: Engine['readOutput'] = (output) => ({
  database: String(output.database ?? output.dbname ?? output.project ?? output.catalog ?? ''),
  schema: String(output.schema ?? output.dataset ?? ''),
  credentials: output,
})
