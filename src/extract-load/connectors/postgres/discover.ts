import type { Client } from 'pg'
import { quoteIdentifier } from '../../../sql/index.js'
import type { DiscoveredStream, StreamSample } from '../../contract.js'
import { discoveredTable, followedStream, shownRows } from '../../table-source/discovered-table.js'
import type { ConnectorContext } from '../connector.js'
import { type PostgresTable, readTables } from './catalogue.js'
import { canBeFollowed, readIdentities } from './cdc/table-identity.js'
import { readColumn } from './columns.js'
import { cdcOf, type PostgresConfig } from './config.js'
import { withSnapshot } from './session.js'
import { streamName } from './streams.js'

/** Every table and view of the schemas, with types, keys and first rows. */
export function discoverPostgres(context: ConnectorContext): Promise<DiscoveredStream[]> {
  return withSnapshot(context, async ({ client, config }) => {
    const streams: DiscoveredStream[] = []
    const followed = cdcOf(config) ? await followedTables(client, config) : undefined
    for (const table of await readTables(client, config.schemas)) {
      const name = streamName(config, table)
      const stream = discoveredTable({
        name,
        namespace: table.schema,
        columns: table.columns.map(readColumn),
        primaryKey: table.primaryKey,
        sample: await firstRows(client, table),
      })
      streams.push(followed ? followedStream(stream, followed.has(name), '_ab_cdc_lsn') : stream)
    }
    return streams
  })
}

/** The names of streams whose changes the log tells. */
async function followedTables(client: Client, config: PostgresConfig): Promise<ReadonlySet<string>> {
  const tables = await readIdentities(client, config.schemas)
  return new Set(tables.filter(canBeFollowed).map((table) => streamName(config, table)))
}

async function firstRows(client: Client, { schema, name, columns, hasRows }: PostgresTable): Promise<StreamSample> {
  if (!hasRows) return { columns: columns.map((column) => column.name), rows: [] }
  const selected = columns.map((column) => `${quoteIdentifier(column.name)}::text`).join(', ')
  const { rows } = await client.query<(string | null)[]>({
    text: `select ${selected} from ${quoteIdentifier(schema)}.${quoteIdentifier(name)} limit ${shownRows}`,
    rowMode: 'array',
  })
  return { columns: columns.map((column) => column.name), rows }
}
