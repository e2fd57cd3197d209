import type { Connection } from 'mysql2'
import { quoteLiteral } from '../../../../sql/index.js'
import { queryTexts, socketOf } from '../connect.js'
import { type Packet, pullPackets } from '../rows/pull-packets.js'
import { type LogEvent, LogFileReader } from './binlog-events.js'
import type { Gtids } from './gtids.js'
import { fileAfter, type LogPosition } from './log-position.js'
import { MysqlGtidSet } from './mysql-gtid-set.js'

const comBinlogDump = 0x12
const comBinlogDumpGtid = 0x1e
/** The server ends the answer where its log ends, instead of waiting for more. */
const nonBlocking = 0x01
/** Events that are looked at together. */
const batchBytes = 256 * 1024

/**
 * What a replica says before it asks: that it knows checksums (the first event, which says the file, comes without) and MariaDB's own
 * events, and that writing may take as long as the warehouse needs.
 */
const introduction = [
  "set @master_binlog_checksum = 'NONE', @source_binlog_checksum = 'NONE'",
  'set @mariadb_slave_capability = 4',
  'set @slave_uuid = uuid(), @replica_uuid = @slave_uuid',
]

/** What is used of mysql2 for a command that it does not have: https://github.com/sidorares/node-mysql2/blob/master/lib/base/connection.js */
interface RawConnection {
  sequenceId: number
  write(bytes: Buffer): void
  addCommand(command: { execute(packet: RawPacket | undefined): boolean; onResult(error: unknown): void }): void
}

interface RawPacket extends Packet {
  isError(): boolean
  asError(encoding: string): Error
}

/** Where the log is read from: a place in it, or behind the transactions that were read, wherever they stand. */
export type LogStart = LogPosition | Gtids

const isPlace = (from: LogStart): from is LogPosition => 'file' in from

/**
 * Reads the binary log to its end: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_binlog_dump.html
 * While nobody asks for more, the socket is not read, and the server waits.
 * @param isDone asked after each event: whether it is the last one that is wanted
 * @throws what the server or the socket says
 */
export async function* dumpBinlog(
  connection: Connection,
  from: LogStart,
  isDone: (event: LogEvent) => boolean,
): AsyncGenerator<readonly LogEvent[], void> {
  for (const statement of introduction) await queryTexts(connection, statement)
  const request = isPlace(from) ? dumpRequest(askable(from)) : await gtidRequest(connection, from)
  const reader = new LogFileReader(isPlace(from) ? askable(from).file : '')
  let batch: LogEvent[] = []
  let bytes = 0
  const take = () => {
    const taken = batch
    batch = []
    bytes = 0
    return taken
  }
  let isOver = false
  let isWhole = false
  const packets = pullPackets<readonly LogEvent[]>(connection, (sink) => {
    const raw = connection as unknown as RawConnection
    const end = () => {
      isOver = true
      sink.put(take())
      sink.end()
    }
    raw.addCommand({
      execute(packet) {
        if (packet === undefined) {
          raw.write(request)
          raw.sequenceId = 1
          return false
        }
        if (isOver) return false
        if (packet.isError()) {
          sink.fail(packet.asError('utf8'))
          return true
        }
        const { buffer, offset, end: packetEnd } = packet
        if (buffer[offset] === 0xfe) {
          isWhole = true
          end()
          return true
        }
        const event = reader.read(buffer, offset + 1, packetEnd)
        if (event === undefined) return false
        batch.push(event)
        bytes += event.end - event.at
        if (isDone(event)) end()
        else if (bytes >= batchBytes) sink.put(take())
        return false
      },
      onResult: sink.fail,
    })
  })
  try {
    yield* packets
  } finally {
    // The server still answers, and the session is not good for anything else.
    if (!isWhole) socketOf(connection).destroy()
  }
}

/** Behind a transaction so large that the request cannot say the place the file ends: the server begins a new one. */
const askable = (from: LogPosition): LogPosition => (from.pos < 2 ** 32 ? from : { file: fileAfter(from.file), pos: 4 })

function dumpRequest({ file, pos }: LogPosition): Buffer {
  const name = Buffer.from(file)
  const request = Buffer.alloc(15 + name.length)
  request.writeUIntLE(11 + name.length, 0, 3)
  request[4] = comBinlogDump
  request.writeUInt32LE(pos, 5)
  request.writeUInt16LE(nonBlocking, 9)
  request.writeUInt32LE(replicaId(), 11)
  name.copy(request, 15)
  return request
}

/**
 * MariaDB is told beforehand behind which transactions it has to begin, and then asked as ever:
 * https://mariadb.com/kb/en/5-slave-registration/, https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_binlog_dump_gtid.html
 */
async function gtidRequest(connection: Connection, from: Gtids): Promise<Buffer> {
  if (!(from instanceof MysqlGtidSet)) {
    await queryTexts(connection, 'set @slave_gtid_strict_mode = 1, @slave_gtid_ignore_duplicates = 0')
    await queryTexts(connection, `set @slave_connect_state = ${quoteLiteral(from.text)}`)
    return dumpRequest({ file: '', pos: 4 })
  }
  const set = from.encode()
  const request = Buffer.alloc(27 + set.length)
  request.writeUIntLE(23 + set.length, 0, 3)
  request[4] = comBinlogDumpGtid
  request.writeUInt16LE(nonBlocking, 5)
  request.writeUInt32LE(replicaId(), 7)
  // No file, whose name takes no bytes; the place in it in eight.
  request.writeUInt32LE(4, 15)
  request.writeUInt32LE(set.length, 23)
  set.copy(request, 27)
  return request
}

/** The server ends the session of another reader with the same number: one that no replica has, a new one each time. */
const replicaId = () => 0x8000_0000 + Math.floor(Math.random() * 0x7fff_ffff)
