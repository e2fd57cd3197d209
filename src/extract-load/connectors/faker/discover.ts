import { type Cell, type ColumnVector, textAt } from '../../../warehouse/index.js'
import type { DiscoveredStream } from '../../contract.js'
import { shownRows } from '../../table-source/discovered-table.js'
import type { ConnectorContext } from '../connector.js'
import type { FakeColumn } from './columns.js'
import { readConfig } from './config.js'
import type { FakeStream } from './fake-stream.js'
import { cursorField, fakeStreams } from './streams.js'

/** The streams with their first rows, which are made as every sync makes them. */
export async function discoverFaker(context: ConnectorContext): Promise<readonly DiscoveredStream[]> {
  const { count, seed } = readConfig(context.config, context.file)
  return fakeStreams.map((stream) => ({
    name: stream.name,
    jsonSchema: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: Object.fromEntries(Object.entries(stream.columns).map(([name, { schema }]) => [name, schema])),
    },
    supportedSyncModes: ['full_refresh', 'incremental'],
    sourceDefinedCursor: true,
    defaultCursorField: [cursorField],
    sourceDefinedPrimaryKey: [['id']],
    sample: sampleOf(stream, { count, seed }),
  }))
}

function sampleOf(stream: FakeStream, { count, seed }: { readonly count: number; readonly seed: number }) {
  const rowCount = Math.min(shownRows, stream.rowsOf(count))
  const columns = Object.values(stream.columns)
  const vectors = stream.make({ seed, first: 1, rowCount })
  return {
    columns: Object.keys(stream.columns),
    rows: Array.from({ length: rowCount }, (_, row) =>
      columns.map((column, i) => cellOf(column, vectors[i] as ColumnVector, row)),
    ),
  }
}

/** One value of a vector. */
function cellOf({ kind }: FakeColumn, vector: ColumnVector, row: number): Cell {
  const { data, validity } = vector
  if (((validity?.[row >> 3] ?? 0xff) & (1 << (row & 7))) === 0) return null
  if (kind === 'text' || kind === 'json') return Buffer.from(textAt(vector, row)).toString()
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const value = Number(bytes.readBigInt64LE(row * 8))
  if (kind === 'decimal') return (value / 100).toFixed(2)
  return kind === 'timestamptz' ? new Date(value / 1000).toISOString().replace('.000Z', 'Z') : value
}
