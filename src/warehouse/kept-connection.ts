import type { WarehouseConnection } from './contract.js'

/** The session in which a warehouse asks about its catalog: kept, since connecting costs more than asking. */
export class KeptConnection {
  readonly #open: (signal?: AbortSignal) => Promise<WarehouseConnection>
  #opened: Promise<WarehouseConnection> | undefined

  constructor(open: (signal?: AbortSignal) => Promise<WarehouseConnection>) {
    this.#open = open
  }

  /** One that could not be opened is tried again by the next who asks. @param signal of the only one who can be waiting: others would be stopped with it */
  get(signal?: AbortSignal): Promise<WarehouseConnection> {
    if (!this.#opened) {
      const opening = this.#open(signal)
      this.#opened = opening
      opening.catch(() => {
        if (this.#opened === opening) this.#opened = undefined
      })
    }
    return this.#opened
  }

  /** The next who asks gets another one. */
  async close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    await opened?.then((connection) => connection.close()).catch(() => {})
  }
}
