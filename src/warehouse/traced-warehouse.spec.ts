import { afterEach, describe, expect, it } from 'vitest'
import { registerSecret, type SpanAttributes, setTracer } from '../base/index.js'
import type { QueryResult, Warehouse, WarehouseConnection } from './contract.js'
import { operationOf, traced } from './traced-warehouse.js'

it.each([
  ['select 1', 'SELECT'],
  ['select schema_name from x', 'SELECT'],
  ['/* {"app": "dbt"} */\n  create or replace temp table "a" as select 1', 'CREATE TABLE'],
  ['-- a comment\ncreate table a (i int)', 'CREATE TABLE'],
  ["insert into a values ('secret')", 'INSERT INTO'],
  ['(select 1) union all select 2', 'SELECT'],
  ['begin transaction', 'BEGIN'],
  ['', 'QUERY'],
])('%s is called %s', (sql, operation) => {
  expect(operationOf(sql)).toBe(operation)
})

describe('a warehouse whose statements are spans', () => {
  afterEach(() => setTracer())

  class Connection {
    #count = 0
    async query(): Promise<QueryResult> {
      this.#count++
      return { columns: [], rows: [], rowsAffected: this.#count, truncated: false }
    }
    async commit() {
      await this.query()
    }
    async *stream(sql: string) {
      yield { columns: [], rows: [['a'], ['b']], rowsAffected: 0, truncated: false }
      if (sql.includes('broken')) throw new Error('It broke')
      yield { columns: [], rows: [['c']], rowsAffected: 0, truncated: false }
    }
  }
  const warehouse = { type: 'postgres', database: 'd', connect: async () => new Connection() } as unknown as Warehouse

  async function told(work: (connection: WarehouseConnection) => Promise<unknown>, showsSql = true) {
    const spans: (readonly [string, SpanAttributes])[] = []
    const current = {
      traceparent: undefined,
      event() {},
      fail() {},
      set: (more: SpanAttributes) => spans.push(['+', more]),
    }
    setTracer({
      showsSql,
      current: () => current,
      inSpan: async (name, { attributes = {} }, inside) => {
        spans.push([name, attributes])
        return inside(current)
      },
    })
    await work(await traced(warehouse).connect())
    return spans
  }

  it('tells of statements and commits, and how many rows they had', async () => {
    const spans = await told(async (connection) => {
      await connection.query('delete from t')
      await connection.commit()
    })
    expect(spans).toMatchObject([
      ['DELETE FROM', { 'db.system.name': 'postgresql', 'db.namespace': 'd', 'db.query.text': 'delete from t' }],
      ['+', { 'millrace.rows_affected': 1 }],
      ['COMMIT', {}],
      ['+', {}],
    ])
  })

  it.each([
    ['select whole', 3, 3],
    ['select left', 1, 2],
    ['select broken', 3, 2],
  ])('tells of a query that is read piece by piece: %s', async (sql, most, rows) => {
    let read = 0
    const spans = await told(async (connection) => {
      const reading = (async () => {
        for await (const piece of connection.stream?.(sql) ?? []) {
          read += piece.rows.length
          if (read > most - 1 && most < 3) break
        }
      })()
      if (sql.includes('broken')) await expect(reading).rejects.toThrow('It broke')
      else await reading
    })
    expect(spans).toMatchObject([
      ['SELECT', { 'db.query.text': sql }],
      ['+', { 'db.response.returned_rows': rows }],
      ...(sql.includes('broken') ? [] : [['+', {}]]),
    ])
  })

  it.each([
    ['select 1', false, undefined],
    ["create secret s (type s3, key_id 'x')", true, undefined],
    ["select 'top-4711' as x", true, undefined],
    [`select '${'x'.repeat(3_000)}'`, true, expect.stringMatching(/^.{2000} …$/)],
  ])('of %.40s with texts %s the text is %s', async (sql, showsSql, text) => {
    registerSecret('top-4711')
    const [first] = await told((connection) => connection.query(sql), showsSql)
    expect(first?.[1]['db.query.text']).toEqual(text)
  })

  it('is the warehouse itself where nobody collects spans', () => {
    expect(traced(warehouse)).toBe(warehouse)
  })
})
