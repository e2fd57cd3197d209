import { inflateSync } from 'node:zlib'
import { extractLoadErrors } from '../../../errors.js'
import { type GtidBody, gtidBody, gtidEvents } from './gtid-events.js'
import { fileAfter, type LogPosition } from './log-position.js'

/** https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication.html, https://mariadb.com/kb/en/replication-protocol/ */
const types = {
  query: 2,
  rotate: 4,
  formatDescription: 15,
  xid: 16,
  tableMap: 19,
  xaPrepare: 38,
  partialUpdateRows: 39,
  transactionPayload: 40,
  mariaDbQueryCompressed: 165,
} as const

type RowsKind = 'insert' | 'update' | 'delete'
/** Kinds of row events by their numbers, of both versions. MariaDB has them compressed, too. */
const rowsEvents: ReadonlyMap<
  number,
  { readonly kind: RowsKind; readonly version: 1 | 2; readonly isPacked: boolean }
> = new Map(
  (
    [
      [23, 1, false],
      [30, 2, false],
      [166, 1, true],
      [169, 2, true],
    ] as const
  ).flatMap(([first, version, isPacked]) =>
    (['insert', 'update', 'delete'] as const).map((kind, i) => [first + i, { kind, version, isPacked }] as const),
  ),
)

/** An event as far as it says something of rows, transactions or tables. */
export type LogEvent = EventPlace & EventBody

export interface EventPlace {
  readonly bytes: Buffer
  /** Where what is behind the event's header begins, and where it ends. */
  readonly at: number
  readonly end: number
  /** Seconds since 1970, when the statement began. */
  readonly seconds: number
  /** The file that it is in, and where it ends there. */
  readonly position: LogPosition
}

type EventBody =
  | GtidBody
  | { readonly type: 'format'; readonly file: LogFile }
  /** The log goes on in this file. */
  | { readonly type: 'rotate'; readonly next: string }
  | { readonly type: 'query'; readonly schema: string; readonly sql: string }
  | { readonly type: 'commit' }
  /** An XA transaction is prepared: whether it is committed says a statement that may come much later. */
  | { readonly type: 'prepare'; readonly isOnePhase: boolean; readonly xid: string }
  | { readonly type: 'table'; readonly id: number; readonly body: number }
  | { readonly type: 'rows'; readonly kind: RowsKind; readonly id: number; readonly rows: RowsAt }

/** A file of the log. Another one of the same name has another time, or is another server's. */
export interface LogFile {
  readonly name: string
  readonly serverId: number
  /** Seconds since 1970. */
  readonly createdAt: number
  /** The server was started with it. */
  readonly isFirst: boolean
}

/** Where the rows of an event lie. */
export interface RowsAt {
  readonly bytes: Buffer
  readonly columnCount: number
  readonly at: number
  readonly end: number
  /** Every column is in every row. */
  readonly isWhole: boolean
}

const headBytes = 19
const checksumBytes = 4

/** Reads one event after the other, of one file and those that follow it. */
export class LogFileReader {
  #file: string
  #pos = 0
  #hasChecksums = false

  /** @param file '' = the first event says it */
  constructor(file: string) {
    this.#file = file
  }

  /** Undefined for what says nothing of rows. @throws CDC_NOT_READY for what cannot be read */
  read(bytes: Buffer, start: number, packetEnd: number): LogEvent | undefined {
    const type = bytes[start + 4] as number
    const logPos = bytes.readUInt32LE(start + 13)
    const at = start + headBytes
    if (type === types.rotate) return this.#rotate(bytes, at, packetEnd, logPos)
    // A file with a huge transaction is longer than the number in the event can say.
    if (logPos !== 0)
      this.#pos = logPos + Math.floor(this.#pos / 2 ** 32) * 2 ** 32 + (isWrapped(this.#pos, logPos) ? 2 ** 32 : 0)
    const seconds = bytes.readUInt32LE(start)
    if (type === types.formatDescription) this.#hasChecksums = bytes[packetEnd - 5] === 1
    const end = this.#hasChecksums ? packetEnd - checksumBytes : packetEnd
    const body = this.#body(type, bytes, { start, at, end, logPos, seconds })
    // A spread takes longer than all the rest.
    return body && Object.assign(body, { bytes, at, end, seconds, position: { file: this.#file, pos: this.#pos } })
  }

  /** Some are made up by the server, which gives them a checksum or none as it likes: the name is known from the one before. */
  #rotate(bytes: Buffer, at: number, packetEnd: number, logPos: number): LogEvent | undefined {
    const text = bytes.toString('utf8', at + 8, packetEnd)
    const previous = this.#file
    if (previous !== '' && text.startsWith(previous)) return undefined
    const usual = fileAfter(previous)
    const isMadeUp = logPos === 0
    const end = this.#hasChecksums && !isMadeUp ? packetEnd - checksumBytes : packetEnd
    const next = previous !== '' && text.startsWith(usual) ? usual : bytes.toString('utf8', at + 8, end)
    this.#file = next
    this.#pos = Number(bytes.readBigUInt64LE(at))
    return { type: 'rotate', next, bytes, at, end, seconds: 0, position: { file: next, pos: this.#pos } }
  }

  #body(
    type: number,
    bytes: Buffer,
    { start, at, end, logPos, seconds }: { start: number; at: number; end: number; logPos: number; seconds: number },
  ): EventBody | undefined {
    const rows = rowsEvents.get(type)
    if (rows) return { type: 'rows', kind: rows.kind, id: bytes.readUIntLE(at, 6), rows: rowsAt(bytes, at, end, rows) }
    if (gtidEvents.has(type)) return gtidBody(type, bytes, start, at)
    switch (type) {
      case types.tableMap:
        return { type: 'table', id: bytes.readUIntLE(at, 6), body: at + 8 }
      case types.xid:
        return { type: 'commit' }
      case types.query:
      case types.mariaDbQueryCompressed:
        return readQuery(bytes, at, end, type === types.mariaDbQueryCompressed)
      case types.xaPrepare:
        return readPrepare(bytes, at)
      case types.formatDescription: {
        const file = { name: this.#file, serverId: bytes.readUInt32LE(start + 5), createdAt: seconds }
        // Of the one that is made up for who begins in the middle of a file the place is 0.
        return { type: 'format', file: { ...file, isFirst: logPos !== 0 && bytes.readUInt32LE(at + 52) !== 0 } }
      }
      case types.partialUpdateRows:
        throw unreadable('changed parts of JSON values', '`binlog_row_value_options` to nothing')
      case types.transactionPayload:
        throw unreadable('compressed transactions', '`binlog_transaction_compression` off')
      default:
        return undefined
    }
  }
}

const isWrapped = (before: number, logPos: number) => logPos < before % 2 ** 32 && before % 2 ** 32 > 2 ** 31

const unreadable = (what: string, setting: string) =>
  extractLoadErrors.create('CDC_NOT_READY', {
    message: `The binary log holds ${what}, which are not read here.`,
    hint: `Set ${setting} on the server (also for its sessions), and read the streams anew with --full-refresh.`,
  })

function readQuery(bytes: Buffer, at: number, end: number, isPacked: boolean): EventBody {
  const schemaBytes = bytes[at + 8] as number
  const schemaAt = at + 13 + bytes.readUInt16LE(at + 11)
  const sqlAt = schemaAt + schemaBytes + 1
  const sql = isPacked ? unpack(bytes, sqlAt, end) : bytes.subarray(sqlAt, end)
  return { type: 'query', schema: bytes.toString('utf8', schemaAt, schemaAt + schemaBytes), sql: sql.toString('utf8') }
}

function readPrepare(bytes: Buffer, at: number): EventBody {
  const globalBytes = bytes.readUInt32LE(at + 5)
  const branchBytes = bytes.readUInt32LE(at + 9)
  const hex = (from: number, length: number) => bytes.toString('hex', from, from + length)
  const xid = `${hex(at + 13, globalBytes)},${hex(at + 13 + globalBytes, branchBytes)}`
  return { type: 'prepare', isOnePhase: bytes[at] === 1, xid }
}

function rowsAt(
  bytes: Buffer,
  start: number,
  end: number,
  { kind, version, isPacked }: { readonly kind: RowsKind; readonly version: 1 | 2; readonly isPacked: boolean },
): RowsAt {
  const at = start + 8
  const columns = readLength(bytes, version === 2 ? at + bytes.readUInt16LE(at) : at)
  const bitmapBytes = (columns.value + 7) >> 3
  const rowsFrom = columns.end + bitmapBytes * (kind === 'update' ? 2 : 1)
  const isWhole =
    areSet(bytes, columns.end, columns.value) &&
    (kind !== 'update' || areSet(bytes, columns.end + bitmapBytes, columns.value))
  const columnCount = columns.value
  if (!isPacked) return { bytes, columnCount, at: rowsFrom, end, isWhole }
  const unpacked = unpack(bytes, rowsFrom, end)
  return { bytes: unpacked, columnCount, at: 0, end: unpacked.length, isWhole }
}

function areSet(bytes: Buffer, at: number, count: number): boolean {
  for (let i = 0; i < count; i++) if ((((bytes[at + (i >> 3)] as number) >> (i & 7)) & 1) === 0) return false
  return true
}

/** MariaDB's compression: a byte with the algorithm and how many bytes the length has, the length, zlib's data. */
function unpack(bytes: Buffer, at: number, end: number): Buffer {
  const head = bytes[at] as number
  if ((head & 0x70) !== 0) throw unreadable('events compressed in an unknown way', '`log_bin_compress` off')
  return inflateSync(bytes.subarray(at + 1 + (head & 0x07), end))
}

/** A number of one to nine bytes. @returns it, and where it ends */
export function readLength(bytes: Buffer, at: number): { readonly value: number; readonly end: number } {
  const first = bytes[at] as number
  if (first < 0xfb) return { value: first, end: at + 1 }
  const size = first === 0xfc ? 2 : first === 0xfd ? 3 : 8
  return { value: bytes.readUIntLE(at + 1, Math.min(size, 6)), end: at + 1 + size }
}
