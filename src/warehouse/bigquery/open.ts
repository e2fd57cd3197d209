import type { Warehouse } from '../contract.js'
import { traced } from '../traced-warehouse.js'
import type { BigQueryWarehouseOptions } from './options.js'

/**
 * Signs in to a project of BigQuery. Its code and the driver are loaded here and not before: a command that asks no BigQuery starts
 * without them.
 * @throws WAREHOUSE_DRIVER_MISSING, WAREHOUSE_UNREACHABLE, WAREHOUSE_REFUSED
 */
export async function openBigQuery(options: BigQueryWarehouseOptions): Promise<Warehouse> {
  const { openBigQueryProject } = await import('./warehouse.js')
  return traced(await openBigQueryProject(options))
}
