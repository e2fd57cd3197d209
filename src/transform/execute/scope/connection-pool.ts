import { toMillraceError } from '../../../base/index.js'
import type { Warehouse, WarehouseConnection } from '../../../warehouse/index.js'

/** Connections that nodes use one after the other. What was lent out is given back or, when it failed, closed. */
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
      // A node that was cancelled may end after its session: nobody would close its connection then.
      if (this.#isClosed) await connection.close()
      else this.#idle.push(connection)
      return result
    } catch (error) {
      await connection.close().catch(() => {})
      // When one is lost the others that wait here mostly are as well: the server went away.
      if (toMillraceError(error).code === 'WAREHOUSE_CONNECTION_LOST') await this.#closeIdle()
      throw error
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#closeIdle()
  }

  async #closeIdle(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((connection) => connection.close().catch(() => {})))
  }
}
