import type { Socket } from 'node:net'
import type { Client } from 'pg'
import { quoteIdentifier, quoteLiteral } from '../../../../sql/index.js'
import { copyOut } from '../copy/copy-out.js'
import { printLsn } from './lsn.js'

/** A piece of the log. */
export interface LogData {
  readonly bytes: Buffer
  /** Where the plugin's message begins, and where the frame ends. */
  readonly at: number
  readonly end: number
}

const [logData, keepAlive] = Buffer.from('wk')
/** The server ends who says nothing for `wal_sender_timeout`, usually a minute. */
const statusMs = 5_000
const epochMs = 946_684_800_000
const copyDone = Buffer.from('c\0\0\0\x04', 'latin1')

interface ReplicationOptions {
  readonly slot: string
  readonly publication: string
  readonly from: bigint
  /** What the server was told before. Others may need the log from there on: it is only raised by `confirm`. */
  readonly confirmed: bigint
}

/**
 * Reads a replication slot: https://www.postgresql.org/docs/current/protocol-replication.html
 * While it lives the server is told up to where the log is not needed any more.
 */
export class ReplicationStream {
  readonly #client: Client
  readonly #options: ReplicationOptions
  #timer: NodeJS.Timeout | undefined
  #frames: AsyncGenerator<unknown, void> | undefined
  #isThrough = false
  #confirmed: bigint
  /** So far everything that was committed was sent. */
  reached = 0n

  /** @param client of a session that was opened for replication */
  constructor(client: Client, options: ReplicationOptions) {
    this.#client = client
    this.#options = options
    this.#confirmed = options.confirmed
  }

  /**
   * Calls `onData` for each piece, in order, and yields what it answers where that is something. Ends when `isDone` says so, which is
   * asked whenever the server tells how far it is; the slot stays in use until the stream is ended.
   */
  async *read<T>(onData: (data: LogData) => T | undefined, isDone: () => boolean): AsyncGenerator<T, void> {
    const { slot, publication, from } = this.#options
    const names = quoteLiteral(quoteIdentifier(publication))
    const sql = `START_REPLICATION SLOT ${quoteIdentifier(slot)} LOGICAL ${printLsn(from)} (proto_version '1', publication_names ${names})`
    const frames = copyOut(this.#client, sql, (bytes, start, end): { readonly value: T | undefined } | undefined => {
      if (bytes[start] === keepAlive) {
        this.reached = bytes.readBigUInt64BE(start + 1)
        if (bytes[start + 17] === 1) this.#sendStatus()
        return { value: undefined }
      }
      if (bytes[start] !== logData) return undefined
      const value = onData({ bytes, at: start + 25, end })
      return value === undefined ? undefined : { value }
    })
    this.#frames = frames
    this.#timer = setInterval(() => this.#sendStatus(), statusMs).unref()
    for (;;) {
      const next = await frames.next()
      if (next.done) return
      if (next.value.value !== undefined) yield next.value.value
      if (isDone()) {
        this.#isThrough = true
        return
      }
    }
  }

  /** Everything before is durable elsewhere. */
  confirm(lsn: bigint): void {
    if (lsn <= this.#confirmed) return
    this.#confirmed = lsn
    this.#sendStatus()
  }

  #sendStatus(): void {
    const frame = Buffer.alloc(39)
    frame.write('d', 0)
    frame.writeInt32BE(38, 1)
    frame.write('r', 5)
    for (const at of [6, 14, 22]) frame.writeBigUInt64BE(this.#confirmed, at)
    frame.writeBigInt64BE(BigInt(Date.now() - epochMs) * 1000n, 30)
    this.#write(frame)
  }

  #write(frame: Buffer): void {
    const { stream } = (this.#client as unknown as { connection: { stream: Socket } }).connection
    if (stream.writable) stream.write(frame)
  }

  /** Gives the slot back. Who stops in the middle lets the session go, where there may be much that nobody reads. */
  async end(): Promise<void> {
    clearInterval(this.#timer)
    if (!this.#frames) return
    if (!this.#isThrough) {
      await this.#frames.return()
      return
    }
    this.#write(copyDone)
    for (let left = await this.#frames.next(); !left.done; left = await this.#frames.next());
  }
}
