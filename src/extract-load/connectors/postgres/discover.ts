import type { Client } from 'pg'
import { quoteIdentifier } from '../../../sql/index.js'
import type { DiscoveredStream, StreamSample } from '../../contract.js'
import { discoveredTable, followedStream, shownRows } from '../../table-source/discovered-table.js'
import type { ConnectorContext, DiscoverOptions } from '../connector.js'
import { type PostgresTable, readTables } from './catalogue.js'
import { canBeFollowed, readIdentities } from './cdc/table-identity.js'
import { readColumn } from './columns.js'
import type { PostgresConfig } from './config.js'
import { withSnapshot } from './session.js'
import { streamName } from './streams.js'
import { hasXmin } from './xmin.js'

const beforeRows = 'before_rows'

/** Every table and view of the schemas, with types, keys and first rows. */
export function discoverPostgres(
  context: ConnectorContext,
  { isBrief = false }: DiscoverOptions = {},
): Promise<DiscoveredStream[]> {
  return withSnapshot(context, async ({ client, config }) => {
    const streams: DiscoveredStream[] = []
    const tables = await readTables(client, config.schemas)
    const followed = await followedStreams(client, config, tables)
    await client.query(`savepoint ${beforeRows}`)
    for (const table of tables) {
      const name = streamName(config, table)
      const stream = discoveredTable({
        name,
        namespace: table.schema,
        columns: table.columns.map(readColumn),
        primaryKey: table.primaryKey,
        sample: isBrief ? undefined : await firstRows(client, table),
      })
      streams.push(followed ? followedStream(stream, followed.names.has(name), followed.cursor) : stream)
    }
    return streams
  })
}

interface FollowedStreams {
  readonly names: ReadonlySet<string>
  /** What the rows have that grows, where they have something. */
  readonly cursor?: string
}

/** The streams whose new rows the server tells without a column for it; undefined where each is read by a column. */
async function followedStreams(
  client: Client,
  config: PostgresConfig,
  tables: readonly PostgresTable[],
): Promise<FollowedStreams | undefined> {
  const names = (some: readonly Pick<PostgresTable, 'schema' | 'name'>[]) =>
    new Set(some.map((table) => streamName(config, table)))
  switch (config.replication_method.method) {
    case 'Standard':
      return undefined
    case 'Xmin':
      return { names: names(tables.filter(hasXmin)) }
    case 'CDC': {
      const identities = await readIdentities(client, config.schemas)
      return { names: names(identities.filter(canBeFollowed)), cursor: '_ab_cdc_lsn' }
    }
  }
}

/** Undefined where the server cannot tell them: of a view that fails, or was never refreshed. The others are discovered all the same. */
async function firstRows(client: Client, { schema, name, columns }: PostgresTable): Promise<StreamSample | undefined> {
  const selected = columns.map((column) => `${quoteIdentifier(column.name)}::text`).join(', ')
  const text = `select ${selected} from ${quoteIdentifier(schema)}.${quoteIdentifier(name)} limit ${shownRows}`
  try {
    const { rows } = await client.query<(string | null)[]>({ text, rowMode: 'array' })
    return { columns: columns.map((column) => column.name), rows }
  } catch (error) {
    await client.query(`rollback to savepoint ${beforeRows}`).catch(() => {
      throw error
    })
    return undefined
  }
}
