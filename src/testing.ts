/** What tests of a project's definitions.ts import from `millrace/testing`. */

import { openDuckDb, rowObjects, withConnection } from './warehouse/index.js'

export * from './orchestrate/testing/index.js'

export interface MemoryWarehouse {
  /** For the `query` of what is tested, and for the test itself. */
  query<Row = Record<string, unknown>>(sql: string): Promise<Row[]>
  close(): Promise<void>
}

/** An empty DuckDB in memory. Whoever opens it closes it. @param sql statements that make tables in it */
export async function memoryWarehouse(...sql: readonly string[]): Promise<MemoryWarehouse> {
  const warehouse = await openDuckDb({ path: ':memory:' })
  const query = <Row>(text: string) =>
    withConnection(warehouse, async (connection) => rowObjects(await connection.query(text)) as Row[])
  for (const text of sql) await query(text)
  return { query, close: () => warehouse.close() }
}
