import { toMillraceError } from '../../base/index.js'
import type { Warehouse, WarehouseConnection } from '../../warehouse/index.js'

const connectionsAtOnce = 4

/**
 * How many bytes each query would read, by the id of its node, where the engine tells before it runs them; one that reads what is not built
 * yet is left out. @returns undefined where the engine does not tell at all
 */
export async function plannedReads(
  warehouse: Warehouse,
  queries: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, number> | undefined> {
  const waiting = [...queries]
  const bytes = new Map<string, number>()
  const work = async (connection: WarehouseConnection) => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [id, sql] = next
      const read = await connection.estimate?.(sql).catch(orUnknown)
      if (read) bytes.set(id, read.bytesProcessed)
    }
  }
  const first = await warehouse.connect()
  const others: WarehouseConnection[] = []
  try {
    if (!first.estimate) return undefined
    while (others.length + 1 < Math.min(connectionsAtOnce, waiting.length)) others.push(await warehouse.connect())
    await Promise.all([first, ...others].map(work))
    return bytes
  } finally {
    for (const connection of [first, ...others]) await connection.close()
  }
}

/** What a plan is asked for is more than what its nodes read: only a person who stops it stops it. */
function orUnknown(thrown: unknown): undefined {
  if (toMillraceError(thrown).code === 'ABORTED') throw thrown
}
