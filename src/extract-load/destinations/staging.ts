import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../../base/index.js'
import { openDuckDb, type Warehouse } from '../../warehouse/index.js'

export interface OwnStaging {
  readonly warehouse: Warehouse
  close(): Promise<void>
}

/** A DuckDB of the sync's own, for destinations that are none themselves. */
export async function openStaging(): Promise<OwnStaging> {
  const folder = await temporaryFolder('staging')
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const warehouse = await openDuckDb({ path: join(folder, 'staging.duckdb') })
    return {
      warehouse,
      async close() {
        await warehouse.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}
