import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ColumnVector, shortTextBytes } from '../column-chunk.js'
import { type WarehouseConnection, withConnection } from '../contract.js'
import { warehouseContract } from '../contract.suite.js'
import { openDuckDb } from './index.js'

warehouseContract('duckdb', () => openDuckDb({ path: ':memory:' }), { beforeChrist: '0044-03-15 (BC) 10:00:00.5' })

it('keeps what the keys of a map tell apart', async () => {
  const warehouse = await openDuckDb({ path: ':memory:' })
  const sql = "select map([{'a': 1}, {'a': 2}], ['x', 'y']), map([1, 2], ['x', 'y'])"
  const { rows } = await withConnection(warehouse, (connection) => connection.query(sql))
  await warehouse.close()
  expect(rows).toEqual([
    [
      { "{'a': 1}": 'x', "{'a': 2}": 'y' },
      { '1': 'x', '2': 'y' },
    ],
  ])
})

describe('rows that come as columns', () => {
  const texts = (...values: (string | null)[]): ColumnVector => {
    const bytes = Buffer.from(values.join(''))
    const data = new Uint8Array(values.length * 16)
    const validity = new Uint8Array(Math.ceil(values.length / 64) * 8).fill(0xff)
    const view = new DataView(data.buffer)
    let at = 0
    for (const [row, value] of values.entries()) {
      const size = Buffer.byteLength(value ?? '')
      if (value === null) validity[row >> 3] = (validity[row >> 3] as number) & ~(1 << (row & 7))
      view.setUint32(row * 16, size, true)
      data.set(bytes.subarray(at, at + Math.min(size, size > shortTextBytes ? 4 : size)), row * 16 + 4)
      if (size > shortTextBytes) view.setUint32(row * 16 + 8, at, true)
      at += size
    }
    return { data, validity, pieces: [{ bytes, from: 0, to: bytes.length }] }
  }
  const numbers = (...values: number[]): ColumnVector => ({ data: new Uint8Array(Int32Array.from(values).buffer) })
  const name = { database: 'memory', schema: 'main', identifier: 't' }

  it.each([undefined, 1])('are appended in their order, with texts of any length (threads: %s)', async (threads) => {
    const warehouse = await openDuckDb({ path: ':memory:', threads })
    await withConnection(warehouse, async (connection) => {
      await connection.query('create table t (id int, v varchar, made varchar)')
      await connection.begin()
      const appender = await connection.appendTo?.(name, { computed: ["'m' || c0"] })
      const long = (id: number) => `${id} ${'long '.repeat(id % 50)}`
      const rows = 300_000
      for (let first = 0; first < rows; first += 2000) {
        const ids = Array.from({ length: 2000 }, (_, i) => first + i)
        const values = ids.map((id) => (id % 7 === 0 ? null : id % 7 === 1 ? 'exactly 12 b' : long(id)))
        await appender?.append({ rowCount: 2000, columns: [numbers(...ids), texts(...values)] })
      }
      await appender?.close()
      await connection.commit()
      const { rows: found } = await connection.query(
        `select count(*), count(v), count(*) filter (rowid <> id), count(*) filter (made <> 'm' || id),
           count(*) filter (v <> case id % 7 when 1 then 'exactly 12 b' else id || ' ' || repeat('long ', id % 50) end) from t`,
      )
      expect(found).toEqual([[rows, rows - Math.ceil(rows / 7), 0, 0, 0]])
    })
    await warehouse.close()
  })

  it('are nobody else’s, whoever changes tables meanwhile', async () => {
    const warehouse = await openDuckDb({ path: ':memory:' })
    const [own, other] = [await warehouse.connect(), await warehouse.connect()]
    await own.query('create table t (id int)')
    await expect(own.appendTo?.(name)).rejects.toThrow('within a transaction')
    await own.begin()
    const appender = await own.appendTo?.(name)
    for (let i = 0; i < 200; i++) {
      await appender?.append({ rowCount: 2048, columns: [numbers(...Array(2048).fill(i))] })
      if (i % 20 === 0) await other.query('create or replace table u (a int)')
    }
    await expect(appender?.append({ rowCount: 2049, columns: [numbers(...Array(2049).fill(1))] })).rejects.toThrow(
      '2048',
    )
    await expect(appender?.append({ rowCount: 3, columns: [numbers(1, 2)] })).rejects.toThrow('do not take 8 bytes')
    await appender?.close()
    await own.commit()
    expect((await other.query('select count(*), sum(id) from t')).rows).toEqual([[200 * 2048, 2048 * 100 * 199]])
    await warehouse.close()
  })

  it('that cannot be appended are an error, and leave nothing', async () => {
    const warehouse = await openDuckDb({ path: ':memory:' })
    await withConnection(warehouse, async (connection) => {
      await connection.query('create table t (id int, made int)')
      await connection.begin()
      const appender = await connection.appendTo?.(name, {
        computed: ["case when c0 < 2 then 1 else error('no such thing') end"],
      })
      await appender?.append({ rowCount: 2, columns: [numbers(1, 2)] })
      await expect(appender?.close()).rejects.toThrow('no such thing')
      await connection.rollback()
      expect((await connection.query('select count(*) from t')).rows).toEqual([[0]])
      await connection.begin()
      const dropped = await connection.appendTo?.(name, { computed: ['1'] })
      await dropped?.append({ rowCount: 1, columns: [numbers(1)] })
      await expect(connection.query('select 1')).rejects.toThrow('close or drop the appender')
      await dropped?.drop()
      expect((await connection.query('select count(*) from t')).rows).toEqual([[0]])
      await expect(connection.query("from _millrace_rows('1')")).rejects.toThrow("Millrace's own loads")
    })
    await warehouse.close()
  })
})

it('calls functions of this process, from every session and in every row, but not for NULL', async () => {
  const warehouse = await openDuckDb({ path: ':memory:' })
  try {
    const [one, two] = [await warehouse.connect(), await warehouse.connect()]
    await one.addTextFunction?.('shout', (mark, text) => `${text.toUpperCase()}${mark}`)
    await two.addTextFunction?.('shout', () => 'another one')
    const { rows } = await two.query(
      "select count(*), count(v), min(v), max(v) from (select shout('!', case when i % 2 = 0 then 'ü' || lpad(i::varchar, 5, '0') end) as v from range(10000) r(i))",
    )
    expect(rows).toEqual([[10000, 5000, 'Ü00000!', 'Ü09998!']])
    let calls = 0
    await two.addTextFunction?.('numbered', (_, text) => `${text}${calls++}`, { isVolatile: true })
    expect((await two.query("select count(distinct numbered('', 'x')) from range(5000)")).rows).toEqual([[5000]])
    await two.addTextFunction?.('fail', () => {
      throw new Error('no such key')
    })
    await expect(two.query("select fail('a', 'b')")).rejects.toThrow('no such key')
    await one.close()
    await two.close()
  } finally {
    await warehouse.close()
  }
})

describe('a DuckDB file', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-duckdb-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('is shared by everyone in the process who opens it, under any of its names', async () => {
    const path = join(folder, 'a.duckdb')
    const one = await openDuckDb({ path })
    const two = await openDuckDb({ path: join(folder, '.', 'a.duckdb') })
    await withConnection(one, (connection) => connection.query('create table t as select 1 as a'))
    await one.close()
    expect((await withConnection(two, (connection) => connection.query('select a from t'))).rows).toEqual([[1]])
    await two.close()
    const again = await openDuckDb({ path })
    expect((await withConnection(again, (connection) => connection.query('select a from t'))).rows).toEqual([[1]])
    await again.close()
  })

  it('keeps what was written when it is opened again while the last one closes', async () => {
    const path = join(folder, 'b.duckdb')
    const one = await openDuckDb({ path })
    await withConnection(one, (connection) => connection.query('create table t as select 1 as a'))
    const closing = one.close()
    const two = await openDuckDb({ path })
    await closing
    await withConnection(two, (connection) => connection.query('insert into t values (2)'))
    await two.close()
    const three = await openDuckDb({ path })
    expect((await withConnection(three, (connection) => connection.query('select a from t'))).rows).toEqual([[1], [2]])
    await three.close()
  })

  it('is opened after a kill whatever stands in its log, also what DuckDB cannot repeat by itself', async () => {
    const path = join(folder, 'killed.duckdb')
    const statements = [
      "create table t as select '1' as a",
      'alter table t add column b uuid default uuid()',
      'alter table t alter a type json',
    ]
    const program = `
      const { DuckDBInstance } = require('@duckdb/node-api')
      const run = async () => {
        const connection = await (await DuckDBInstance.create(${JSON.stringify(path)})).connect()
        for (const sql of ${JSON.stringify(statements)}) await connection.run(sql)
        process.kill(process.pid, 'SIGKILL')
      }
      run()`
    expect(spawnSync(process.execPath, ['-e', program]).signal).toBe('SIGKILL')
    const warehouse = await openDuckDb({ path })
    const sql = 'select a::varchar, b is not null from t'
    expect((await withConnection(warehouse, (connection) => connection.query(sql))).rows).toEqual([['1', true]])
    await warehouse.close()
  })

  it('says which folder is missing', async () => {
    const path = join(folder, 'no', 'such', 'x.duckdb')
    await expect(openDuckDb({ path })).rejects.toMatchObject({ code: 'WAREHOUSE_OPEN_FAILED' })
  })
})

describe('memory of loads', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-memory-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  const limitOf = async (session: WarehouseConnection) =>
    String((await session.query("select current_setting('memory_limit')")).rows[0]?.[0])

  it('is little while nothing else goes on, and what somebody says', async () => {
    const warehouse = await openDuckDb({ path: join(folder, 'a.duckdb') })
    const [load, other] = [await warehouse.connect({ isLoad: true }), await warehouse.connect()]
    const usual = await limitOf(other)
    const little = await limitOf(load)
    expect(little).toMatch(/MiB$/)
    const lifted = await limitOf(other)
    expect(Number.parseFloat(lifted) / Number.parseFloat(usual)).toBeCloseTo(1, 1)
    expect([await limitOf(load), await limitOf(other)]).toEqual([little, lifted])
    await other.query("set global memory_limit = '1GB'")
    expect(await limitOf(load)).toBe('953.6 MiB')
    await warehouse.close()
    const limited = await openDuckDb({ path: join(folder, 'b.duckdb'), memoryLimit: '1GB' })
    await withConnection(limited, async (load) => expect(await limitOf(load)).toBe('953.6 MiB'), { isLoad: true })
    await limited.close()
  })

  const large = "select length(string_agg(repeat('x', 16000000), '')) from range(11)"
  const opened = async (name: string) => {
    const warehouse = await openDuckDb({ path: join(folder, name) })
    const load = await warehouse.connect({ isLoad: true })
    await load.query('set global threads = 2')
    return { warehouse, load }
  }

  it('is lifted where loads need more: whoever ran out hears of it, and has more from then on', async () => {
    const { warehouse, load } = await opened('c.duckdb')
    const other = await warehouse.connect({ isLoad: true })
    const found = await Promise.allSettled([load.query(large), other.query(large)])
    for (const outcome of found)
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: 'WAREHOUSE_MEMORY', retryable: true })
    expect(found.some(({ status }) => status === 'rejected')).toBe(true)
    expect((await other.query(large)).rows).toEqual([[176000000]])
    await warehouse.close()
  })

  it('is not for many columns at once, whose blocks would not have room', async () => {
    const { warehouse, load } = await opened('f.duckdb')
    const names = Array.from({ length: 150 }, (_, i) => `c${i} int`)
    await load.query(`create table t (${names.join(', ')})`)
    const other = await warehouse.connect({ isLoad: true })
    const little = await limitOf(other)
    await load.begin()
    const appender = await load.appendTo?.({ schema: 'main', identifier: 't' })
    expect(await limitOf(other)).not.toBe(little)
    await appender?.close()
    await load.commit()
    expect(await limitOf(other)).toBe(little)
    await warehouse.close()
  })
})
