import type { Warehouse } from '../contract.js'
import { traced } from '../traced-warehouse.js'
import type { SnowflakeWarehouseOptions } from './options.js'

/**
 * Logs in to a Snowflake account. The driver is a package of its own, `snowflake-sdk`, which is loaded here and not before.
 * @throws WAREHOUSE_DRIVER_MISSING, WAREHOUSE_UNREACHABLE, WAREHOUSE_REFUSED, ABORTED
 */
export async function openSnowflake(
  options: SnowflakeWarehouseOptions,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Warehouse> {
  const { openSnowflakeAccount } = await import('./warehouse.js')
  return traced(await openSnowflakeAccount(options, { signal }))
}
