import { throwIfAborted } from '../../../base/index.js'
import type { ConnectOptions, Warehouse, WarehouseConnection } from '../../../warehouse/index.js'

/**
 * A warehouse that everybody of this process shares, and that is let go for a while for a program that needs its file. Whoever asks
 * for something meanwhile waits until it is back; who holds a connection is waited for, and may open more: he would otherwise wait for himself.
 */
export class LendableWarehouse {
  readonly #open: () => Promise<Warehouse>
  #opened: Promise<Warehouse> | undefined
  /** The last one that was open: names and capabilities are those of any. */
  #known: Warehouse | undefined
  #users = 0
  #onIdle: (() => void)[] = []
  /** One borrower at a time. */
  #turn: Promise<unknown> = Promise.resolve()
  #away: Promise<void> | undefined

  constructor(open: () => Promise<Warehouse>) {
    this.#open = open
  }

  get isOpen(): boolean {
    return this.#opened !== undefined
  }

  get isAway(): boolean {
    return this.#away !== undefined
  }

  /** What users are given; closing it closes nothing. */
  async view(signal?: AbortSignal): Promise<Warehouse> {
    const known = this.#known ?? (await this.#use(async (warehouse) => warehouse, signal))
    const shared: Pick<Warehouse, 'close' | 'connect' | 'listSchemas' | 'listRelations' | 'columns' | 'foreignRead'> = {
      close: async () => {},
      connect: (options) => this.#connect(options),
      listSchemas: (options) => this.#use((warehouse) => warehouse.listSchemas(options), options?.signal),
      listRelations: (options) => this.#use((warehouse) => warehouse.listRelations(options), options.signal),
      columns: (relation, options) => this.#use((warehouse) => warehouse.columns(relation, options), options?.signal),
      ...(known.foreignRead && {
        foreignRead: (sql, options) =>
          this.#use(async (warehouse) => warehouse.foreignRead?.(sql, options), options?.signal),
      }),
    }
    return new Proxy(known, {
      get(target, name) {
        if (Object.hasOwn(shared, name)) return Reflect.get(shared, name)
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  /** Does the work while the warehouse is closed here. */
  lend<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const turn = this.#turn.then(() => this.#lendNow(work, signal))
    this.#turn = turn.catch(() => {})
    return turn
  }

  async #lendNow<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    await this.#idle(signal)
    let back = () => {}
    this.#away = new Promise<void>((resolve) => {
      back = resolve
    })
    try {
      await this.#close()
      return await work()
    } finally {
      this.#away = undefined
      back()
    }
  }

  async close(): Promise<void> {
    await this.#turn
    await this.#close()
  }

  async #close(): Promise<void> {
    const opened = this.#opened
    this.#opened = undefined
    await opened?.then((warehouse) => warehouse.close()).catch(() => {})
  }

  /** Until nobody uses it. @throws ABORTED */
  async #idle(signal: AbortSignal | undefined): Promise<void> {
    while (this.#users > 0) {
      throwIfAborted(signal)
      const idle = new Promise<void>((resolve) => this.#onIdle.push(resolve))
      await Promise.race([idle, ...(signal ? [abortOf(signal)] : [])])
    }
    throwIfAborted(signal)
  }

  async #enter(signal: AbortSignal | undefined): Promise<Warehouse> {
    while (this.#away) {
      throwIfAborted(signal)
      await Promise.race([this.#away, ...(signal ? [abortOf(signal)] : [])])
    }
    throwIfAborted(signal)
    this.#users++
    try {
      this.#opened ??= this.#open().catch((error: unknown) => {
        // A failed opening is tried again by whoever asks next.
        this.#opened = undefined
        throw error
      })
      this.#known = await this.#opened
      return this.#known
    } catch (error) {
      this.#leave()
      throw error
    }
  }

  #leave(): void {
    if (--this.#users > 0) return
    for (const wake of this.#onIdle.splice(0)) wake()
  }

  async #use<T>(work: (warehouse: Warehouse) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const warehouse = await this.#enter(signal)
    try {
      return await work(warehouse)
    } finally {
      this.#leave()
    }
  }

  async #connect(options: ConnectOptions = {}): Promise<WarehouseConnection> {
    const warehouse = await this.#enter(options.signal)
    try {
      const connection = await warehouse.connect(options)
      return this.#leaving(connection)
    } catch (error) {
      this.#leave()
      throw error
    }
  }

  /** The connection itself, whose end is the user's leaving. */
  #leaving(connection: WarehouseConnection): WarehouseConnection {
    const close = connection.close.bind(connection)
    let hasLeft = false
    connection.close = async () => {
      try {
        await close()
      } finally {
        if (!hasLeft) this.#leave()
        hasLeft = true
      }
    }
    return connection
  }
}

const abortOf = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
