import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { Connection, Submittable } from 'pg'
import { splitStatements } from '../../sql/index.js'
import type { Cell } from '../contract.js'
import { toParameter } from './cells.js'

export interface RawColumn {
  readonly name: string
  readonly typeId: number
  readonly typeModifier: number
}

/** What the server answered to the last statement, as it printed it. */
export interface RawResult {
  readonly columns: readonly RawColumn[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** `INSERT 0 2`; '' after an empty query. */
  readonly commandTag: string
  readonly isTruncated: boolean
}

export interface StatementOptions {
  readonly params?: readonly Cell[] | undefined
  readonly limit?: number | undefined
  /** What `copy … from stdin` reads. */
  readonly copyRows?: Iterable<readonly (string | null)[]> | undefined
  readonly copyBytes?: AsyncIterable<Uint8Array> | undefined
  /** Lets the server refuse a second statement. */
  readonly isSingle?: boolean | undefined
}

interface RowDescription {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number; readonly dataTypeModifier: number }[]
}

interface CopyingConnection {
  readonly stream: Writable
  sendCopyFail(reason: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
}

const copyChunkLength = 65_536
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS */
const copyField = (value: string | null): string =>
  value === null ? '\\N' : value.replace(/[\\\t\n\r]/g, (char) => escapes[char] as string)

function* copyText(rows: Iterable<readonly (string | null)[]>): Generator<Buffer> {
  let text = ''
  for (const row of rows) {
    text += `${row.map(copyField).join('\t')}\n`
    if (text.length < copyChunkLength) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(text)
}

/** A semicolon alone does not tell: it may stand in a text. */
const isSeveral = (sql: string) => /;\s*\S/.test(sql) && splitStatements(sql).length > 1

/**
 * One query on the wire, for the driver's queue. The driver's own query class would read a limited query to its end and
 * hides what the server said about each statement.
 * https://www.postgresql.org/docs/current/protocol-flow.html
 */
export class Statement implements Submittable {
  readonly result: Promise<RawResult>
  readonly #sql: string
  readonly #options: StatementOptions
  #resolve!: (result: RawResult) => void
  #reject!: (error: unknown) => void
  #columns: readonly RawColumn[] = []
  #rows: (readonly (string | null)[])[] = []
  #tag = ''
  #isSuspended = false
  #isTruncated = false
  /** The server has refused it, and reads no more of it. */
  #isRefused = false

  constructor(sql: string, options: StatementOptions) {
    this.#sql = sql
    this.#options = options
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /**
   * A single statement runs in a portal, which ends after the rows that are wanted. Several go as one simple query, whose
   * rows beyond the limit are read and dropped.
   */
  submit = (connection: Connection): void => {
    const { params = [], limit, isSingle } = this.#options
    const mayBeSeveral = params.length === 0 && !isSingle && isSeveral(this.#sql)
    if (mayBeSeveral || (params.length === 0 && limit === undefined && !isSingle)) {
      connection.query(this.#sql)
      return
    }
    const values = params.map(toParameter)
    connection.parse({ name: '', text: this.#sql, types: values.map(({ oid }) => oid) } as never, true)
    connection.bind({ values: values.map(({ text }) => text) } as never, true)
    connection.describe({ type: 'P', name: '' } as never, true)
    connection.execute({ portal: '', rows: limit === undefined ? 0 : limit + 1 } as never, true)
    // A portal that is left open would keep its tables from being altered in the same transaction.
    ;(connection as unknown as { close(message: object): void }).close({ type: 'P', name: '' })
    connection.sync()
  }

  handleRowDescription({ fields }: RowDescription): void {
    this.#startOver()
    this.#columns = fields.map(({ name, dataTypeID, dataTypeModifier }) => ({
      name,
      typeId: dataTypeID,
      typeModifier: dataTypeModifier,
    }))
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const { limit } = this.#options
    if (limit !== undefined && this.#rows.length >= limit) this.#isTruncated = true
    else this.#rows.push(fields)
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    // Of a statement that gives no rows, after one that did.
    if (this.#tag !== '') this.#startOver()
    this.#tag = text
  }

  handlePortalSuspended(): void {
    this.#isSuspended = true
  }

  handleEmptyQuery(): void {}

  handleCopyInResponse(connection: Connection): void {
    const { copyRows, copyBytes } = this.#options
    const copying = connection as unknown as CopyingConnection
    const pieces = copyBytes ?? (copyRows && copyText(copyRows))
    if (!pieces) {
      copying.sendCopyFail('COPY FROM STDIN has no input here; read a file of the server, or load a seed')
      return
    }
    this.#copy(copying, pieces).catch((error: unknown) => {
      this.#reject(error)
      if (!this.#isRefused) copying.sendCopyFail('the rows could not be read')
    })
  }

  async #copy(copying: CopyingConnection, pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    for await (const piece of pieces) {
      // What is sent now would be taken for a part of the next statement.
      if (this.#isRefused) return
      copying.sendCopyFromChunk(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))
      await drained(copying.stream)
    }
    if (!this.#isRefused) copying.endCopyFrom()
  }

  handleCopyData(): void {}

  handleError(error: unknown): void {
    this.#isRefused = true
    this.#reject(error)
  }

  handleReadyForQuery(): void {
    this.#resolve({
      columns: this.#columns,
      rows: this.#rows,
      commandTag: this.#isSuspended ? `SELECT ${this.#rows.length}` : this.#tag,
      isTruncated: this.#isTruncated,
    })
  }

  #startOver(): void {
    this.#columns = []
    this.#rows = []
    this.#tag = ''
    this.#isTruncated = false
  }
}

/** Waits until the server has taken what was sent, or nothing can be sent any more. */
async function drained(stream: Writable): Promise<void> {
  if (!stream.writableNeedDrain || stream.destroyed) return
  const ended = new AbortController()
  const { signal } = ended
  await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]).finally(() =>
    ended.abort(),
  )
}
