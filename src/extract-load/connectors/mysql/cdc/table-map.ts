import { readLength } from './binlog-events.js'

/** A column as the log has it: its type by number, and what is needed to find the end of a value. */
export interface WireColumn {
  readonly type: number
  /** What the server says of the type; its meaning depends on it. */
  readonly meta: number
}

export interface TableMap {
  readonly schema: string
  readonly name: string
  readonly columns: readonly WireColumn[]
}

/** Bytes that the log says besides the type: https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Table__map__event.html */
const metaBytes: Readonly<Record<number, number>> = {
  4: 1, // float
  5: 1, // double
  15: 2, // varchar
  16: 2, // bit
  17: 1, // timestamp2
  18: 1, // datetime2
  19: 1, // time2
  140: 1, // MariaDB's compressed blob
  141: 2, // MariaDB's compressed varchar
  242: 1, // vector
  245: 1, // json
  246: 2, // decimal
  247: 2, // enum
  248: 2, // set
  249: 1,
  250: 1,
  251: 1,
  252: 1, // blob
  253: 2,
  254: 2, // string
  255: 1, // geometry
}
/** Of these the bytes are two, not a number of two bytes: the first one comes first. */
const isPair = (type: number) => type === 246 || type === 247 || type === 248 || type === 254

/** Which table an event is of. @returns also where the rest begins */
export function tableName(bytes: Buffer, body: number): { schema: string; name: string; rest: number } {
  const schemaBytes = bytes[body] as number
  const nameAt = body + 1 + schemaBytes + 2
  const nameBytes = bytes[nameAt - 1] as number
  return {
    schema: bytes.toString('utf8', body + 1, body + 1 + schemaBytes),
    name: bytes.toString('utf8', nameAt, nameAt + nameBytes),
    rest: nameAt + nameBytes + 1,
  }
}

/** @param rest as `tableName` says */
export function wireColumns(bytes: Buffer, rest: number): WireColumn[] {
  const { value: count, end: typesAt } = readLength(bytes, rest)
  let at = readLength(bytes, typesAt + count).end
  return Array.from({ length: count }, (_, i): WireColumn => {
    const type = bytes[typesAt + i] as number
    const size = metaBytes[type] ?? 0
    const meta =
      size === 0
        ? 0
        : size === 1
          ? (bytes[at] as number)
          : isPair(type)
            ? bytes.readUInt16BE(at)
            : bytes.readUInt16LE(at)
    at += size
    return { type, meta }
  })
}
