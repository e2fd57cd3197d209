import { quoteIdentifier } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'
import { keyNames, type LoadRequest } from '../request/load-request.js'
import type { TableColumn } from '../rows/table-shape.js'
import { orderingCursor } from '../stage/drop-deleted.js'
import type { StagingTable } from '../stage/staging-table.js'
import { checkStagedKeys } from './check-keys.js'

/** Keeps the newest row per key among the staged ones: by cursor, then by arrival. */
export async function dropOlderVersions(
  connection: WarehouseConnection,
  request: LoadRequest,
  staging: StagingTable,
): Promise<void> {
  const { relation, columns = [] } = staging
  checkKeys(request, columns)
  await checkStagedKeys(connection, request, relation)
  const cursor = orderingCursor(columns, request.stream.cursorField?.join('.'))
  const order = [...(cursor === undefined ? [] : [`${quoteIdentifier(cursor)} desc nulls last`]), 'rowid desc']
  const { rowsAffected } = await connection.query(
    `delete from ${relation} where rowid in (
       select rowid from ${relation}
       qualify row_number() over (partition by ${keyNames(request.stream).map(quoteIdentifier).join(', ')} order by ${order.join(', ')}) > 1)`,
  )
  staging.rows -= rowsAffected ?? 0
}

/** @throws CURSOR_INVALID for a key or a cursor that is none of the columns */
function checkKeys({ stream }: LoadRequest, staged: readonly TableColumn[]): void {
  const names = new Set(staged.map((column) => column.name.toLowerCase()))
  const isMissing = (name: string) => !names.has(name.toLowerCase())
  const keys = keyNames(stream).filter(isMissing)
  const cursor = [stream.cursorField?.join('.')].filter((name) => name !== undefined).filter(isMissing)
  if (keys.length === 0 && cursor.length === 0) return
  const [what, setting] = keys.length > 0 ? ['primary key', 'primary_key'] : ['cursor', 'cursor_field']
  throw extractLoadErrors.create('CURSOR_INVALID', {
    message: `The ${what} \`${[...keys, ...cursor].join(', ')}\` of the stream \`${stream.name}\` is none of its columns.`,
    hint: `Set \`${setting}\` of the stream to ${keys.length > 0 ? 'columns that identify a row' : 'the column that tells the newer of two rows'}. Its columns: ${staged.map((column) => column.name).join(', ')}.`,
  })
}
