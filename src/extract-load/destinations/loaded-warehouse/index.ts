import { type Warehouse, withConnection } from '../../../warehouse/index.js'
import type { Connection } from '../../contract.js'
import { createSchemas, loadStates, prepareSchemas } from '../../loading/state/state-table.js'
import type { Destination } from '../destination.js'
import { openStaging } from '../staging.js'
import type { LoadDialect } from './load-dialect.js'
import { openSession } from './session.js'
import { prepareStored, readStored } from './stored-states.js'

export { commitOneByOne, type DeferredStatement, type LoadDialect, UnchangedRow } from './load-dialect.js'
export { hasNoPlace } from './no-place.js'
export { plainTypes } from './plain-types.js'
export { forgetStored, storedStates } from './stored-states.js'
export { tryLoading } from './try-loading.js'

/**
 * A warehouse that takes rows as files: they are staged in a DuckDB of the sync's own, which also has the states for as long as the sync
 * lasts; see `LoadDialect` for how both come to the warehouse together.
 */
export async function loadedWarehouse(
  warehouse: Warehouse,
  dialect: LoadDialect,
  connection: Pick<Connection, 'name'>,
): Promise<Destination> {
  const own = await openStaging()
  const staging = own.warehouse
  return {
    staging,
    maxNameBytes: warehouse.capabilities.maxIdentifierBytes,
    async prepare(schemas) {
      await prepareStored(warehouse, dialect, schemas)
      await prepareSchemas(staging, [])
      const states = await withConnection(warehouse, (session) => readStored(session, dialect, connection.name))
      await withConnection(staging, async (session) => {
        await session.query(createSchemas(schemas))
        await loadStates(session, connection.name, states)
      })
    },
    async connect(options) {
      const tables = await warehouse.connect(options)
      try {
        const connections = { staging: await staging.connect(options), tables, warehouse, dialect }
        return openSession(connections, connection.name, options.signal)
      } catch (error) {
        await tables.close()
        throw error
      }
    },
    close: () => own.close(),
  }
}
