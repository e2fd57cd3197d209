import type { Client } from 'pg'
import { quoteIdentifier } from '../../../sql/index.js'
import type { DiscoveredStream, StreamSample } from '../../contract.js'
import { jsonType } from '../../file-formats/json-schema.js'
import type { ConnectorContext } from '../connector.js'
import { type PostgresTable, readTables } from './catalogue.js'
import { readColumn } from './columns.js'
import { withSnapshot } from './session.js'
import { streamName } from './streams.js'

const shownRows = 5
const cursorKinds = new Set(['integer', 'decimal', 'date', 'timestamp', 'timestamptz'])

/** Every table and view of the schemas, with types, keys and first rows. */
export function discoverPostgres(context: ConnectorContext): Promise<DiscoveredStream[]> {
  return withSnapshot(context, async ({ client, config }) => {
    const streams: DiscoveredStream[] = []
    for (const table of await readTables(client, config.schemas)) {
      const columns = table.columns.map(readColumn)
      streams.push({
        name: streamName(config, table),
        namespace: table.schema,
        jsonSchema: {
          $schema: 'http://json-schema.org/draft-07/schema#',
          type: 'object',
          properties: Object.fromEntries(
            columns.map((column) => [column.name, jsonType(column.isUnboundedNumber ? { kind: 'decimal' } : column)]),
          ),
        },
        supportedSyncModes: ['full_refresh', 'incremental'],
        sourceDefinedCursor: false,
        defaultCursorField: [],
        sourceDefinedPrimaryKey: table.primaryKey.map((column) => [column]),
        cursorCandidates: columns.filter(({ kind }) => cursorKinds.has(kind)).map(({ name }) => [name]),
        sample: await firstRows(client, table),
      })
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
