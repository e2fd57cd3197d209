import { readFileSync } from 'node:fs'
import type { Connection } from 'mysql2'
import { describe, expect, it } from 'vitest'
import { type ColumnChunk, textAt } from '../../../../warehouse/index.js'
import type { CdcEvent } from '../../connector.js'
import type { MysqlColumn } from '../catalogue.js'
import { connectTo, recordedServer, replies } from '../rows/recorded-server.suite.js'
import { dumpBinlog, type LogStart } from './binlog-dump.js'
import { type LogEvent, LogFileReader } from './binlog-events.js'
import { rowPlace } from './change-rows.js'
import { FollowedTable } from './followed-stream.js'
import { comparePositions, fileAfter } from './log-position.js'
import { MariaDbGtids } from './mariadb-gtids.js'
import { MysqlGtidSet } from './mysql-gtid-set.js'
import type { WireColumn } from './table-map.js'
import { tableName, wireColumns } from './table-map.js'

/** Files of the logs of MariaDB and of MySQL; test/conformance/mysql/record-binlog.ts made them. */
interface RecordedLog {
  readonly database: string
  readonly file: string
  readonly bytes: string
  readonly columns: readonly MysqlColumn[]
}
const recordedIn = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as RecordedLog
const recorded = recordedIn('recorded-binlog.json')
const mysqls = recordedIn('recorded-mysql-binlog.json')
const log = Buffer.from(recorded.bytes, 'hex')
const magicBytes = 4

/** Where each event of a file begins and ends. */
function placesOf(bytes: Buffer): [start: number, end: number][] {
  const found: [start: number, end: number][] = []
  for (let at = magicBytes; at < bytes.length; at += bytes.readUInt32LE(at + 9))
    found.push([at, at + bytes.readUInt32LE(at + 9)])
  return found
}
const places = placesOf(log)

function events({ file, bytes }: RecordedLog = recorded): LogEvent[] {
  const all = Buffer.from(bytes, 'hex')
  const reader = new LogFileReader(file)
  return placesOf(all).flatMap(([start, end]) => reader.read(all, start, end) ?? [])
}

const stream = (columns = recorded.columns) => ({
  name: 't',
  keys: ['id'],
  state: { file: '', pos: 0, log: { server_id: 7, created_at: 0 }, columns: [...columns], key: ['id'], dropped: [] },
  from: { file: '', pos: 0 },
  gtids: undefined,
  hasRead: undefined,
  shape: { columns, dropped: [] },
  table: undefined,
})
/** As the server says of `é`. */
const latin1 = Array.from({ length: 256 }, (_, byte) => Buffer.from(String.fromCharCode(byte)))
const tables = new Map([['latin1', latin1]])

const wireOf = (event: LogEvent | undefined): WireColumn[] =>
  event?.type === 'table' ? wireColumns(event.bytes, tableName(event.bytes, event.body).rest) : []

type Changes = Extract<CdcEvent, { type: 'changes' }>

/** The rows of the table's events, in their order. */
async function changes(from: RecordedLog = recorded): Promise<Changes> {
  const all = events(from)
  const table = FollowedTable.of(stream(from.columns), wireOf(all.find(({ type }) => type === 'table')), tables)
  if (!table) throw new Error('The columns do not fit.')
  let isOurs = false
  for (const event of all) {
    if (event.type === 'table') isOurs = tableName(event.bytes, event.body).name === 't'
    if (event.type !== 'rows' || !isOurs) continue
    const place = rowPlace(event.seconds, event.position)
    const { bytes, end } = event.rows
    for (let at = event.rows.at; at < end; ) {
      at = table.locate(bytes, at, table.before)
      if (event.kind === 'update') {
        at = table.locate(bytes, at, table.after)
        expect(table.isSameKey(bytes)).toBe(false)
        table.rows.add(bytes, table.after, place, false)
      } else table.rows.add(bytes, table.before, place, event.kind === 'delete')
    }
  }
  return (await table.rows.take(undefined as unknown as Connection)) as Changes
}

/** A value: a text, bytes as hex, or the number that the bytes of the vector are; undefined where there is none. */
function cell({ chunk, columns }: { chunk: ColumnChunk; columns: Changes['columns'] }, name: string, row: number) {
  const index = columns.findIndex((column) => column.name === name)
  const vector = chunk.columns[index]
  if (!vector) throw new Error(`There is no ${name}.`)
  if (vector.validity && ((vector.validity[row >> 3] ?? 0) & (1 << (row & 7))) === 0) return undefined
  const width = vector.data.length / chunk.rowCount
  const bytes = Buffer.from(vector.data.subarray(row * width, (row + 1) * width))
  const { type = '' } = columns[index] ?? {}
  if (!['VARCHAR', 'JSON', 'BLOB'].includes(type)) {
    const number = BigInt(`0x${bytes.reverse().toString('hex')}`)
    return type.startsWith('U') || type === 'BOOLEAN' ? number : BigInt.asIntN(width * 8, number)
  }
  return Buffer.from(textAt(vector, row)).toString(type === 'BLOB' ? 'hex' : 'utf8')
}

const micros = (iso: string, rest = 0) => BigInt(Date.parse(`${iso}Z`)) * 1000n + BigInt(rest)
const days = (iso: string) => BigInt(Date.parse(iso) / 86_400_000)

describe('a file of the binary log', () => {
  it('is read event by event', () => {
    const all = events()
    expect(all.map(({ type }) => type)).toEqual(
      'format gtids gtid table rows commit gtid table rows commit gtid table rows query table rows commit gtid query rotate'.split(
        ' ',
      ),
    )
    expect(all.flatMap((event) => (event.type === 'rows' ? [event.kind] : []))).toEqual([
      'insert',
      'insert',
      'update',
      'delete',
    ])
    expect(all.find(({ type }) => type === 'format')).toMatchObject({
      file: { name: recorded.file, serverId: 7, isFirst: false },
    })
    expect(all.flatMap((event) => (event.type === 'query' ? [event.sql] : []))).toEqual([
      'SAVEPOINT `s`',
      "alter table t comment = 'c'",
    ])
    expect(all.at(-1)).toMatchObject({ type: 'rotate', next: fileAfter(recorded.file) })
    const commits = all.filter(({ type }) => type === 'commit')
    // Each one ends where the next event begins.
    expect(commits.every(({ position }) => places.some(([start]) => start === position.pos))).toBe(true)
  })

  it('has every value of a row as a snapshot has it', async () => {
    const all = await changes()
    const of = (row: number) => Object.fromEntries(all.columns.map(({ name }) => [name, cell(all, name, row)] as const))
    expect(all.chunk.rowCount).toBe(5)
    expect(of(0)).toMatchObject({
      id: 1n,
      ti: -128n,
      tu: 255n,
      si: -32768n,
      mi: -8388608n,
      mu: 16777215n,
      bi: -(2n ** 63n),
      bu: 2n ** 64n - 1n,
      f: BigInt(new Uint32Array(new Float32Array([0.7]).buffer)[0] as number),
      d: new BigInt64Array(new Float64Array([-0.1]).buffer)[0],
      de: -1234560n,
      d4: -1n,
      dl: -12345678901234567890123456780123456789n,
      big: '12345678.500000000000000000000000000000',
      y: 2024n,
      da: days('2024-02-29'),
      dt: micros('2024-02-29T01:02:03'),
      d3: micros('2024-02-29T01:02:03.004'),
      d6: micros('2024-02-29T12:34:56.789', 12),
      ts: micros('2038-01-19T03:14:07'),
      t6: 1_000_001n,
      tm: '-838:59:59',
      tm3: '-00:00:00.100',
      b1: 1n,
      b12: 0xabcn,
      c: 'ab',
      cl: 'short',
      vc: 'café, longer than twelve',
      l: 'long '.repeat(60),
      bn: '610000',
      vb: '00ff',
      e: "it's",
      s: 'x,z',
      u: 0x123e4567e89b12d3a456426655440000n ^ (1n << 127n),
      _ab_cdc_updated_at: '2023-11-14T22:13:20.000000Z',
      _ab_cdc_deleted_at: undefined,
      _ab_cdc_log_file: recorded.file,
    })
    const none = of(1)
    expect(recorded.columns.map(({ name }) => none[name])).toEqual([2n, ...Array(33).fill(undefined)])
    expect(of(2)).toMatchObject({
      d4: 9999n,
      dl: 1n,
      big: '-0.000000000000000000000000000001',
      y: 1901n,
      da: undefined,
      dt: undefined,
      ts: undefined,
      d6: micros('9999-12-31T23:59:59.999', 999),
      tm: '838:59:59',
      tm3: '12:34:56.789',
      b1: 0n,
      c: '',
      bn: '616263',
      vb: '',
      s: '',
    })
    // The update, then the deletion, which were written packed.
    expect([of(3).id, of(3).ti, of(4).id, of(4).e]).toEqual([7n, 9n, 3n, 'a'])
    expect(of(4)._ab_cdc_deleted_at).toBe('2023-11-14T22:13:20.000000Z')
    expect(of(4)._ab_cdc_cursor).toBe((BigInt(recorded.file.slice(-6)) << 32n) | (of(4)._ab_cdc_log_pos as bigint))
    expect(all.hasUnchanged).toBe(false)
    const unfit = (name: string) => all.chunk.columns[all.columns.findIndex((one) => one.name === name)]?.unfitRows
    expect(['da', 'dt', 'ts', 'd6'].map(unfit)).toEqual([[2, 4], [2, 4], [2, 4], []])
  })

  it('of MySQL has its numbers of transactions, and the same values', async () => {
    const all = events(mysqls)
    expect(all.map(({ type }) => type)).toEqual(
      'format gtids gtid query table rows commit gtid query table rows commit gtid query table rows query table rows commit gtid query rotate'.split(
        ' ',
      ),
    )
    const [before] = all.flatMap((event) => (event.type === 'gtids' ? [event.gtids?.text] : []))
    const [, uuid, last] = /^([0-9a-f-]{36}):1-(\d+)$/.exec(before ?? '') ?? []
    expect(all.flatMap((event) => (event.type === 'gtid' ? [event.gtid] : []))).toEqual(
      [1, 2, 3, 4].map((i) => ({ source: uuid, server: 0, number: BigInt(Number(last) + i) })),
    )
    const [mine, theirs] = [await changes(mysqls), await changes()]
    expect(cell(mine, 'j', 0)).toBe('{"a": [1, 2.5, null, true], "e": 1e100, "ü": "é", "big": 18446744073709551615}')
    expect(cell(mine, 'j', 2)).toBe('"x"')
    const common = recorded.columns.map(({ name }) => name).filter((name) => name !== 'u')
    for (let row = 0; row < 5; row++)
      expect(common.map((name) => [name, cell(mine, name, row)])).toEqual(
        common.map((name) => [name, cell(theirs, name, row)]),
      )
  })

  it('another table than the one that is known is noticed', () => {
    const wire = wireOf(events().find(({ type }) => type === 'table'))
    const changed = (change: (column: MysqlColumn) => MysqlColumn) =>
      FollowedTable.of(stream(recorded.columns.map(change)), wire, tables)
    expect(changed((column) => column)).toBeDefined()
    expect(changed((one) => (one.name === 'vc' ? { ...one, dataType: 'int' } : one))).toBeUndefined()
    expect(FollowedTable.of(stream(recorded.columns.slice(0, -1)), wire, tables)).toBeUndefined()
    expect(FollowedTable.of(stream([...recorded.columns, ...recorded.columns]), wire, tables)).toBeUndefined()
    // A hash that the server hides.
    expect(FollowedTable.of(stream(), [...wire, { type: 8, meta: 0 }], tables)).toBeDefined()
  })

  it.each([
    [39, /parts of JSON values/],
    [40, /compressed transactions/],
  ])('an event of type %d is refused by name', (type, message) => {
    const event = Buffer.alloc(30)
    event[4] = type
    expect(() => new LogFileReader('binlog.000001').read(event, 0, 30)).toThrow(message)
  })

  it('goes on in the next file, however the server says so', () => {
    const rotate = (name: string, isMadeUp: boolean) => {
      const event = Buffer.concat([Buffer.alloc(27), Buffer.from(name)])
      event[4] = 4
      event.writeUInt32LE(isMadeUp ? 0 : 99, 13)
      event.writeBigUInt64LE(4n, 19)
      return event
    }
    const next = (reader: LogFileReader, event: Buffer) => reader.read(event, 0, event.length)
    const reader = new LogFileReader('binlog.000009')
    expect(next(reader, rotate('binlog.000009', true))).toBeUndefined()
    expect(next(reader, rotate('binlog.000010', false))).toMatchObject({ next: 'binlog.000010' })
    // With a checksum, although it is made up.
    expect(next(reader, rotate('binlog.000010\x01\x02\x03\x04', true))).toBeUndefined()
    expect(next(reader, rotate('binlog.000011\x01\x02\x03\x04', true))).toMatchObject({ next: 'binlog.000011' })
    expect(comparePositions({ file: 'a.999999', pos: 5 }, { file: 'a.1000000', pos: 4 })).toBeLessThan(0)
  })
})

describe('asking for the log', () => {
  const ok = Buffer.from('0700000100000002000000', 'hex')
  const packet = (body: Buffer, number: number) => {
    const head = Buffer.alloc(4)
    head.writeUIntLE(body.length, 0, 3)
    head[3] = number
    return Buffer.concat([head, body])
  }
  const answer = (bodies: readonly Buffer[]) => Buffer.concat(bodies.map((body, i) => packet(body, (i + 1) % 256)))
  const told = places.map(([start, end]) => Buffer.concat([Buffer.from([0]), log.subarray(start, end)]))
  const eof = Buffer.from('fe00000200', 'hex')
  const serverOf = (bodies: readonly Buffer[], goesAway = false) =>
    recordedServer([...replies.slice(0, 2), ok, ok, ok, answer(bodies)], goesAway)
  const from = { file: recorded.file, pos: 4 }

  it('hands on what the server tells, to its end', async () => {
    const socket = serverOf([...told, eof])
    const seen: LogEvent[] = []
    const connection = connectTo(socket)
    for await (const batch of dumpBinlog(connection, from, () => false)) {
      expect(socket.isRead).toBe(false)
      seen.push(...batch)
    }
    expect(seen.map(({ type }) => type)).toEqual(events().map(({ type }) => type))
    connection.destroy()
  })

  /** What the client said last, when it asked for the log. */
  const asked = async (from: LogStart, sets: number) => {
    const socket = recordedServer([...replies.slice(0, 2), ...Array<Buffer>(3 + sets).fill(ok), answer([...told, eof])])
    const said: Buffer[] = []
    const write = socket.write.bind(socket) as (chunk: Buffer) => boolean
    socket.write = ((chunk: Buffer) => {
      said.push(chunk)
      return write(chunk)
    }) as typeof socket.write
    const connection = connectTo(socket)
    for await (const _ of dumpBinlog(connection, from, () => false));
    connection.destroy()
    return said.slice(-1 - sets)
  }

  it('is asked for what comes behind transactions, in the words of each server', async () => {
    const uuid = '3e11fa47-71ca-11e1-9e33-c80aa9429562'
    const set = MysqlGtidSet.parse(`${uuid}:1-5`) as MysqlGtidSet
    const [request] = await asked(set, 0)
    const bytes = request?.toString('hex') ?? ''
    // The length, the command, no waiting, a number of a replica, no file, its beginning, the set.
    expect(bytes.slice(0, 14)).toBe('47000000' + '1e' + '0100')
    expect(bytes.slice(22)).toBe(`00000000${'0400000000000000'}30000000${set.encode().toString('hex')}`)
    const [strict, state, dump] = await asked(MariaDbGtids.parse('0-1-42') as MariaDbGtids, 2)
    expect(strict?.toString()).toContain('set @slave_gtid_strict_mode = 1')
    expect(state?.toString()).toContain("set @slave_connect_state = '0-1-42'")
    expect(dump?.toString('hex').slice(8, 22)).toBe('12' + '04000000' + '0100')
  })

  it('stops where no more is wanted, and leaves no open socket', async () => {
    const socket = serverOf([...told, eof])
    const seen: LogEvent[] = []
    for await (const batch of dumpBinlog(connectTo(socket), from, ({ type }) => type === 'commit')) seen.push(...batch)
    expect(seen.map(({ type }) => type)).toEqual(['format', 'gtids', 'gtid', 'table', 'rows', 'commit'])
    expect(socket.destroyed).toBe(true)
  })

  it('hears an error of the server, and misses one that goes away', async () => {
    const read = async (socket: ReturnType<typeof serverOf>) => {
      const connection = connectTo(socket)
      connection.on('error', () => {})
      for await (const _ of dumpBinlog(connection, from, () => false));
    }
    const error = Buffer.concat([Buffer.from([0xff, 0xd4, 0x04]), Buffer.from('#HY000Could not find first log file')])
    await expect(read(serverOf([...told.slice(0, 2), error]))).rejects.toMatchObject({ errno: 1236 })
    await expect(read(serverOf(told.slice(0, 2), true))).rejects.toMatchObject({ code: 'PROTOCOL_CONNECTION_LOST' })
  })
})
