import { setTimeout as sleep } from 'node:timers/promises'
import type { DuckDBConnection, DuckDBPendingResult, DuckDBPreparedStatement, DuckDBType } from '@duckdb/node-api'
import type { PendingResult } from '@duckdb/node-bindings'
import { quoteIdentifier } from '../../sql/index.js'
import { type ColumnAppender, type ColumnChunk, rowsPerGroup } from '../column-chunk.js'
import type { AppendOptions, RelationName } from '../contract.js'
import { checkChunk } from './check-chunk.js'
import { bindings, VARCHAR } from './driver.js'
import { queryError } from './errors.js'
import { ChunkQueue } from './rows-function.js'

/** Rows with long texts go before a group of them is there: what waits is in memory. */
const bytesPerStatement = 32 * 1024 * 1024

const pollMs = 2
/** A statement that has not begun to read by then may have no thread: DuckDB was told to use only the one that waits. */
const patienceMs = 100

/**
 * Appends chunks to a table whose first columns they have, in its order, or that is made of their texts.
 * @param connection has a transaction open, see `ChunkQueue`
 */
export async function columnAppender(
  connection: DuckDBConnection,
  relation: RelationName,
  { computed = [], texts }: AppendOptions,
): Promise<ColumnAppender & { readonly columnCount: number }> {
  const { database, schema, identifier } = relation
  const name = [database, schema, identifier].flatMap((part) => (part === undefined ? [] : quoteIdentifier(part)))
  const into = `insert into ${name.join('.')}`
  if (texts) {
    const types = Array.from({ length: texts.columns }, () => VARCHAR)
    // Texts are collected before they are appended: they are in memory already.
    return new StatementAppender(connection, types, (rows) => `${into} by name ${texts.select(rows)}`, Infinity)
  }
  const types = (await typesOf(connection, relation)).slice(0, computed.length === 0 ? undefined : -computed.length)
  return new StatementAppender(
    connection,
    types,
    (rows) => `${into} select ${['*', ...computed].join(', ')} from ${rows}`,
  )
}

async function typesOf(
  connection: DuckDBConnection,
  { database, schema, identifier }: RelationName,
): Promise<readonly DuckDBType[]> {
  const appender = await connection.createAppender(identifier, schema, database)
  const types = Array.from({ length: appender.columnCount }, (_, i) => appender.columnType(i))
  appender.closeSync()
  return types
}

/**
 * Collects chunks and has statements read them, while the next ones are collected: DuckDB packs what is there in a thread of its own, and what a
 * statement has brought is in the file already, not in memory, when the transaction is committed. Its C API's appender does both in the thread
 * that calls it, and keeps all of it.
 */
class StatementAppender implements ColumnAppender {
  readonly #connection: DuckDBConnection
  readonly #types: readonly DuckDBType[]
  readonly #queue: ChunkQueue
  /** The statement that reads rows. */
  readonly #sql: (rows: string) => string
  readonly #mostBytes: number
  #chunks: ColumnChunk[] = []
  #rows = 0
  #bytes = 0
  /** Memory that texts of the chunks, or several columns of them, lie in: it counts once. */
  readonly #held = new Set<Uint8Array | ArrayBuffer>()
  #running: Promise<void> = Promise.resolve()

  constructor(
    connection: DuckDBConnection,
    types: readonly DuckDBType[],
    sql: (rows: string) => string,
    mostBytes = bytesPerStatement,
  ) {
    this.#connection = connection
    this.#types = types
    this.#queue = new ChunkQueue(types)
    this.#sql = sql
    this.#mostBytes = mostBytes
  }

  get columnCount(): number {
    return this.#types.length
  }

  async append(chunk: ColumnChunk): Promise<void> {
    checkChunk(chunk, this.#types)
    this.#chunks.push(chunk)
    this.#rows += chunk.rowCount
    for (const { data, pieces = [] } of chunk.columns) {
      if (!this.#held.has(data.buffer)) this.#bytes += data.byteLength
      this.#held.add(data.buffer)
      for (const { bytes } of pieces) {
        if (!this.#held.has(bytes)) this.#bytes += bytes.byteLength
        this.#held.add(bytes)
      }
    }
    if (this.#rows >= rowsPerGroup || this.#bytes >= this.#mostBytes) await this.#start()
  }

  async close(): Promise<void> {
    if (this.#chunks.length > 0) await this.#start()
    await this.#running
  }

  async drop(): Promise<void> {
    this.#chunks = []
    await this.#running.catch(() => {})
  }

  /** Waits for the statement before and begins the next one, which is not waited for. */
  async #start(): Promise<void> {
    await this.#running
    this.#running = this.#insert(this.#chunks, this.#rows)
    // Whoever waits for it next hears of it.
    this.#running.catch(() => {})
    this.#chunks = []
    this.#rows = 0
    this.#bytes = 0
    this.#held.clear()
  }

  /**
   * Runs a statement in DuckDB's threads. To wait for it as for any statement would have the waiting thread ask all the time whether there is work
   * for it, which takes a core; so that is done only where no other thread takes the work up.
   */
  async #insert(chunks: readonly ColumnChunk[], rows: number): Promise<void> {
    const queue = this.#queue
    const sql = this.#sql(queue.put(chunks))
    let prepared: DuckDBPreparedStatement | undefined
    try {
      prepared = await this.#connection.prepare(sql)
      const pending = prepared.start()
      const { read } = queue
      const started = performance.now()
      while (isRunning(pending) && (queue.read !== read || performance.now() - started < patienceMs))
        await sleep(pollMs)
      const { rowsChanged } = await pending.getResult()
      if (rowsChanged !== rows) throw new Error(`${rowsChanged} of ${rows} rows were appended.`)
    } catch (error) {
      throw queryError(error, sql)
    } finally {
      prepared?.destroySync()
      queue.forget()
    }
  }
}

/** @throws what the statement came to: the driver would say of one that has failed only that it has */
function isRunning(pending: DuckDBPendingResult): boolean {
  // The driver's own class can only run a part of the work in this thread.
  const { pending_result } = pending as unknown as { pending_result: PendingResult }
  const state = bindings.pending_execute_check_state(pending_result)
  if (state !== bindings.PendingState.ERROR) return state !== bindings.PendingState.RESULT_READY
  // A statement that other threads have ended is in this state too, without an error.
  const error = bindings.pending_error(pending_result)
  if (error) throw new Error(error)
  return false
}
