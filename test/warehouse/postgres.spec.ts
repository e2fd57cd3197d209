import { describe, expect, it } from 'vitest'
import { warehouseContract } from '../../src/warehouse/contract.suite.js'
import { openPostgres, withConnection } from '../../src/warehouse/index.js'
import { postgresOfFile } from '../support/postgres-of-file.js'

const server = postgresOfFile()

warehouseContract('postgres', async () => openPostgres(await server.database()))

describe('a PostgreSQL database', () => {
  it('answers the values of its own types exactly', async () => {
    const warehouse = await openPostgres(await server.database())
    try {
      await withConnection(warehouse, async (connection) => {
        const { columns, rows } = await connection.query(`
          create type mood as enum ('glad', 'sad');
          select array[1, null, 3], array[['a,b', 'c"d'], ['', 'null']], '\\x00ff'::bytea, '{"a": 1.10}'::json,
            '1 year 2 days'::interval, 'sad'::mood, 1.10::numeric(10, 3), 'x'::varchar(7),
            '0044-03-15 BC'::date, '2024-07-01 00:30:00.000001+05:30'::timestamptz`)
        expect(rows).toEqual([
          [
            [1, null, 3],
            [
              ['a,b', 'c"d'],
              ['', 'null'],
            ],
            new Uint8Array([0, 255]),
            '{"a": 1.10}',
            '1 year 2 days',
            'sad',
            '1.100',
            'x',
            '0044-03-15 BC',
            '2024-06-30T19:00:00.000001Z',
          ],
        ])
        expect(columns.map(({ type }) => type).slice(5, 8)).toEqual(['mood', 'numeric(10,3)', 'character varying(7)'])
      })
    } finally {
      await warehouse.close()
    }
  })

  it('says the place, the detail and the hint of a failed statement', async () => {
    const warehouse = await openPostgres(await server.database())
    try {
      await withConnection(warehouse, async (connection) => {
        await expect(connection.query('select 1,\n  nothing')).rejects.toMatchObject({
          code: 'WAREHOUSE_SQL',
          message: 'column "nothing" does not exist',
          data: { line: 2, column: 3 },
        })
        await connection.query('create table t (a int not null)')
        await expect(connection.query('insert into t values (null)')).rejects.toMatchObject({
          message: expect.stringContaining('DETAIL:  Failing row contains (null).'),
        })
      })
    } finally {
      await warehouse.close()
    }
  })

  it('lets a table be altered that was read with a limit in the same transaction', async () => {
    const warehouse = await openPostgres(await server.database())
    try {
      await withConnection(warehouse, async (connection) => {
        await connection.query('create table t as select * from generate_series(1, 1000) as g (a)')
        await connection.begin()
        expect((await connection.query('select * from t', { limit: 1 })).truncated).toBe(true)
        await connection.query('alter table t add column b int')
        await connection.commit()
      })
    } finally {
      await warehouse.close()
    }
  })

  it('answers the last of several statements, with what the server says of it', async () => {
    const warehouse = await openPostgres(await server.database())
    try {
      await withConnection(warehouse, async (connection) => {
        const last = await connection.query('select 1; create table t (a int); insert into t values (1), (2);')
        expect(last).toMatchObject({ commandTag: 'INSERT 0 2', rowsAffected: 2, rows: [], columns: [] })
        const limited = await connection.query('set search_path to public; select a from t', { limit: 1 })
        expect(limited).toMatchObject({ rows: [[1]], truncated: true })
      })
    } finally {
      await warehouse.close()
    }
  })

  it('reads no more than the limit where a semicolon stands in a text', async () => {
    const warehouse = await openPostgres(await server.database())
    const sql = "select ';', generate_series(1, 3)"
    const { commandTag, rows } = await withConnection(warehouse, (connection) => connection.query(sql, { limit: 0 }))
    await warehouse.close()
    expect(rows).toEqual([])
    expect(commandTag).toBe('SELECT 0')
  })

  it('copies more rows than fit into a buffer, and goes on behind rows that cannot be read or taken', async () => {
    const warehouse = await openPostgres(await server.database())
    function* rows(last: () => string) {
      for (let i = 0; i < 20_000; i++) yield [String(i), 'x'.repeat(50)]
      yield [last(), '']
    }
    const unreadable = () => {
      throw new Error('the file is gone')
    }
    await withConnection(warehouse, async (connection) => {
      await connection.query('create table t (a int, b text)')
      const copy = (last: () => string) => connection.query('copy t from stdin', { copyRows: rows(last) })
      await expect(copy(unreadable)).rejects.toThrow('the file is gone')
      await expect(copy(() => 'no number')).rejects.toThrow('invalid input syntax')
      await copy(() => '7')
      expect((await connection.query('select count(*) from t')).rows).toEqual([[20_001]])
    })
    await warehouse.close()
  })

  it('hands on what the server remarks', async () => {
    const warehouse = await openPostgres(await server.database())
    const notices: string[] = []
    try {
      await withConnection(warehouse, (connection) =>
        connection.query('drop table if exists missing', { onNotice: (message) => notices.push(message) }),
      )
    } finally {
      await warehouse.close()
    }
    expect(notices).toEqual(['table "missing" does not exist, skipping'])
  })

  it('takes role, search path and application name from its options', async () => {
    const options = await server.database()
    const admin = await openPostgres(options)
    await withConnection(admin, (connection) =>
      connection.query('create schema "my schema"; create role reader; grant usage on schema "my schema" to reader'),
    )
    await admin.close()
    const warehouse = await openPostgres({
      ...options,
      role: 'reader',
      searchPath: '"my schema", public',
      applicationName: 'tests',
    })
    try {
      const { rows } = await withConnection(warehouse, (connection) =>
        connection.query("select current_user, current_schema(), current_setting('application_name')"),
      )
      expect(rows).toEqual([['reader', 'my schema', 'tests']])
    } finally {
      await warehouse.close()
    }
  })

  it('says that a connection was lost in the middle of a statement, and that another try helps', async () => {
    const warehouse = await openPostgres(await server.database())
    try {
      await withConnection(warehouse, async (connection) => {
        const [[pid] = []] = (await connection.query('select pg_backend_pid()')).rows
        const sleeping = connection.query('select pg_sleep(60)')
        const ended = expect(sleeping).rejects.toMatchObject({ code: 'WAREHOUSE_CONNECTION_LOST', retryable: true })
        await withConnection(warehouse, (other) => other.query(`select pg_terminate_backend(${pid})`))
        await ended
        await expect(connection.query('select 1')).rejects.toMatchObject({ code: 'WAREHOUSE_CONNECTION_LOST' })
      })
    } finally {
      await warehouse.close()
    }
  })

  it('tells a server that does not answer from one that refuses', async () => {
    const options = await server.database()
    await expect(openPostgres({ ...options, port: 1 })).rejects.toMatchObject({
      code: 'WAREHOUSE_UNREACHABLE',
      retryable: true,
      message: expect.stringContaining(`${options.host}:1`),
    })
    await expect(openPostgres({ ...options, database: 'missing' })).rejects.toMatchObject({ code: 'WAREHOUSE_REFUSED' })
    await expect(openPostgres({ ...options, ssl: { mode: 'require' } })).rejects.toMatchObject({
      code: 'WAREHOUSE_UNREACHABLE',
      message: expect.stringContaining('SSL'),
    })
  })
})
