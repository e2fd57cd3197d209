import type { Warehouse } from '../contract.js'
import { traced } from '../traced-warehouse.js'
import type { SparkWarehouseOptions } from './options.js'

/**
 * Connects to a Thrift server of Spark. The driver is loaded here and not before: only who uses Spark has it.
 * @throws WAREHOUSE_DRIVER_MISSING, WAREHOUSE_UNREACHABLE, WAREHOUSE_REFUSED
 */
export async function openSpark(options: SparkWarehouseOptions): Promise<Warehouse> {
  const { openSparkServer } = await import('./warehouse.js')
  return traced(await openSparkServer(options))
}
