import { plural } from '../../base/index.js'
import type { Warehouse } from '../../warehouse/index.js'
import { failedCheck } from '../connectors/failed-check.js'
import type { CheckResult, Connection } from '../contract.js'
import { tryTables } from '../loading/state/state-table.js'
import { tryLoading } from './loaded-warehouse/index.js'
import { loadDialectFor } from './open-destination.js'

/** Whether a warehouse can be opened, and tables be made where streams go. */
export async function checkWarehouse(
  open: () => Promise<Warehouse>,
  connection: Connection,
  schemas: readonly string[],
  options: { readonly signal?: AbortSignal | undefined },
): Promise<CheckResult> {
  try {
    const warehouse = await open()
    const dialect = loadDialectFor(warehouse, connection)
    await (dialect ? tryLoading(warehouse, dialect, schemas, options) : tryTables(warehouse, schemas, options))
    const names = [...new Set(schemas)]
    const where = names.length > 3 ? plural(names.length, 'schema') : names.join(', ')
    return {
      status: 'succeeded',
      message: `Tables can be made ${dialect?.rows ? 'and written ' : ''}in ${where} of ${warehouse.database} (${warehouse.type})`,
    }
  } catch (thrown) {
    return failedCheck(thrown)
  }
}
