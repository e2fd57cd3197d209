import type { DiscoveredStream, StreamSample } from '../../contract.js'
import { discoveredTable, shownRows } from '../../table-source/discovered-table.js'
import type { ConnectorContext, DiscoverOptions } from '../connector.js'
import type { SnowflakeReadColumn } from './columns.js'
import { type SourceSession, withSession } from './session.js'
import { columnsOf, primaryKeys, readTables, relationOf, type SnowflakeTable, streamName } from './tables.js'

/** Every table and view of the database, with types, keys and first rows. */
export async function discoverSnowflake(
  context: ConnectorContext,
  { isBrief = false }: DiscoverOptions = {},
): Promise<DiscoveredStream[]> {
  const { signal } = context
  return withSession(context, async (session) => {
    const streams: DiscoveredStream[] = []
    const keys = new Map<string, Awaited<ReturnType<typeof primaryKeys>>>()
    for (const table of await readTables(session, signal)) {
      const { schema, name } = table
      if (!keys.has(schema)) keys.set(schema, await primaryKeys(session, schema, signal))
      const columns = await columnsOf(session, table, signal)
      streams.push(
        discoveredTable({
          name: streamName(session.config, table),
          namespace: schema,
          columns,
          primaryKey: keys.get(schema)?.get(name) ?? [],
          sample: isBrief ? undefined : await firstRows(session, table, columns, signal),
        }),
      )
    }
    return streams
  })
}

/** Undefined where the account cannot tell them, of a view that fails. The others are discovered all the same. */
async function firstRows(
  { connection }: SourceSession,
  table: SnowflakeTable,
  columns: readonly SnowflakeReadColumn[],
  signal: AbortSignal | undefined,
): Promise<StreamSample | undefined> {
  const selected = columns.map(({ sql }) => sql).join(', ')
  try {
    const { rows } = await connection.query(`select ${selected} from ${relationOf(table)} limit ${shownRows}`, {
      signal,
    })
    const text = (cell: unknown) =>
      cell === null ? null : cell instanceof Uint8Array ? `0x${Buffer.from(cell).toString('hex')}` : String(cell)
    return { columns: columns.map(({ name }) => name), rows: rows.map((row) => row.map(text)) }
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'WAREHOUSE_SQL') throw error
    return undefined
  }
}
