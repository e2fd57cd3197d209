import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { MillraceError } from '../../../base/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'
import { countValues } from '../../sync/counts.js'
import type { GrowingTable } from '../../sync/growing-table.js'
import { growTable } from '../../sync/insert-rows.js'
import { stagedRows } from '../../sync/staged.js'
import { isOwn, planColumns, schemaChanges, type TableColumn } from '../../sync/table-shape.js'
import type { FileStore } from '../recorded/file-store.js'
import type { RecordedTable } from '../recorded/record.js'
import type { RecordedLoad, RecordedPublished } from '../recorded/recorded-destination.js'
import type { FileDestinationConfig } from './config.js'
import { copyToFile, type FileCopy } from './copy-to-file.js'
import { fileName, folderOf } from './file-name.js'

/** Files that are there stay as they are: a column that comes or widens does so in the files from then on. */
const files: GrowingTable = {
  countValues: async (columns) => columns.map(({ isEmpty }) => (isEmpty ? 0 : 1)),
  addColumn: async () => {},
  setType: async () => {},
  fitsDouble: async () => true,
}

/** Writes the staged rows into a file of their own. It is seen when it gets its name, and counts when the record names it. */
export async function publishFile(
  store: FileStore,
  config: FileDestinationConfig,
  { staging, request, staged, table, claim }: RecordedLoad,
): Promise<RecordedPublished> {
  const { stream, replacesTable, previous, signal } = request
  const { rows } = staged
  const syncId = previous.syncId + 1
  const source = stagedRows(request, staged)
  const plan = replacesTable ? planColumns([], source.columns) : await growTable(staging, source, request.table, files)
  const changes = schemaChanges(request.table, replacesTable ? planColumns(request.table, source.columns) : plan)
  if (!table) await claim({ table: stream.table, columns: [], files: [] })
  const kept = replacesTable ? [] : (table?.files ?? [])
  const empty = await emptyColumns(staging, staged.relation, source.columns)
  const columns = merged(
    replacesTable ? [] : request.table,
    plan.map(({ column, incoming }) =>
      empty.has(incoming.name) && column.kind === 'text' ? { ...column, isEmpty: true } : column,
    ),
  )
  if (rows === 0 && !replacesTable) return { rows, changes, table: { table: stream.table, columns, files: kept } }
  const sequence = (table?.files ?? []).filter((file) => file.sync_id === syncId).length + 1
  const isWhole = replacesTable && stream.destinationSyncMode.startsWith('overwrite')
  const attempt = store.canLock ? undefined : randomUUID().slice(0, 8)
  const folder = folderOf(stream.table)
  const name = fileName(folder, config, isWhole ? undefined : { syncId, sequence, attempt })
  const path = await store.draft(`${folder}/${name}`)
  await written(staging, { source, plan, syncId, path, config, signal }, store)
  const { size } = await stat(path)
  return {
    rows,
    changes,
    table: { table: stream.table, columns, files: [...kept, { name, rows, bytes: size, sync_id: syncId }] },
    draft: { path, name: `${folder}/${name}` },
  }
}

/** Columns of text that never got a value take the type that comes. */
async function emptyColumns(
  staging: WarehouseConnection,
  relation: string,
  columns: readonly TableColumn[],
): Promise<ReadonlySet<string>> {
  const texts = columns.filter(({ kind }) => kind === 'text')
  if (texts.length === 0) return new Set()
  const counts = await countValues(staging, relation, texts)
  return new Set(texts.filter((_, i) => counts[i] === 0).map(({ name }) => name))
}

/** The columns of before with those that came; an empty one stays so only as long as nothing comes. */
function merged(before: readonly TableColumn[], plan: readonly TableColumn[]): RecordedTable['columns'] {
  const came = new Map(plan.map((column) => [column.name.toLowerCase(), column]))
  const known = before.map((column) => {
    const now = came.get(column.name.toLowerCase())
    return now ? { ...now, isEmpty: column.isEmpty === true && now.isEmpty === true } : column
  })
  const names = new Set(before.map(({ name }) => name.toLowerCase()))
  const fresh = plan.filter(({ name }) => !names.has(name.toLowerCase()))
  return [...known, ...fresh]
    .filter(({ name }) => !isOwn(name) || name.startsWith('_ab_source_file'))
    .map(({ name, type, kind, isEmpty }) => ({ name, type, kind, ...(isEmpty ? { isEmpty } : {}) }))
}

async function written(staging: WarehouseConnection, copy: FileCopy, store: FileStore): Promise<void> {
  try {
    await copyToFile(staging, copy)
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'WAREHOUSE_SQL') throw error
    throw extractLoadErrors.create('DESTINATION_FILES_FAILED', {
      message: `A file could not be written in ${store.place}: ${error.message}`,
      hint: 'Nothing was committed. Where the disk is full, make room and sync again.',
      cause: error,
    })
  }
}
