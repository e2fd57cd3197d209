import type { DiscoveredStream, StreamSample } from '../../contract.js'
import { discoveredTable, shownRows } from '../../table-source/discovered-table.js'
import type { ConnectorContext } from '../connector.js'
import { type MysqlTable, readTables } from './catalogue.js'
import { type MysqlReadColumn, readColumn } from './columns.js'
import { queryTexts } from './connect.js'
import { quoteName } from './quoting.js'
import { type Snapshot, withSnapshot } from './session.js'

/** Every table and view of the database, with types, keys and first rows. */
export function discoverMysql(context: ConnectorContext): Promise<DiscoveredStream[]> {
  return withSnapshot(context, async (snapshot) => {
    const streams: DiscoveredStream[] = []
    for (const table of await readTables(snapshot)) {
      const columns = table.columns.map(readColumn)
      streams.push(
        discoveredTable({
          name: table.name,
          namespace: snapshot.config.database,
          columns,
          primaryKey: table.primaryKey,
          sample: await firstRows(snapshot, table, columns),
        }),
      )
    }
    return streams
  })
}

async function firstRows(
  { connection, config }: Snapshot,
  { name }: MysqlTable,
  columns: readonly MysqlReadColumn[],
): Promise<StreamSample> {
  const selected = columns.map((column) => column.shown).join(', ')
  const relation = `${quoteName(config.database)}.${quoteName(name)}`
  const rows = await queryTexts(connection, `select ${selected} from ${relation} limit ${shownRows}`)
  return { columns: columns.map((column) => column.name), rows }
}
