import type { Client } from 'pg'
import { quoteIdentifier } from '../../../sql/index.js'
import type { DiscoveredStream, StreamSample } from '../../contract.js'
import { discoveredTable, shownRows } from '../../table-source/discovered-table.js'
import type { ConnectorContext } from '../connector.js'
import { type PostgresTable, readTables } from './catalogue.js'
import { readColumn } from './columns.js'
import { withSnapshot } from './session.js'
import { streamName } from './streams.js'

/** Every table and view of the schemas, with types, keys and first rows. */
export function discoverPostgres(context: ConnectorContext): Promise<DiscoveredStream[]> {
  return withSnapshot(context, async ({ client, config }) => {
    const streams: DiscoveredStream[] = []
    for (const table of await readTables(client, config.schemas)) {
      streams.push(
        discoveredTable({
          name: streamName(config, table),
          namespace: table.schema,
          columns: table.columns.map(readColumn),
          primaryKey: table.primaryKey,
          sample: await firstRows(client, table),
        }),
      )
    }
    return streams
  })
}

async function firstRows(client: Client, { schema, name, columns }: PostgresTable): Promise<StreamSample> {
  const selected = columns.map((column) => `${quoteIdentifier(column.name)}::text`).join(', ')
  const { rows } = await client.query<(string | null)[]>({
    text: `select ${selected} from ${quoteIdentifier(schema)}.${quoteIdentifier(name)} limit ${shownRows}`,
    rowMode: 'array',
  })
  return { columns: columns.map((column) => column.name), rows }
}
