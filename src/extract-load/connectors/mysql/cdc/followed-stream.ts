import type { RowsAt } from './binlog-events.js'
import { ChangedRows } from './change-rows.js'
import type { Gtid, Gtids } from './gtids.js'
import type { LogPosition } from './log-position.js'
import { type ByteTables, logValue } from './log-values.js'
import type { CdcState } from './state.js'
import type { WireColumn } from './table-map.js'
import type { TableShape } from './table-shape.js'

/** A stream whose changes are read. */
export interface FollowedStream {
  readonly name: string
  readonly keys: readonly string[]
  readonly state: CdcState
  /** What lies up to there was read. Undefined where the log is another server's, whose places are others. */
  readonly from: LogPosition | undefined
  /** The transactions that were read, and whether one is among them. */
  readonly gtids: Gtids | undefined
  hasRead: ((gtid: Gtid) => boolean) | undefined
  shape: TableShape
  table: FollowedTable | undefined
}

/** Where the values of a row lie. */
interface RowLayout {
  readonly starts: Int32Array
  readonly lengths: Int32Array
}

const bigint = 8

/** A table of one shape: how its rows lie in the log, and those that wait to be handed on. */
export class FollowedTable {
  readonly stream: FollowedStream
  readonly rows: ChangedRows
  readonly before: RowLayout
  readonly after: RowLayout
  readonly #columnCount: number
  readonly #lengthBytes: Uint8Array
  readonly #bytes: Int32Array
  readonly #keys: readonly number[]

  private constructor(
    stream: FollowedStream,
    rows: ChangedRows,
    sizes: readonly { lengthBytes: number; bytes: number }[],
  ) {
    const count = sizes.length
    const layout = (): RowLayout => ({ starts: new Int32Array(count), lengths: new Int32Array(count) })
    this.stream = stream
    this.rows = rows
    this.before = layout()
    this.after = layout()
    this.#columnCount = count
    this.#lengthBytes = Uint8Array.from(sizes, ({ lengthBytes }) => lengthBytes)
    this.#bytes = Int32Array.from(sizes, ({ bytes }) => bytes)
    this.#keys = stream.shape.columns.flatMap(({ name }, i) => (stream.keys.includes(name) ? [i] : []))
  }

  /** Undefined where the log has other columns than the table is known to have. */
  static of(stream: FollowedStream, wire: readonly WireColumn[], tables: ByteTables): FollowedTable | undefined {
    const { columns } = stream.shape
    // Behind them MariaDB hides a hash for each unique key of a long column.
    if (wire.length < columns.length || wire.slice(columns.length).some(({ type }) => type !== bigint)) return undefined
    const values = columns.map((column, i) => logValue(column, wire[i] as WireColumn, tables))
    if (values.includes(undefined)) return undefined
    const known = values.filter((value) => value !== undefined)
    const hidden = wire.slice(columns.length).map(() => ({ lengthBytes: 0, bytes: 8 }))
    return new FollowedTable(stream, new ChangedRows(stream.name, columns, known), [...known, ...hidden])
  }

  hasColumns({ columnCount }: RowsAt): boolean {
    return columnCount === this.#columnCount
  }

  /** Finds the values of the row that begins here. @returns where it ends */
  locate(bytes: Buffer, row: number, { starts, lengths }: RowLayout): number {
    const count = this.#columnCount
    let at = row + ((count + 7) >> 3)
    for (let i = 0; i < count; i++) {
      if ((((bytes[row + (i >> 3)] as number) >> (i & 7)) & 1) === 1) {
        starts[i] = -1
        continue
      }
      const lengthBytes = this.#lengthBytes[i] as number
      let length = this.#bytes[i] as number
      if (lengthBytes > 0) {
        length = lengthBytes === 1 ? (bytes[at] as number) : bytes.readUIntLE(at, lengthBytes)
        at += lengthBytes
      }
      starts[i] = at
      lengths[i] = length
      at += length
    }
    return at
  }

  /** Whether the row has the same key as before. */
  isSameKey(bytes: Buffer): boolean {
    const { before, after } = this
    return this.#keys.every((i) => {
      const [a, b] = [before.starts[i] as number, after.starts[i] as number]
      if (a < 0 || b < 0) return a === b
      const valueAt = (at: number, { lengths }: RowLayout) => bytes.subarray(at, at + (lengths[i] as number))
      return valueAt(a, before).equals(valueAt(b, after))
    })
  }
}
