import type { WarehouseConnection } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'
import { finalRelation, type LoadRequest } from '../request/load-request.js'

/** Takes all rows out of a table that a sync made, at once, whatever their number is. @throws DESTINATION_TABLE_FOREIGN */
export async function emptyTable(tables: WarehouseConnection, request: LoadRequest): Promise<void> {
  if (request.table.length === 0) return
  emptyRefusal(request)
  await tables.query(`truncate table ${finalRelation(request)}`)
}

/** @throws DESTINATION_TABLE_FOREIGN for a table that no sync made */
export function emptyRefusal({ stream, table }: Pick<LoadRequest, 'stream' | 'table'>): void {
  if (!table.some(({ name }) => name === '_airbyte_raw_id'))
    throw extractLoadErrors.create('DESTINATION_TABLE_FOREIGN', {
      message: `${stream.schema}.${stream.table} has no column \`_airbyte_raw_id\`: no sync made it, and it was not emptied.`,
      hint: 'Rename or drop what is there, or empty it yourself; then clear the stream again.',
    })
}
