import { quoteIdentifier } from '../../../sql/index.js'
import { openDuckDb, type ResultColumn, type WarehouseConnection, withConnection } from '../../../warehouse/index.js'
import type { FieldPath, JsonSchema, StreamSample } from '../../contract.js'
import { likelyCursors } from '../../fields/likely-cursors.js'
import { jsonType } from '../../file-formats/json-schema.js'
import type { OpenFile } from '../../file-formats/open-file.js'
import { readError } from '../../file-formats/read-error.js'
import { readWholeFile } from '../../file-formats/read-file.js'
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
export function discoverFile(batch: FileBatch, signal?: AbortSignal): Promise<DiscoveredFile> {
  return withFile(batch, signal, async (connection, { columns, relation }) => {
    const keys = await uniqueColumns(connection, columns, relation)
    return {
      jsonSchema: {
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'object',
        properties: Object.fromEntries(columns.map((column) => [column.name, jsonType(column)])),
      },
      primaryKeyCandidates: keys.map(({ name }) => [name]),
      cursorCandidates: likelyCursors(columns)
        .filter((column) => times.has(column.kind) || (column.kind === 'integer' && keys.includes(column)))
        .map(({ name }) => [name]),
      sample: columns.length === 0 ? { columns: [], rows: [] } : await firstRows(connection, relation),
    }
  })
}

/** Whether a file can be read as what it is said to be. @throws SOURCE_FILE_UNREADABLE */
export function probeFile(batch: FileBatch, signal?: AbortSignal): Promise<void> {
  return withFile(batch, signal, async () => {})
}

async function firstRows(connection: WarehouseConnection, relation: string): Promise<StreamSample> {
  const { columns, rows } = await connection.query(`select * from ${relation} limit ${shownRows}`)
  return { columns: columns.map((column) => column.name), rows }
}

const times = new Set<ResultColumn['kind']>(['date', 'timestamp', 'timestamptz'])
const keyKinds = new Set<ResultColumn['kind']>(['integer', 'text', 'uuid'])

/** Columns that could be a primary key: in a sample no value is missing and none comes twice. */
async function uniqueColumns(
  connection: WarehouseConnection,
  columns: readonly ResultColumn[],
  relation: string,
): Promise<readonly ResultColumn[]> {
  const possible = columns.filter((column) => keyKinds.has(column.kind))
  if (possible.length === 0) return []
  const counts = possible.map((column) => `count(distinct ${quoteIdentifier(column.name)})`).join(', ')
  const { rows } = await connection.query(`select count(*), ${counts} from (from ${relation} limit ${keySampleRows})`)
  const [total, ...distinct] = (rows[0] ?? []).map(Number)
  return total === 0 ? [] : possible.filter((_, i) => distinct[i] === total)
}

/** A file in a warehouse of its own, which is gone afterwards. */
async function withFile<T>(
  batch: FileBatch,
  signal: AbortSignal | undefined,
  use: (connection: WarehouseConnection, file: OpenFile) => Promise<T>,
): Promise<T> {
  const warehouse = await openDuckDb({ path: ':memory:' })
  try {
    return await withConnection(warehouse, (connection) =>
      readWholeFile(connection, batch, (file) => use(connection, file), { signal }),
    )
  } catch (error) {
    throw readError(error, batch)
  } finally {
    await warehouse.close()
  }
}
