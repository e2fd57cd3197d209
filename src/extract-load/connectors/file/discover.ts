import { openDuckDb, type ResultColumn, type Warehouse, withConnection } from '../../../warehouse/index.js'
import type { FieldPath, JsonSchema, StreamSample } from '../../contract.js'
import { describeFile, jsonType, readerOf } from '../../file-formats/duckdb-reader.js'
import type { FileBatch } from '../connector.js'

export interface DiscoveredFile {
  readonly jsonSchema: JsonSchema
  readonly primaryKeyCandidates: readonly FieldPath[]
  readonly cursorCandidates: readonly FieldPath[]
  readonly sample: StreamSample
}

/** How many rows tell whether a column could be a key. */
const keySampleRows = 100_000
const shownRows = 5

/** Types of a file's columns as JSON Schema, nested ones kept, what could serve as key and as cursor, and first rows. */
export function discoverFile(batch: FileBatch): Promise<DiscoveredFile> {
  return withScratch(async (warehouse) => {
    const columns = await withConnection(warehouse, (connection) => describeFile(connection, batch))
    const keys = await uniqueColumns(warehouse, columns, batch)
    return {
      jsonSchema: {
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'object',
        properties: Object.fromEntries(columns.map((column) => [column.name, jsonType(column)])),
      },
      primaryKeyCandidates: keys.map(({ name }) => [name]),
      cursorCandidates: columns
        .filter((column) => times.has(column.kind) || (column.kind === 'integer' && keys.includes(column)))
        .map(({ name }) => [name]),
      sample: await firstRows(warehouse, batch),
    }
  })
}

async function firstRows(warehouse: Warehouse, batch: FileBatch): Promise<StreamSample> {
  const { columns, rows } = await withConnection(warehouse, (connection) =>
    connection.query(`select * from ${readerOf(batch)} limit ${shownRows}`),
  )
  return { columns: columns.map((column) => column.name), rows }
}

/** Whether a file can be read as what it is said to be. @throws SOURCE_FILE_UNREADABLE */
export function probeFile(batch: FileBatch): Promise<void> {
  return withScratch(async (warehouse) => {
    await withConnection(warehouse, (connection) => describeFile(connection, batch))
  })
}

const times = new Set<ResultColumn['kind']>(['date', 'timestamp', 'timestamptz'])
const keyKinds = new Set<ResultColumn['kind']>(['integer', 'text', 'uuid'])

/** Columns that could be a primary key: in a sample no value is missing and none comes twice. */
async function uniqueColumns(
  warehouse: Warehouse,
  columns: readonly ResultColumn[],
  batch: FileBatch,
): Promise<readonly ResultColumn[]> {
  const possible = columns.filter((column) => keyKinds.has(column.kind))
  if (possible.length === 0) return []
  const counts = possible.map((column) => `count(distinct ${warehouse.quoteIdentifier(column.name)})`).join(', ')
  const { rows } = await withConnection(warehouse, (connection) =>
    connection.query(`select count(*), ${counts} from (from ${readerOf(batch)} limit ${keySampleRows})`),
  )
  const [total, ...distinct] = (rows[0] ?? []).map(Number)
  return total === 0 ? [] : possible.filter((_, i) => distinct[i] === total)
}

async function withScratch<T>(use: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  const warehouse = await openDuckDb({ path: ':memory:' })
  try {
    return await use(warehouse)
  } finally {
    await warehouse.close()
  }
}
