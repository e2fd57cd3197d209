import { quoteIdentifier } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import type { LoadRequest } from '../request/load-request.js'
import type { TableColumn } from '../rows/table-shape.js'

/** When a row was deleted in its database, in the streams of sources that read changes; only its key is sure then. */
export const deletedAt = '_ab_cdc_deleted_at'
/** SQL. */
export const isDeleted = `(${quoteIdentifier(deletedAt)} is not null)`

/** Whether the stream tells of changes one by one. */
export const tellsChanges = (columns: readonly TableColumn[]) => columns.some(({ name }) => name === deletedAt)

/** The cursor that tells the newer of two rows. Of a stream that tells of changes one by one none does: they come in their order. */
export const orderingCursor = (columns: readonly TableColumn[], cursor: string | undefined): string | undefined =>
  tellsChanges(columns) ? undefined : cursor

/** Takes the rows that the source calls deleted out of a table that they were brought into, where the connection wants that. */
export async function dropDeleted(
  connection: WarehouseConnection,
  { stream }: LoadRequest,
  relation: string,
  columns: readonly TableColumn[],
): Promise<void> {
  if (!stream.dropsDeleted || !tellsChanges(columns)) return
  await connection.query(`delete from ${relation} where ${isDeleted}`)
}
