import type { Gtid, Gtids } from './gtids.js'
import { MariaDbGtids } from './mariadb-gtids.js'
import { MysqlGtidSet } from './mysql-gtid-set.js'
import { uuidText } from './value-forms.js'

/** https://mariadb.com/kb/en/gtid_event/, https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Gtid__event.html */
const types = {
  heartbeat: 27,
  gtid: 33,
  anonymousGtid: 34,
  previousGtids: 35,
  taggedGtid: 42,
  mariaDbGtid: 162,
  mariaDbGtidList: 163,
} as const

export const gtidEvents: ReadonlySet<number> = new Set(Object.values(types))

export type GtidBody =
  /**
   * A transaction begins.
   * @param isGroup it ends with a commit; MySQL says so itself, and else it is one statement
   * @param gtid undefined: it has no number, or one that is not understood
   */
  | { readonly type: 'gtid'; readonly isGroup: boolean; readonly gtid: Gtid | undefined }
  /** All transactions before the file that begins here; undefined where they have numbers that are not understood. */
  | { readonly type: 'gtids'; readonly gtids: Gtids | undefined }
  /** What was left out, because who asked has it, ends here. */
  | { readonly type: 'heartbeat' }

/** @param start of the event's header, which names the server that wrote the transaction first */
export function gtidBody(type: number, bytes: Buffer, start: number, at: number): GtidBody | undefined {
  switch (type) {
    case types.heartbeat:
      return { type: 'heartbeat' }
    case types.gtid: {
      const gtid = { source: uuidText(bytes, at + 1, 16), server: 0, number: bytes.readBigInt64LE(at + 17) }
      return { type: 'gtid', isGroup: false, gtid }
    }
    case types.anonymousGtid:
    case types.taggedGtid:
      return { type: 'gtid', isGroup: false, gtid: undefined }
    case types.previousGtids:
      return { type: 'gtids', gtids: MysqlGtidSet.decode(bytes, at) }
    case types.mariaDbGtid: {
      const isGroup = ((bytes[at + 12] as number) & 1) === 0
      const server = bytes.readUInt32LE(start + 5)
      const gtid = { source: String(bytes.readUInt32LE(at + 8)), server, number: bytes.readBigUInt64LE(at) }
      return { type: 'gtid', isGroup, gtid }
    }
    case types.mariaDbGtidList:
      return { type: 'gtids', gtids: gtidList(bytes, at) }
  }
  return undefined
}

/** Of each domain the last one of each server, and behind those the last one of the domain. */
function gtidList(bytes: Buffer, at: number): Gtids {
  const gtids = new MariaDbGtids()
  // The upper bits are flags.
  const count = bytes.readUInt32LE(at) & 0x0fff_ffff
  for (let i = 0, next = at + 4; i < count; i++, next += 16)
    gtids.add({
      source: String(bytes.readUInt32LE(next)),
      server: bytes.readUInt32LE(next + 4),
      number: bytes.readBigUInt64LE(next + 8),
    })
  return gtids
}
