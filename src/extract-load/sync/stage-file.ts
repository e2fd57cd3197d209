import { quoteLiteral } from '../../sql/index.js'
import {
  inTransaction,
  type QueryOptions,
  type QueryProgress,
  type WarehouseConnection,
} from '../../warehouse/index.js'
import type { FileBatch } from '../connectors/connector.js'
import type { OpenFile } from '../file-formats/open-file.js'
import { readError } from '../file-formats/read-error.js'
import { readWholeFile } from '../file-formats/read-file.js'
import { checkCursor, cursorFilter } from './column-cursor.js'
import type { RowSource } from './insert-rows.js'
import type { LoadRequest } from './load-request.js'
import { stageRows } from './stage-rows.js'
import { metaValues, type Staged, type Staging } from './staged.js'
import { fileColumns, type TableColumn, tableColumns } from './table-shape.js'

/** Lets the warehouse read a file into the staging table. */
export async function stageFile(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: Staging,
  batch: FileBatch,
): Promise<Staged> {
  const { signal, onWarning } = request
  if (batch.sizeBytes === 0) {
    onWarning(`${batch.url} is empty: nothing to load from it`)
    return { columns: undefined, rows: 0, rejected: 0 }
  }
  try {
    return await readWholeFile(connection, batch, (file) => load(connection, request, staging, batch, file), { signal })
  } catch (error) {
    throw readError(error, batch)
  }
}

async function load(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: Staging,
  batch: FileBatch,
  file: OpenFile,
): Promise<Staged> {
  const { onWarning } = request
  if (file.columns.length === 0) {
    const rejected = await file.countRejects(onWarning)
    onWarning(`${batch.url} holds no record: nothing to load from it`)
    return { columns: undefined, rows: 0, rejected }
  }
  const own = tableColumns(file.columns)
  await checkCursor(request, own, batch.url)
  const source = await rowsOf(request, batch, file, own)
  // Of a file that turns out to be another than its first rows said, nothing must stay.
  return inTransaction(connection, async () => {
    const query = queryOptions(request, staging, batch)
    const loaded = await stageRows(connection, request, staging, source, query)
    const rejected = await file.countRejects(onWarning)
    return { ...loaded, rejected }
  })
}

async function rowsOf(
  request: LoadRequest,
  batch: FileBatch,
  file: OpenFile,
  own: readonly TableColumn[],
): Promise<RowSource> {
  const constants = new Map([
    ['_ab_source_file_url', quoteLiteral(batch.url)],
    ['_ab_source_file_last_modified', `timestamptz ${quoteLiteral(batch.modifiedAt.toISOString())}`],
  ])
  return {
    columns: [...own, ...fileColumns(batch)],
    value: ({ name }) => constants.get(name) ?? request.warehouse.quoteIdentifier(name),
    meta: metaValues(request),
    from: `from ${file.relation} ${await cursorFilter(request, own)}`,
  }
}

function queryOptions({ signal, onProgress }: LoadRequest, staging: Staging, batch: FileBatch): QueryOptions {
  return {
    signal,
    onProgress: ({ fraction, rowsProcessed }: QueryProgress) =>
      onProgress({
        rows: staging.rows + (rowsProcessed ?? 0),
        bytes: staging.bytes + Math.round(batch.sizeBytes * (fraction ?? 0)),
        fraction,
      }),
  }
}
