import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import {
  inTransaction,
  type QueryOptions,
  type QueryProgress,
  type WarehouseConnection,
} from '../../../warehouse/index.js'
import type { FileBatch } from '../../connectors/connector.js'
import { checkRenamed } from '../../fields/mappers.js'
import { checkPathNames } from '../../fields/nested-paths.js'
import { offeredColumn } from '../../fields/offered-field.js'
import { isSameName } from '../../fields/same-name.js'
import { isSelected } from '../../fields/selection.js'
import type { OpenFile } from '../../file-formats/open-file.js'
import { readError } from '../../file-formats/read-error.js'
import { readWholeFile } from '../../file-formats/read-file.js'
import { checkCursor, cursorFilter } from '../request/column-cursor.js'
import type { LoadRequest } from '../request/load-request.js'
import { windowCondition } from '../request/partition-filter.js'
import { type Misfit, metaUnless, metaWithNotes } from '../rows/change-notes.js'
import type { RowSource } from '../rows/insert-rows.js'
import { keepsRow, mappedValue, mapperMisfit } from '../rows/map-values.js'
import { fileColumns, type TableColumn, tableColumns } from '../rows/table-shape.js'
import { stageRows } from './stage-rows.js'
import { metaValues, type Staged, type Staging } from './staged.js'

/** Lets the warehouse read a file into the staging table. */
export async function stageFile(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: Staging,
  batch: FileBatch,
): Promise<Staged> {
  const { signal, onWarning, paths } = request
  if (batch.sizeBytes === 0) {
    onWarning(`${batch.url} is empty: nothing to load from it`)
    return { columns: undefined, rows: 0, rejected: 0 }
  }
  try {
    return await readWholeFile(connection, batch, (file) => load(connection, request, staging, batch, file), {
      signal,
      paths,
    })
  } catch (error) {
    throw readError(error, batch)
  }
}

/** A column of a file, by the name that it gets. */
interface OwnColumn extends TableColumn {
  /** SQL: what is loaded of a row of the file. */
  readonly value: string
  /** Where its mapper cannot take every value. */
  readonly misfit?: Misfit | undefined
}

function ownColumn({ stream, nameOf }: LoadRequest, column: TableColumn): OwnColumn {
  const name = nameOf(column.name)
  const value = quoteIdentifier(column.name)
  const mapped = mappedValue(stream, name, value)
  return mapped === undefined
    ? { ...column, name, value }
    : {
        name,
        type: 'VARCHAR',
        kind: 'text',
        isEmpty: column.isEmpty ?? false,
        value: mapped,
        misfit: mapperMisfit(stream, name, value),
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
  const fields = file.columns.filter(({ isPart }) => !isPart)
  const offered = fields.map(offeredColumn)
  request.onOpened?.(offered)
  checkPathNames(
    request.stream.name,
    request.paths,
    fields.map(({ name }) => name),
  )
  const selected = tableColumns(fields).filter(({ name }) => isSelected(request.stream, request.nameOf(name)))
  const parts = tableColumns(file.columns.filter(({ isPart }) => isPart))
  const own = [...selected, ...parts].map((column) => ownColumn(request, column))
  // Before the warehouse stumbles over two columns of one name.
  checkRenamed(
    request.stream,
    own.map(({ name }) => name),
  )
  await checkCursor(request, own, batch.url)
  const source = await rowsOf(request, batch, file, own)
  // Of a file that turns out to be another than its first rows said, nothing must stay.
  return inTransaction(connection, async () => {
    const query = queryOptions(request, staging, batch)
    const loaded = await stageRows(connection, request, staging, source, query)
    const rejected = await file.countRejects(onWarning)
    return { ...loaded, rejected, offered }
  })
}

/** The rows of a file that the mappers of the stream let through, by the values that it has. */
function keptRows({ stream, nameOf }: LoadRequest, { relation, columns }: OpenFile): string {
  const sqlOf = (field: string) => {
    const column = columns.find(({ name }) => isSameName(nameOf(name), field))
    return column ? quoteIdentifier(column.name) : 'null'
  }
  const condition = keepsRow(stream, sqlOf)
  return condition === undefined ? relation : `(select * from ${relation} where ${condition})`
}

async function rowsOf(
  request: LoadRequest,
  batch: FileBatch,
  file: OpenFile,
  own: readonly OwnColumn[],
): Promise<RowSource> {
  const values = new Map(own.map(({ name, value }) => [name, value]))
  const value = ({ name }: TableColumn) => values.get(name) ?? request.warehouse.quoteIdentifier(name)
  const inWindow = windowCondition(request, own, batch.url, value)
  const constants = new Map([
    ['_ab_source_file_url', quoteLiteral(batch.url)],
    ['_ab_source_file_last_modified', `timestamptz ${quoteLiteral(batch.modifiedAt.toISOString())}`],
  ])
  return {
    columns: [...own, ...fileColumns(batch)],
    value: (column) => constants.get(column.name) ?? value(column),
    meta: notedMeta(request, own),
    from: `from ${keptRows(request, file)} ${inWindow === undefined ? await cursorFilter(request, own, value) : `where ${inWindow}`}`,
  }
}

function notedMeta(request: LoadRequest, own: readonly OwnColumn[]): ReadonlyMap<string, string> {
  const values = new Map(metaValues(request))
  const misfits = own.flatMap(({ misfit }) => misfit ?? [])
  const usual = values.get('_airbyte_meta') as string
  const noted = metaWithNotes('[]::json[]', misfits, request.previous.syncId + 1)
  return values.set('_airbyte_meta', metaUnless(misfits, usual, noted))
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
