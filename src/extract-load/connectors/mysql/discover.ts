import type { DiscoveredStream, StreamSample } from '../../contract.js'
import { discoveredTable, followedStream, shownRows } from '../../table-source/discovered-table.js'
import type { ConnectorContext, DiscoverOptions } from '../connector.js'
import { type MysqlTable, readTables } from './catalogue.js'
import { canBeFollowed, readTableFacts } from './cdc/followed-tables.js'
import { type MysqlReadColumn, readColumn } from './columns.js'
import { cdcOf } from './config.js'
import { queryTexts } from './connect.js'
import { quoteName } from './quoting.js'
import { type SourceSession, withSnapshot } from './session.js'

/** Every table and view of the database, with types, keys and first rows. */
export function discoverMysql(
  context: ConnectorContext,
  { isBrief = false }: DiscoverOptions = {},
): Promise<DiscoveredStream[]> {
  return withSnapshot(context, async (snapshot) => {
    const streams: DiscoveredStream[] = []
    const followed = cdcOf(snapshot.config) ? await followedTables(snapshot) : undefined
    for (const table of await readTables(snapshot)) {
      const columns = table.columns.map(readColumn)
      const stream = discoveredTable({
        name: table.name,
        namespace: snapshot.config.database,
        columns,
        primaryKey: table.primaryKey,
        sample: isBrief ? undefined : await firstRows(snapshot, table, columns),
      })
      streams.push(followed ? followedStream(stream, followed.has(table.name), '_ab_cdc_cursor') : stream)
    }
    return streams
  })
}

/** The names of tables whose changes the log tells. */
async function followedTables(snapshot: SourceSession): Promise<ReadonlySet<string>> {
  return new Set((await readTableFacts(snapshot)).filter(canBeFollowed).map(({ name }) => name))
}

/** Undefined where the server cannot tell them, of a view that fails. The others are discovered all the same. */
async function firstRows(
  { connection, config }: SourceSession,
  { name }: MysqlTable,
  columns: readonly MysqlReadColumn[],
): Promise<StreamSample | undefined> {
  const selected = columns.map((column) => column.shown).join(', ')
  const relation = `${quoteName(config.database)}.${quoteName(name)}`
  try {
    const rows = await queryTexts(connection, `select ${selected} from ${relation} limit ${shownRows}`)
    return { columns: columns.map((column) => column.name), rows }
  } catch (error) {
    // The session goes on, unless it was lost.
    if ((error as { fatal?: unknown }).fatal === true) throw error
    return undefined
  }
}
