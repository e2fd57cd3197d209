import type { Warehouse } from '../contract.js'
import { traced } from '../traced-warehouse.js'
import type { DuckDbWarehouseOptions } from './warehouse.js'

/**
 * Opens a DuckDB file. The driver is loaded here and not before: a command that asks no warehouse starts without it.
 * @throws WAREHOUSE_LOCKED when another process has the file, WAREHOUSE_OPEN_FAILED
 */
export async function openDuckDb(options: DuckDbWarehouseOptions): Promise<Warehouse> {
  const { openDuckDbFile } = await import('./warehouse.js')
  return traced(await openDuckDbFile(options))
}
