import type { WarehouseConnection } from '../../warehouse/index.js'
import type { FileBatch } from '../connectors/connector.js'
import { openCsv } from './csv-file.js'
import { openExcel } from './excel-file.js'
import { openJson } from './json-file.js'
import type { OpenFile, OpenOptions } from './open-file.js'
import { openParquet } from './parquet-file.js'
import { isMisfit } from './read-error.js'

/** Looks at a file's columns and first rows. The caller closes it. @throws SOURCE_FILE_UNREADABLE */
function openFile(connection: WarehouseConnection, batch: FileBatch, options: OpenOptions = {}): Promise<OpenFile> {
  switch (batch.format) {
    case 'parquet':
      return openParquet(connection, batch, options)
    case 'csv':
      return openCsv(connection, batch, options)
    case 'excel':
      return openExcel(connection, batch, options)
    case 'json':
    case 'jsonl':
      return openJson(connection, batch, options)
  }
}

/** Opens, uses and closes a file; when its later rows are not what the first ones told, uses it anew. */
export async function readWholeFile<T>(
  connection: WarehouseConnection,
  batch: FileBatch,
  use: (file: OpenFile) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> {
  const first = await openFile(connection, batch, options)
  try {
    return await use(first)
  } catch (error) {
    if (!first.reopen || !isMisfit(error)) throw error
    const whole = await first.reopen()
    try {
      return await use(whole)
    } finally {
      await whole.close()
    }
  } finally {
    await first.close()
  }
}
