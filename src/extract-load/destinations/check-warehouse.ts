import { plural } from '../../base/index.js'
import type { Warehouse } from '../../warehouse/index.js'
import { failedCheck } from '../connectors/failed-check.js'
import type { CheckResult } from '../contract.js'
import { tryTables } from '../sync/state-table.js'

/** Whether a warehouse can be opened, and tables be made where streams go. */
export async function checkWarehouse(
  open: () => Promise<Warehouse>,
  schemas: readonly string[],
  options: { readonly signal?: AbortSignal | undefined },
): Promise<CheckResult> {
  try {
    const warehouse = await open()
    await tryTables(warehouse, schemas, options)
    const names = [...new Set(schemas)]
    const where = names.length > 3 ? plural(names.length, 'schema') : names.join(', ')
    return {
      status: 'succeeded',
      message: `Tables can be made in ${where} of ${warehouse.database} (${warehouse.type})`,
    }
  } catch (thrown) {
    return failedCheck(thrown)
  }
}
