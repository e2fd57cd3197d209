import { toMillraceError } from '../../../base/index.js'
import type { Warehouse, WarehouseConnection } from '../../../warehouse/index.js'

/**
 * Connections that nodes use one after the other. What was lent out is made as new and given back or, when it failed, closed:
 * dbt opens a connection for every node, so what one sets, locks or makes for itself is gone for the next.
 */
export class ConnectionPool {
  readonly #warehouse: Pick<Warehouse, 'connect'>
  readonly #idle: WarehouseConnection[] = []
  #isClosed = false

  constructor(warehouse: Pick<Warehouse, 'connect'>) {
    this.#warehouse = warehouse
  }

  /** @param work hears whether the connection was opened for it */
  async use<T>(
    work: (connection: WarehouseConnection, isNew: boolean) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const idle = this.#idle.pop()
    const connection = idle ?? (await this.#warehouse.connect({ signal }))
    try {
      const result = await work(connection, idle === undefined)
      await this.#giveBack(connection)
      return result
    } catch (error) {
      await connection.close().catch(() => {})
      // When one is lost the others that wait here mostly are as well: the server went away.
      if (toMillraceError(error).code === 'WAREHOUSE_CONNECTION_LOST') await this.#closeIdle()
      throw error
    }
  }

  async #giveBack(connection: WarehouseConnection): Promise<void> {
    const isUsable =
      !this.#isClosed &&
      (await connection.reset().then(
        () => true,
        () => false,
      ))
    // A node that was cancelled may end after its session: nobody would close its connection then.
    if (isUsable && !this.#isClosed) this.#idle.push(connection)
    else await connection.close().catch(() => {})
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#closeIdle()
  }

  async #closeIdle(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((connection) => connection.close().catch(() => {})))
  }
}
