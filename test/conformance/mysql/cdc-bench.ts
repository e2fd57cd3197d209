import { expect } from 'vitest'
import { account, bench, server, yaml } from './mysql-bench.js'

export const cdc = (more = '') => yaml(`, replication_method: { method: CDC${more} }`)
export async function sync(streams: string, more: Parameters<typeof bench.syncStreams>[2] = {}, config = '') {
  const results = await bench.syncStreams(cdc(config), streams, more)
  // What went wrong is seen first.
  expect(results.map(({ error }) => error)).toEqual(results.map(() => undefined))
  return results
}

/** Rows of the source as texts; what is no text there must not be one that differs here. */
export async function rowsOf(sql: string): Promise<unknown[][]> {
  const [rows] = (await server.admin.query({ sql, rowsAsArray: true })) as unknown as [unknown[][]]
  return rows
}

/** Both sides, as texts. */
export async function expectSame(table: string, columns: readonly string[]): Promise<void> {
  const here = await bench.query(
    `select ${columns.map((name) => `"${name}"::text`).join(', ')} from raw."${table}" order by id`,
  )
  const there = await rowsOf(
    `select ${columns.map((name) => `cast(\`${name}\` as char)`).join(', ')} from ${account.database}.\`${table}\` order by id`,
  )
  expect(here).toEqual(there)
}
