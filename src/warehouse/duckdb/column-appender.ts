import { setTimeout as sleep } from 'node:timers/promises'
import type { DuckDBConnection, DuckDBPendingResult } from '@duckdb/node-api'
import type { PendingResult } from '@duckdb/node-bindings'
import { quoteIdentifier } from '../../sql/index.js'
import { type ColumnAppender, type ColumnChunk, rowsPerChunk } from '../column-chunk.js'
import type { AppendOptions, RelationName } from '../contract.js'
import { bindings } from './driver.js'
import { queryError } from './errors.js'
import { ChunkQueue } from './rows-function.js'

/** So many rows go into the table by one statement: as many as DuckDB writes to its file together. */
const rowsPerStatement = 60 * rowsPerChunk
/** Rows with long texts go earlier: what waits is in memory. */
const bytesPerStatement = 32 * 1024 * 1024

const pollMs = 2
/** A statement that reads nothing for so long may have no thread: DuckDB was told to use only the one that waits. */
const patienceMs = 100

/** Appends chunks to a table whose first columns they have, in its order. */
export async function columnAppender(
  connection: DuckDBConnection,
  relation: RelationName,
  { computed = [] }: AppendOptions,
): Promise<ColumnAppender> {
  const { database, schema, identifier } = relation
  const appender = await connection.createAppender(identifier, schema, database)
  const count = appender.columnCount - computed.length
  const types = Array.from({ length: count }, (_, i) => appender.columnType(i))
  appender.closeSync()
  const queue = new ChunkQueue(types)
  const name = [database, schema, identifier].flatMap((part) => (part === undefined ? [] : quoteIdentifier(part)))
  const sql = `insert into ${name.join('.')} select ${['*', ...computed].join(', ')} from ${queue.sql}`
  return new StatementAppender(queue, () => insert(connection, sql, queue))
}

/**
 * Collects chunks and has statements read them, while the next ones are collected: DuckDB packs what is there in a thread of its own, and what a
 * statement has brought is in the file already, not in memory, when the transaction is committed. Its C API's appender does both in the thread
 * that calls it, and keeps all of it.
 */
class StatementAppender implements ColumnAppender {
  readonly #queue: ChunkQueue
  readonly #insert: () => Promise<void>
  #chunks: ColumnChunk[] = []
  #rows = 0
  #bytes = 0
  #running: Promise<void> = Promise.resolve()

  constructor(queue: ChunkQueue, insert: () => Promise<void>) {
    this.#queue = queue
    this.#insert = insert
  }

  async append(chunk: ColumnChunk): Promise<void> {
    const expected = this.#queue.types.length
    if (chunk.columns.length !== expected)
      throw new Error(`The chunk has ${chunk.columns.length} columns, the table ${expected}.`)
    this.#chunks.push(chunk)
    this.#rows += chunk.rowCount
    this.#bytes += sizeOf(chunk)
    if (this.#rows >= rowsPerStatement || this.#bytes >= bytesPerStatement) await this.#start()
  }

  async close(): Promise<void> {
    try {
      if (this.#chunks.length > 0) await this.#start()
      await this.#running
    } finally {
      this.#queue.dispose()
    }
  }

  async drop(): Promise<void> {
    this.#chunks = []
    await this.#running.catch(() => {})
    this.#queue.dispose()
  }

  /** Waits for the statement before and begins the next one, which is not waited for. */
  async #start(): Promise<void> {
    await this.#running
    this.#queue.put(this.#chunks)
    this.#chunks = []
    this.#rows = 0
    this.#bytes = 0
    this.#running = this.#insert()
    // Whoever waits for it next hears of it.
    this.#running.catch(() => {})
  }
}

function sizeOf({ columns }: ColumnChunk): number {
  let size = 0
  for (const { data, pieces = [] } of columns) {
    size += data.length
    for (const { from, to } of pieces) size += to - from
  }
  return size
}

/**
 * Runs an insert in DuckDB's threads. To wait for it as for any statement would have the waiting thread ask all the time whether there is work
 * for it, which takes a core; so that is done only where no other thread takes the work up.
 */
async function insert(connection: DuckDBConnection, sql: string, queue: ChunkQueue): Promise<void> {
  const prepared = await connection.prepare(sql)
  try {
    const pending = prepared.start()
    let read = queue.read
    let readAt = performance.now()
    while (isRunning(pending) && performance.now() - readAt < patienceMs) {
      await sleep(pollMs)
      if (queue.read === read) continue
      read = queue.read
      readAt = performance.now()
    }
    await pending.getResult()
  } catch (error) {
    throw queryError(error, sql)
  } finally {
    prepared.destroySync()
  }
}

function isRunning(pending: DuckDBPendingResult): boolean {
  // The driver's own class can only run a part of the work in this thread.
  const { pending_result } = pending as unknown as { pending_result: PendingResult }
  const state = bindings.pending_execute_check_state(pending_result)
  return state !== bindings.PendingState.RESULT_READY && state !== bindings.PendingState.ERROR
}
