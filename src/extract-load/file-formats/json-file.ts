import { quoteIdentifier } from '../../sql/index.js'
import { rowObjects, type WarehouseConnection } from '../../warehouse/index.js'
import type { FileBatch } from '../connectors/connector.js'
import { withoutTwins } from './column-names.js'
import { type ColumnPart, partsOf, withPartsMarked } from './column-parts.js'
import { narrowTypes, shapeOfColumn, type TextColumn, typedColumns, unseen } from './detect-types.js'
import { jsonText, withJsonParts } from './json-parts.js'
import type { OpenFile, OpenOptions } from './open-file.js'
import { readError } from './read-error.js'
import { sqlPath } from './sql-path.js'
import { copyAsUtf8 } from './text-copy.js'
import { jsonTypes } from './text-types.js'

/** A record larger than this is refused; the reader keeps some buffers of this size. */
const maxRecordBytes = 64 * 1024 * 1024

/**
 * Only the keys of the records become columns, each with the text of its value. Read any deeper, DuckDB would add to a
 * nested value what is absent there, round its numbers, and take objects of ever new keys for maps.
 */
export async function openJson(
  connection: WarehouseConnection,
  batch: FileBatch,
  options: OpenOptions,
): Promise<OpenFile> {
  const copy = await copyAsUtf8(batch, options)
  const path = sqlPath(copy?.path ?? batch.path)
  const close = async () => copy?.dispose()
  try {
    return await (batch.format === 'jsonl' && batch.options.badRows === 'skip'
      ? openWithoutBadLines(connection, batch, path, close, options)
      : openStrictly(connection, batch, path, close, options))
  } catch (error) {
    await close()
    throw readError(error, batch)
  }
}

async function openStrictly(
  connection: WarehouseConnection,
  batch: FileBatch,
  path: string,
  close: () => Promise<void>,
  { signal, paths }: OpenOptions,
): Promise<OpenFile> {
  const format = batch.format === 'jsonl' ? 'newline_delimited' : 'auto'
  const reader = (sampleSize: number) =>
    `read_json(${path}, format = '${format}', maximum_depth = 1, map_inference_threshold = -1, sample_size = ${sampleSize}, maximum_object_size = ${maxRecordBytes})`
  const look = async (read: string, isWhole: boolean) => {
    const { columns } = await connection.query(`select * from ${read} limit 0`, { signal })
    const parts = partsOf(columns, paths)
    const relation = withJsonParts(read, parts)
    const names = [...columns, ...parts].map(({ name }) => name)
    const text = asText(relation, names)
    const typed = await narrowTypes(connection, text, unseen(names, jsonTypes), { isWhole, signal })
    return shapeOf(connection, relation, typed, parts)
  }
  const countRejects = async () => 0
  return {
    ...(await look(reader(sampleRecords), false)),
    countRejects,
    close,
    reopen: async () => ({ ...(await look(reader(-1), true)), countRejects, close: async () => {} }),
  }
}

const sampleRecords = 20_000

/** Lines that are no JSON are passed over. All lines are looked at first, as unknown keys would be passed over as well. */
async function openWithoutBadLines(
  connection: WarehouseConnection,
  batch: FileBatch,
  path: string,
  close: () => Promise<void>,
  { signal, paths }: OpenOptions,
): Promise<OpenFile> {
  const lines = `read_json_objects(${path}, format = 'newline_delimited', ignore_errors = true, maximum_object_size = ${maxRecordBytes})`
  const found = await connection.query(
    `select key from (
       select unnest(keys) as key, unnest(range(len(keys))) as place, record
       from (select json_keys(json) as keys, row_number() over () as record from ${lines}))
     group by key order by min(record), min(place)`,
    { signal },
  )
  const keys = found.rows.map(([key]) => String(key))
  const names = withoutTwins(keys)
  const values = keys.map((key, i) => `${jsonText('json', [key])} as ${quoteIdentifier(names[i] ?? key)}`)
  const records = `(select ${values.join(', ') || 'json'} from ${lines} where json is not null)`
  const parts = partsOf(
    names.map((name) => ({ name })),
    paths,
  )
  const relation = withJsonParts(records, parts)
  const all = unseen([...names, ...parts.map(({ name }) => name)], jsonTypes)
  const columns = await narrowTypes(connection, relation, all, { isWhole: true, signal })
  return {
    ...(await shapeOf(connection, relation, columns, parts)),
    countRejects: (onWarning) => warnOfBadLines(connection, batch, lines, onWarning),
    close,
  }
}

async function warnOfBadLines(
  connection: WarehouseConnection,
  batch: FileBatch,
  lines: string,
  onWarning: (message: string) => void,
): Promise<number> {
  const result = await connection.query(
    `select record, count(*) over () as total from (select json, row_number() over () as record from ${lines}) where json is null order by record limit 5`,
  )
  const bad = rowObjects(result)
  const total = Number(bad[0]?.total ?? 0)
  for (const { record } of bad) onWarning(`${batch.url}: record ${record} left out: it is no valid JSON`)
  if (total > bad.length) onWarning(`${batch.url}: ${total - bad.length} more records left out`)
  return total
}

/** A file without a record has no columns. */
async function shapeOf(
  connection: WarehouseConnection,
  relation: string,
  columns: readonly TextColumn[],
  parts: readonly ColumnPart[],
): Promise<Pick<OpenFile, 'columns' | 'relation'>> {
  const { rows } = await connection.query(`select 1 from ${relation} limit 1`)
  return {
    columns: rows.length === 0 ? [] : withPartsMarked(columns.map(shapeOfColumn), parts),
    relation: `(select ${typedColumns(columns).join(', ')} from ${asText(
      relation,
      columns.map(({ name }) => name),
    )})`,
  }
}

const asText = (relation: string, names: readonly string[]) =>
  `(select ${names.map((name) => `${quoteIdentifier(name)}::varchar as ${quoteIdentifier(name)}`).join(', ')} from ${relation})`
