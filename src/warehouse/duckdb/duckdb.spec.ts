import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withConnection } from '../contract.js'
import { warehouseContract } from '../contract.suite.js'
import { openDuckDb } from './index.js'

warehouseContract('duckdb', () => openDuckDb({ path: ':memory:' }))

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
