import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { MillraceError } from '../../../base/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { FileStore } from '../recorded/file-store.js'
import { recordedColumns } from '../recorded/recorded-columns.js'
import type { RecordedLoad, RecordedPublished } from '../recorded/recorded-destination.js'
import type { FileDestinationConfig } from './config.js'
import { copyToFile, type FileCopy } from './copy-to-file.js'
import { fileName, folderOf } from './file-name.js'

/** Writes the staged rows into a file of their own. It is seen when it gets its name, and counts when the record names it. */
export async function publishFile(
  store: FileStore,
  config: FileDestinationConfig,
  { staging, request, staged, table, claim }: RecordedLoad,
): Promise<RecordedPublished> {
  const { stream, replacesTable, previous, signal } = request
  const { rows } = staged
  const syncId = previous.syncId + 1
  const { source, plan, changes, columns } = await recordedColumns(staging, request, staged)
  if (!table) await claim({ table: stream.table, columns: [], files: [] })
  const kept = replacesTable ? [] : (table?.files ?? [])
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
    draft: { path, put: () => store.put(path, `${folder}/${name}`) },
  }
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
