import type { Socket } from 'node:net'
import type pg from 'pg'
import type { PoolClient } from 'pg'
import type { Row } from './queries/rows.js'

/**
 * Whatever is queried before the first answer is waited for goes out in one piece: each piece costs both sides more than
 * many a statement. The driver sends its next queries before the former are answered, and the server takes them in order.
 */
export function together<T>(client: PoolClient, queries: () => T): T {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection
  stream.cork()
  try {
    return queries()
  } finally {
    stream.uncork()
  }
}

/**
 * No text of PostgreSQL holds a zero character, and one that comes with what code says would make its run impossible to end. Of what is
 * given as JSON `jsonText` leaves it out.
 */
export function leaveOutZeros(client: PoolClient): void {
  const query = client.query.bind(client) as (...given: readonly unknown[]) => unknown
  client.query = ((sql: string | pg.QueryConfig, values: unknown, ...rest: readonly unknown[]) =>
    typeof sql === 'string'
      ? query(sql, withoutZeros(values), ...rest)
      : query({ ...sql, values: withoutZeros(sql.values) }, values, ...rest)) as PoolClient['query']
}

/** Of a text, and of all texts of a list. */
function withoutZeros(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '') : value
  return Array.isArray(value) ? value.map(withoutZeros) : value
}

const preparedNames = new Map<string, string>()

/**
 * Planned once per connection, where planning takes longer than the work: texts that never change, in transactions with the same settings, since
 * a plan is made for those. No `*` in what they return: a column that a migration adds meanwhile would make the plan worthless.
 */
export function prepared(client: PoolClient, sql: string, params: readonly unknown[]): Promise<pg.QueryResult<Row>> {
  let name = preparedNames.get(sql)
  if (name === undefined) {
    name = `millrace_${preparedNames.size + 1}`
    preparedNames.set(sql, name)
  }
  return client.query<Row>({ name, text: sql, values: [...params] })
}
