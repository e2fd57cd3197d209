import type { DuckDBInstance } from '@duckdb/node-api'

/**
 * What loads make do with, in megabytes: measured to cost no time. With 150 DuckDB packs a table whose rows were deleted here and there twice as
 * slowly (what it packs anew waits on disk). Each of its threads beyond the second has buffers of its own.
 */
const forTwoThreads = 180
const perThread = 90

/**
 * Rows of so many columns may be appended at once: of each column DuckDB holds blocks of 256 KiB for as long as they are filled. Of 150 columns
 * of texts 180 MB are enough, of 200 they are not.
 */
const mostColumns = 100

/** How long it is left alone where the limit is somebody else's, or cannot be set since more is in use. */
const pauseMs = 1000

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
  /** How often they were. */
  #times = 0
  /** Not limited before then, in milliseconds of the process. */
  #waitsUntil = 0
  /** Statements that are no part of a load and run now. */
  #others = 0
  /** Columns that rows are appended to now. */
  #columns = 0
  /** As DuckDB wrote it when nobody had said anything yet. */
  #usual = ''
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
    if (this.#isWanted) this.#usual = (await this.#settings()).limit
  }

  /** Before a part of a load. */
  async limit(): Promise<void> {
    if (!this.#mayLimit()) return
    await this.#inTurn(async () => {
      if (!this.#mayLimit()) return
      const { limit, threads } = await this.#settings()
      const megabytes = Math.max(forTwoThreads, threads * perThread)
      if ((limit === this.#usual || limit === this.#lifted) && isLess(megabytes, limit)) {
        // It may hold before it is told that it does.
        this.#isLimited = true
        this.#times++
        await this.#set(`${megabytes}MB`).catch(() => {
          // What is in use may not go.
          this.#isLimited = false
        })
      }
      if (!this.#isLimited) this.#waitsUntil = performance.now() + pauseMs
    })
  }

  #mayLimit(): boolean {
    if (!this.#isWanted || this.#isLimited || this.#others > 0 || this.#columns > mostColumns) return false
    return performance.now() >= this.#waitsUntil
  }

  /** Asked when something begins. @returns what says later on whether the limit held at some time since then */
  watch(): () => boolean {
    const before = this.#isLimited ? this.#times - 1 : this.#times
    return () => this.#times > before
  }

  /** Does what is no part of a load. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    this.#others++
    try {
      if (this.#isWanted || this.#isLimited) await this.#inTurn(() => this.#lift())
      return await work()
    } finally {
      this.#others--
    }
  }

  /** Before rows are appended to so many columns. @returns what is called when they are */
  async fill(columns: number): Promise<() => void> {
    this.#columns += columns
    if (this.#columns > mostColumns) await this.#inTurn(() => this.#lift())
    return () => {
      this.#columns -= columns
    }
  }

  /** A load needs more: from now on none is limited. */
  async giveUp(): Promise<void> {
    this.#isWanted = false
    await this.#inTurn(() => this.#lift())
  }

  async #lift(): Promise<void> {
    if (!this.#isLimited) return
    // A `reset` would only say so.
    await this.#set(this.#usual)
    this.#isLimited = false
    this.#lifted = (await this.#settings()).limit
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  async #settings(): Promise<{ limit: string; threads: number }> {
    const sql = "select current_setting('memory_limit'), current_setting('threads')"
    const [limit, threads] = await this.#firstRow(sql)
    return { limit: String(limit), threads: Number(threads) }
  }

  async #set(limit: string): Promise<void> {
    await this.#firstRow(`set global memory_limit = '${limit}'`)
  }

  async #firstRow(sql: string): Promise<readonly unknown[]> {
    const connection = await this.#instance.connect()
    try {
      return (await connection.runAndReadAll(sql)).getRows()[0] ?? []
    } finally {
      connection.closeSync()
    }
  }
}

const unitBytes: Readonly<Record<string, number>> = { bytes: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

/** @param limit as DuckDB writes it: `18.6 GiB` */
function isLess(megabytes: number, limit: string): boolean {
  const [amount, unit = ''] = limit.split(' ')
  return megabytes * 1e6 < Number(amount) * (unitBytes[unit] ?? Number.POSITIVE_INFINITY)
}
