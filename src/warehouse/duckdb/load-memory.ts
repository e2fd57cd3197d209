import type { DuckDBInstance } from '@duckdb/node-api'

/**
 * What loads make do with, in megabytes: measured to cost no time. With 150 DuckDB packs a table whose rows were deleted here and there twice as
 * slowly (what it packs anew waits on disk). Each of its threads beyond the second has buffers of its own.
 */
const forTwoThreads = 180
const perThread = 90

/**
 * How much memory an instance may use. DuckDB keeps what it has read and written of its file until it has as much as it may, which are
 * four fifths of the machine; a load needs little of it ever again. So while nothing but loads goes on, it may use little. Where
 * somebody says how much it may use (`memory_limit` of a profile, or a statement), that holds.
 */
export class LoadMemory {
  readonly #instance: DuckDBInstance
  /** Whether loads are limited at all. */
  #isWanted: boolean
  #isLimited = false
  /** Statements that are no part of a load and run now. */
  #others = 0
  /** As DuckDB wrote it when nobody had said anything yet. */
  #usual: string | undefined
  /** The same once it was set again: DuckDB writes it rounded down. */
  #lifted: string | undefined
  #turn: Promise<unknown> = Promise.resolve()

  /** @param isWanted false where whoever opened the instance has said how much it may use */
  constructor(instance: DuckDBInstance, isWanted: boolean) {
    this.#instance = instance
    this.#isWanted = isWanted
  }

  /** Before anything is asked of the instance by others. */
  async open(): Promise<void> {
    if (this.#isWanted) this.#usual ??= (await this.#settings()).limit
  }

  /** Before a part of a load. */
  async limit(): Promise<void> {
    if (!this.#isWanted || this.#isLimited || this.#others > 0) return
    await this.#inTurn(async () => {
      if (this.#isLimited || this.#others > 0) return
      const { limit, threads } = await this.#settings()
      if (limit !== this.#usual && limit !== this.#lifted) return
      // What is in use may not go.
      this.#isLimited = await this.#run(
        `set global memory_limit = '${Math.max(forTwoThreads, threads * perThread)}MB'`,
      ).then(
        () => true,
        () => false,
      )
    })
  }

  /** Does what is no part of a load. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    this.#others++
    try {
      if (this.#isWanted) await this.#inTurn(() => this.#lift())
      return await work()
    } finally {
      this.#others--
    }
  }

  /** A load needs more: from now on none is limited. @returns whether this one was */
  async giveUp(): Promise<boolean> {
    const wasLimited = this.#isLimited
    this.#isWanted = false
    await this.#inTurn(() => this.#lift())
    return wasLimited
  }

  async #lift(): Promise<void> {
    if (!this.#isLimited) return
    this.#isLimited = false
    // A `reset` would only say so.
    await this.#run(`set global memory_limit = '${this.#usual}'`)
    this.#lifted = (await this.#settings()).limit
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  async #settings(): Promise<{ limit: string; threads: number }> {
    const connection = await this.#instance.connect()
    try {
      const sql = "select current_setting('memory_limit'), current_setting('threads')"
      const [limit, threads] = (await connection.runAndReadAll(sql)).getRows()[0] ?? []
      return { limit: String(limit), threads: Number(threads) }
    } finally {
      connection.closeSync()
    }
  }

  async #run(sql: string): Promise<void> {
    const connection = await this.#instance.connect()
    try {
      await connection.run(sql)
    } finally {
      connection.closeSync()
    }
  }
}
