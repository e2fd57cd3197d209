import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type ColumnChunk, type ColumnVector, rowsPerChunk, textAt } from '../../../../warehouse/index.js'
import { readColumn } from '../columns.js'
import { executeRaw } from './execute-raw.js'
import { connectTo, recordedServer, replies } from './recorded-server.suite.js'
import { RowDecoder } from './row-decoder.js'

const types = {
  ti: 'tinyint',
  tu: 'tinyint unsigned',
  si: 'smallint',
  mi: 'mediumint',
  mu: 'mediumint unsigned',
  i: 'int',
  bi: 'bigint',
  bu: 'bigint unsigned',
  f: 'float',
  d: 'double',
  de: 'decimal(12,2)',
  dl: 'decimal(38,10)',
  y: 'year',
  da: 'date',
  dt: 'datetime',
  d6: 'datetime',
  ts: 'timestamp',
  b1: 'bit(1)',
  b12: 'bit(12)',
  c: 'varchar',
  l: 'longtext',
  bn: 'binary',
  e: 'enum',
  u: 'uuid',
}
const readers = () =>
  Object.entries(types).map(([name, columnType]) => {
    const [, dataType = '', precision, scale] = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?/.exec(columnType) ?? []
    return readColumn({
      name,
      dataType,
      columnType,
      precision: Number(precision),
      scale: Number(scale ?? 0),
      isJson: false,
    }).reader()
  })

async function read(stream: Duplex): Promise<ColumnChunk> {
  const connection = connectTo(stream)
  connection.on('error', () => {})
  let decoder: RowDecoder | undefined
  for await (const _ of executeRaw(connection, 'select * from t', (wireTypes) => {
    const rows = new RowDecoder(readers(), wireTypes)
    decoder = rows
    return (bytes, start) => rows.add(bytes, start)
  }))
    throw new Error('There is no full chunk.')
  connection.destroy()
  return decoder?.end() as ColumnChunk
}

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex')
/** The value of a row as the little-endian number that its bytes are. */
function value(chunk: ColumnChunk, name: string, row: number): bigint | undefined {
  const vector = chunk.columns[Object.keys(types).indexOf(name)]
  if (!vector || (vector.validity && ((vector.validity[row >> 3] ?? 0) & (1 << (row & 7))) === 0)) return undefined
  const width = vector.data.length / chunk.rowCount
  const bytes = Buffer.from(vector.data.subarray(row * width, (row + 1) * width)).reverse()
  return BigInt(`0x${hex(bytes)}`)
}
const signed = (bits: number, number: bigint) => BigInt.asUintN(bits, number)
const micros = (iso: string, rest = 0) => BigInt(Date.parse(`${iso}Z`)) * 1000n + BigInt(rest)
const float = (number: number) => BigInt(new Uint32Array(new Float32Array([number]).buffer)[0] as number)
const double = (number: number) => new BigUint64Array(new Float64Array([number]).buffer)[0]

describe('rows as a server sent them', () => {
  it('become vectors, every value exact', async () => {
    const chunk = await read(recordedServer(replies))
    const of = (row: number) => (name: string) => value(chunk, name, row)
    expect(chunk.rowCount).toBe(3)
    expect(Object.fromEntries(Object.keys(types).map((name) => [name, of(0)(name)]))).toMatchObject({
      ti: signed(8, -128n),
      tu: 255n,
      si: signed(16, -32768n),
      mi: signed(32, -8388608n),
      mu: 16777215n,
      i: 2147483647n,
      bi: 2n ** 63n,
      bu: 2n ** 64n - 1n,
      f: float(0.7),
      d: double(-0.1),
      de: signed(64, -1234560n),
      dl: signed(128, -12345678901234567890123456780123456789n),
      y: 2024n,
      da: BigInt(Date.UTC(2024, 1, 29) / 86_400_000),
      dt: micros('2024-02-29T00:00:00'),
      d6: micros('2024-02-29T12:34:56.789', 12),
      ts: 999_999n,
      b1: 1n,
      b12: 0xabcn,
      u: 0x123e4567e89b12d3a456426655440000n ^ (1n << 127n),
    })
    expect(Object.keys(types).map(of(1))).toEqual(Object.keys(types).map(() => undefined))
    expect(Object.fromEntries(Object.keys(types).map((name) => [name, of(2)(name)]))).toMatchObject({
      i: signed(32, -1n),
      d: double(1e300),
      de: 5n,
      dl: 1n,
      y: 1901n,
      da: undefined,
      dt: undefined,
      d6: micros('9999-12-31T23:59:59.999', 999),
      ts: 1_000_000n,
      b1: 0n,
      u: 255n ^ (1n << 127n),
    })
    const at = (name: string) => chunk.columns[Object.keys(types).indexOf(name)]
    expect(['da', 'dt', 'd6', 'c'].map((name) => at(name)?.unfitRows)).toEqual([[2], [2], [], []])
    expect(Buffer.from(at('c')?.data.subarray(32, 48) ?? []).toString()).toBe('\x0c\0\0\0twelve bytes')
    expect(Buffer.from(textAt(at('l') as ColumnVector, 0)).toString()).toBe('long '.repeat(60))
    expect(hex(at('bn')?.data.subarray(0, 8))).toBe('0300000061620000')
  })

  it('a server that says an error is heard', async () => {
    const error = Buffer.concat([Buffer.from([0xff, 0x1e, 0x04]), Buffer.from('#42S22no such column')])
    const packet = Buffer.concat([Buffer.from([error.length, 0, 0, 1]), error])
    await expect(read(recordedServer([...replies.slice(0, 2), packet]))).rejects.toMatchObject({
      errno: 1054,
      message: 'no such column',
    })
  })

  it('a server that goes away in the middle of a row is missed', async () => {
    const [last = Buffer.alloc(0)] = replies.slice(-1)
    const cut = last.subarray(0, last.length - 100)
    await expect(read(recordedServer([...replies.slice(0, -1), cut], true))).rejects.toMatchObject({
      code: 'PROTOCOL_CONNECTION_LOST',
    })
  })

  it('the socket is not read while nobody asks for more', async () => {
    const stream = recordedServer(replies)
    const connection = connectTo(stream)
    const rows = executeRaw(connection, 'select * from t', () => (_, start, end) => end - start)
    const sizes = [(await rows.next()).value]
    expect(stream.isRead).toBe(false)
    for await (const size of rows) sizes.push(size)
    expect(sizes).toHaveLength(3)
    connection.destroy()
  })

  it('who stops in the middle leaves no open socket', async () => {
    const stream = recordedServer(replies.slice(0, -1).concat((replies.at(-1) ?? Buffer.alloc(0)).subarray(0, -9)))
    const connection = connectTo(stream)
    connection.on('error', () => {})
    for await (const _ of executeRaw(connection, 'select * from t', () => () => 1)) break
    expect(stream.destroyed).toBe(true)
  })
})

describe('chunks', () => {
  const varchar = () =>
    readColumn({
      name: 's',
      dataType: 'longtext',
      columnType: 'longtext',
      precision: 0,
      scale: 0,
      isJson: false,
    }).reader()
  const varString = 253
  const row = (...lengthAndText: Buffer[]) => Buffer.concat([Buffer.from([0, 0]), ...lengthAndText])
  it.each([
    [250, [250]],
    [251, [0xfc, 251, 0]],
    [65_536, [0xfd, 0, 0, 1]],
    [2 ** 24, [0xfe, 0, 0, 0, 1, 0, 0, 0, 0]],
  ])('a text of %d bytes', (size, length) => {
    const decoder = new RowDecoder([varchar()], [varString])
    const first = decoder.add(row(Buffer.from(length), Buffer.alloc(size, 'x')), 0)
    const chunk = first ?? decoder.end()
    expect(textAt(chunk?.columns[0] as ColumnVector, 0).length).toBe(size)
    // What is so large does not wait for two thousand more of its kind.
    expect(first !== undefined).toBe(size === 2 ** 24)
  })
  it('hold as many rows as a vector', () => {
    const decoder = new RowDecoder([varchar()], [varString])
    const sizes = Array.from({ length: rowsPerChunk * 2 + 1 }, () => decoder.add(row(Buffer.from([1, 0x61])), 0))
    expect(sizes.flatMap((chunk, i) => (chunk ? [[i, chunk.rowCount]] : []))).toEqual([
      [rowsPerChunk - 1, rowsPerChunk],
      [rowsPerChunk * 2 - 1, rowsPerChunk],
    ])
    expect(decoder.end()?.rowCount).toBe(1)
    expect(decoder.end()).toBeUndefined()
  })
  const number = (columnType: string) =>
    readColumn({
      name: 'i',
      dataType: columnType.split(' ')[0] as string,
      columnType,
      precision: 0,
      scale: 0,
      isJson: false,
    }).reader()
  const longLong = 8
  const hexOf = (value: bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value))
    return bytes
  }
  it.each([
    ['int', -7n, -7],
    ['int', 2n ** 31n, undefined],
    ['int', -(2n ** 31n), -(2 ** 31)],
    ['int unsigned', 2n ** 32n - 1n, 2 ** 32 - 1],
    ['int unsigned', 2n ** 32n, undefined],
    ['tinyint', 128n, undefined],
  ])('of a view that says %s and gives eight bytes, %d is %d', (columnType, value, expected) => {
    const decoder = new RowDecoder([number(columnType)], [longLong])
    decoder.add(row(hexOf(value)), 0)
    const { data, unfitRows } = decoder.end()?.columns[0] ?? {}
    const bytes = Buffer.from(data ?? [])
    expect(unfitRows).toEqual(expected === undefined ? [0] : [])
    if (expected === undefined) return
    expect(columnType.endsWith('unsigned') ? bytes.readUInt32LE() : bytes.readInt32LE()).toBe(expected)
  })
  it('of one that says bigint and gives four bytes, the sign stays', () => {
    const long = 3
    const decoder = new RowDecoder([number('bigint')], [long])
    decoder.add(row(Buffer.from([0xfe, 0xff, 0xff, 0xff])), 0)
    expect(Buffer.from(decoder.end()?.columns[0]?.data ?? []).readBigInt64LE()).toBe(-2n)
  })
  it('what is no number is refused', () => {
    expect(() => new RowDecoder([number('int')], [varString])).toThrow('no fixed length')
    const decoder = new RowDecoder([number('float')], [1])
    decoder.add(row(Buffer.alloc(1)), 0)
    expect(() => decoder.end()).toThrow('1 bytes')
  })
})
