import { expect } from 'vitest'
import type { StreamResult } from '../../../src/extract-load/index.js'
import { account, bench, server, yaml } from './mysql-bench.js'

export const merged = '{ sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: id }'
export const appended = '{ sync_mode: incremental, destination_sync_mode: append }'
export const cdc = (more = '') => yaml(`, replication_method: { method: CDC${more} }`)
export async function sync(streams: string, more: Parameters<typeof bench.syncStreams>[2] = {}, config = '') {
  const results = await bench.syncStreams(cdc(config), streams, more)
  // What went wrong is seen first.
  expect(results.map(({ error }) => error)).toEqual(results.map(() => undefined))
  return results
}
export const of = (results: readonly StreamResult[], stream: string) => results.find((one) => one.stream === stream)

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
