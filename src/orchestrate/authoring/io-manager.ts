/** What an IO manager may use. */
export interface IoContext {
  /** The asset whose value it is. */
  readonly asset: string
  /** Of an asset with partitions: the one whose value it is. */
  readonly partition: string | undefined
  readonly projectDir: string
  readonly signal: AbortSignal
  query<Row = Record<string, unknown>>(sql: string): Promise<Row[]>
  log(message: string): void
}

/** Where what assets answer is kept for those that read it. */
export interface IoManager<V = never> {
  /** Replaces what was there, all of it or nothing. */
  readonly store: (context: IoContext, value: V) => Promise<void> | void
  /** Answers `undefined` where nothing was stored. */
  readonly load: (context: IoContext) => unknown
  /** Of one that keeps rows in a table of the warehouse: which. */
  readonly tableOf?: (asset: string) => {
    readonly schema: string | undefined
    readonly name: string
    readonly sql: string
    readonly partitionColumn: string
  }
}
