import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest'
import { type MysqlServer, serverProgram, startMysql } from '../../support/mysql-server.js'
import { SyncBench } from '../../support/sync-bench.js'

export let server: MysqlServer
export let bench: SyncBench
export let account: Awaited<ReturnType<MysqlServer['database']>>

export const run = (sql: string) => server.admin.query(`use ${account.database}; ${sql}`)
export const yaml = (config = '', password = account.password) =>
  `{ connector: mysql, config: { host: 127.0.0.1, port: ${server.port}, database: ${account.database}, username: ${account.username}, password: "${password}"${config} } }`
/** The log begins anew. MySQL 8.4 knows the statement by another name only. */
export const resetLog = () =>
  server.admin.query('reset master').catch(() => server.admin.query('reset binary logs and gtids'))
export const sync = (stream: string, settings = '{}', more: { fullRefresh?: boolean } = {}) =>
  bench.syncSource(yaml(), stream, settings, more)
export const loaded = (
  table: string,
  columns = '* exclude (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta, _airbyte_generation_id)',
) => bench.query(`select ${columns} from raw."${table}" order by all`)
/** Names and types of the loaded columns. */
export const types = async (table: string) =>
  Object.fromEntries(
    await bench.query(
      `select column_name, data_type from duckdb_columns() where table_name = '${table}' and column_name not like '\\_%' escape '\\'`,
    ),
  ) as Record<string, string>
export const noted = (...fields: string[]) =>
  JSON.stringify({
    sync_id: 1,
    changes: fields.map((field) => ({ field, change: 'NULLED', reason: 'DESTINATION_FIELD_SIZE_LIMITATION' })),
  })

/** Loads one row and answers its values by column. */
export async function loadedRow(definitions: string, values: string): Promise<Record<string, unknown>> {
  await run(`create table t (${definitions}); insert into t values (${values})`)
  expect(await sync('t')).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
  const columns = (await bench.query(
    "select column_name from duckdb_columns() where table_name = 't' and column_name not like '\\_%' escape '\\' order by column_index",
  )) as string[][]
  const [row] = await bench.query(`select columns(c -> c not like '\\_%' escape '\\')::varchar from raw.t`)
  return Object.fromEntries(columns.map(([name], i) => [name, row?.[i]]))
}

/** Tests with a server for all of them, and a database and a warehouse for each. They are skipped where no server is named. */
export function describeMysql(name: string, tests: () => void): void {
  describe.skipIf(serverProgram === undefined)(name, () => {
    beforeAll(async () => {
      server = await startMysql(serverProgram as string)
    })
    afterAll(() => server.stop())
    beforeEach(async () => {
      bench = await SyncBench.open()
      account = await server.database()
      await server.admin.query("set session sql_mode = ''; set names utf8mb4")
    })
    afterEach(() => bench.close())
    tests()
  })
}
