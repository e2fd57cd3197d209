/**
 * What the plugin `pgoutput` writes, version 1:
 * https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
 */
export type LogMessage =
  | { readonly type: 'begin'; readonly commitLsn: bigint; readonly commitMicros: bigint; readonly xid: number }
  | { readonly type: 'commit'; readonly endLsn: bigint }
  | { readonly type: 'relation'; readonly relation: LogRelation }
  | { readonly type: 'insert'; readonly relationId: number; readonly row: number }
  | {
      readonly type: 'update'
      readonly relationId: number
      /** Where the row as it was begins: only its key, or all of it. */
      readonly old: number | undefined
      readonly oldIsKey: boolean
      readonly row: number
    }
  | { readonly type: 'delete'; readonly relationId: number; readonly old: number; readonly oldIsKey: boolean }
  | { readonly type: 'truncate'; readonly relationIds: readonly number[] }

export interface LogRelation {
  readonly id: number
  readonly schema: string
  readonly name: string
  readonly columns: readonly LogColumn[]
}

export interface LogColumn {
  readonly name: string
  readonly typeId: number
  readonly modifier: number
  /** Part of what identifies a row. */
  readonly isKey: boolean
}

/** Microseconds since 2000. */
const epochMicros = 946_684_800_000_000n

const [begin, commit, relation, insert, update, remove, truncate] = Buffer.from('BCRIUDT')
const [newTuple, keyTuple] = Buffer.from('NK')

/** Reads one message. Rows are left where they are: `row` and `old` say where they begin. Undefined for what says nothing of rows. */
export function readMessage(bytes: Buffer, at: number): LogMessage | undefined {
  const body = at + 1
  switch (bytes[at]) {
    case begin:
      return {
        type: 'begin',
        commitLsn: bytes.readBigUInt64BE(body),
        commitMicros: bytes.readBigInt64BE(body + 8) + epochMicros,
        xid: bytes.readUInt32BE(body + 16),
      }
    case commit:
      return { type: 'commit', endLsn: bytes.readBigUInt64BE(body + 9) }
    case relation:
      return { type: 'relation', relation: readRelation(bytes, body) }
    case insert:
      return { type: 'insert', relationId: bytes.readUInt32BE(body), row: body + 5 }
    case update:
      return readUpdate(bytes, body)
    case remove:
      return {
        type: 'delete',
        relationId: bytes.readUInt32BE(body),
        old: body + 5,
        oldIsKey: bytes[body + 4] === keyTuple,
      }
    case truncate: {
      const count = bytes.readUInt32BE(body)
      return {
        type: 'truncate',
        relationIds: Array.from({ length: count }, (_, i) => bytes.readUInt32BE(body + 5 + 4 * i)),
      }
    }
    default:
      return undefined
  }
}

function readUpdate(bytes: Buffer, body: number): LogMessage {
  const relationId = bytes.readUInt32BE(body)
  const first = bytes[body + 4]
  if (first === newTuple) return { type: 'update', relationId, old: undefined, oldIsKey: false, row: body + 5 }
  const old = body + 5
  return { type: 'update', relationId, old, oldIsKey: first === keyTuple, row: endOfRow(bytes, old) + 1 }
}

function readRelation(bytes: Buffer, body: number): LogRelation {
  let at = body + 4
  const text = () => {
    const end = bytes.indexOf(0, at)
    const read = bytes.toString('utf8', at, end)
    at = end + 1
    return read
  }
  const schema = text()
  const name = text()
  // The replica identity comes before the number of columns.
  const count = bytes.readInt16BE(at + 1)
  at += 3
  const columns = Array.from({ length: count }, (): LogColumn => {
    const isKey = (bytes[at] as number) === 1
    at += 1
    const column = text()
    at += 8
    return { name: column, typeId: bytes.readUInt32BE(at - 8), modifier: bytes.readInt32BE(at - 4), isKey }
  })
  return { id: bytes.readUInt32BE(body), schema: schema === '' ? 'pg_catalog' : schema, name, columns }
}

const [isNull, isUnchanged] = Buffer.from('nu')

/** Tells where each value of a row lies: a negative length is no value (-1), or one that did not change and is left out (-2). */
export function eachValue(
  bytes: Buffer,
  row: number,
  take: (column: number, at: number, length: number) => void,
): number {
  const count = bytes.readInt16BE(row)
  let at = row + 2
  for (let i = 0; i < count; i++) {
    const kind = bytes[at++]
    if (kind === isNull) take(i, at, -1)
    else if (kind === isUnchanged) take(i, at, -2)
    else {
      const length = bytes.readInt32BE(at)
      take(i, at + 4, length)
      at += 4 + length
    }
  }
  return at
}

const endOfRow = (bytes: Buffer, row: number) => eachValue(bytes, row, () => {})

/** Whether two rows have the same values in these columns. */
export function isSameKey(bytes: Buffer, a: number, b: number, columns: readonly number[]): boolean {
  const values = new Map<number, Buffer>()
  const valueAt = (at: number, length: number) => bytes.subarray(at, at + Math.max(length, 0))
  eachValue(bytes, a, (column, at, length) => {
    if (columns.includes(column)) values.set(column, valueAt(at, length))
  })
  let isSame = true
  eachValue(bytes, b, (column, at, length) => {
    // A key that is left out did not change.
    if (length !== -2 && columns.includes(column)) isSame &&= values.get(column)?.equals(valueAt(at, length)) ?? false
  })
  return isSame
}
