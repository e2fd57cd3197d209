import { describe, expect, it } from 'vitest'
import { mysqlConnector } from '../../../src/extract-load/connectors/mysql/index.js'
import { account, bench, describeMysql, loaded, run, server, sync, yaml } from './mysql-bench.js'

describeMysql('a MySQL or MariaDB server', () => {
  describe('rows', () => {
    it('more than a chunk, in rows of every width, come over complete', async () => {
      await run(
        `create table t (i int primary key, s longtext);
         insert into t with recursive s(i) as (select 0 union all select i + 1 from s where i < 99) select a.i * 100 + b.i, if(b.i % 3 = 0, null, repeat('x', b.i)) from s a, s b;
         insert into t values (10001, repeat('y', 70000)), (10002, ''), (10003, repeat('z', 12)), (10004, repeat('z', 13)), (10005, repeat('z', 250)), (10006, repeat('z', 251)), (10007, repeat('z', 65536))`,
      )
      expect(await sync('t')).toMatchObject({ recordsRead: 10007, recordsCommitted: 10007, tableRows: 10007 })
      const [[sum]] = (await server.admin.query({
        sql: `select cast(sum(length(s)) as char), count(s), sum(i * length(s)) % 1000003 from ${account.database}.t`,
        rowsAsArray: true,
      })) as unknown as [[unknown[]]]
      expect(
        await bench.query(
          'select sum(length(s))::varchar, count(s), (sum(i * length(s)) % 1000003)::bigint::varchar, count(distinct _airbyte_raw_id), min(_airbyte_generation_id) from raw.t',
        ),
      ).toEqual([[sum?.[0], sum?.[1], String(Number(sum?.[2])), 10007, 1]])
    })
    it('a value larger than a packet of the protocol', async () => {
      await server.admin.query('set global max_allowed_packet = 67108864')
      await run('create table t (id int, b longtext)')
      await run('insert into t values (1, 1), (2, null), (3, 3)')
      const [admin] = [server.admin]
      await admin.changeUser({ user: 'root' })
      await run("set session sql_mode = ''; update t set b = repeat('q', 20000000) where id = 1")
      await sync('t')
      expect(await loaded('t', 'id, length(b)')).toEqual([
        [1, 20000000],
        [2, null],
        [3, 1],
      ])
    })
    it('an empty table, a view and a partitioned table are streams like others', async () => {
      await run(`create table \`empty\` (a int, b text); create view seen as select 7 as a, 'x' as b, 1.5 as c, now(6) as d;
        create table parts (a int) partition by range (a) (partition p0 values less than (2), partition p1 values less than (10)); insert into parts values (1), (2)`)
      expect(await sync('empty')).toMatchObject({ status: 'succeeded', recordsCommitted: 0, tableRows: 0 })
      expect(await sync('seen')).toMatchObject({ status: 'succeeded' })
      await sync('parts')
      expect(await loaded('empty')).toEqual([])
      expect(await loaded('seen', 'a, b, c::varchar')).toEqual([[7, 'x', '1.5']])
      expect(await loaded('parts')).toEqual([[1], [2]])
    })
    it('a view has numbers of every width, whatever the catalogue says of them', async () => {
      await run(`create table b (i int, u bigint unsigned, f float, d date, y year);
        insert into b values (-7, 18446744073709551615, 0.5, '2024-02-29', 2024), (null, null, null, null, null);
        create view seen as select i = -7 as yes, i is null as is_none, -1 as less, if(i is null, 3, 200) as small, month(d) as month, year(d) as y,
          ascii('a') as byte, (select max(i) from b) as most, i * 2 as twice, count(*) over () as n, y + 0 as year, u div 2 as half, f + 0 as f, to_days(d) as days from b`)
      expect(await sync('seen')).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
      expect(await loaded('seen', "columns(c -> c not like '\\_%' escape '\\')::varchar")).toEqual([
        ['1', '0', '-1', '200', '2', '2024', '97', '-7', '-14', '2', '2024', '9223372036854775807', '0.5', '739310'],
        [null, '1', '-1', '3', null, null, '97', '-7', null, '2', null, null, null, null],
      ])
    })
    it('names that need quotes are names like others', async () => {
      await run('create table `odd ``name"` (`a``b` int, `select` int); insert into `odd ``name"` values (1, 2)')
      expect(await sync(`'odd \`name"'`)).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
    })
    it('a table that is emptied is empty afterwards, and one that lost a column keeps it', async () => {
      await run('create table t (a int, b int); insert into t values (1, 2)')
      await sync('t')
      await run('delete from t; alter table t drop column b')
      expect(await sync('t')).toMatchObject({ schemaChanges: [{ kind: 'column_removed', column: 'b' }], tableRows: 0 })
    })
  })

  describe('incremental', () => {
    const by = (cursor: string) => `{ sync_mode: incremental, cursor_field: ${cursor} }`
    it.each(['timestamp(6) null', 'datetime(6)'])(
      'by %s reads what is above the last value, and of the same value what is not there yet',
      async (type) => {
        await run(
          `set session time_zone = '+00:00'; create table t (id int, at ${type}); insert into t values (1, '2024-01-01'), (2, '2024-01-02'), (3, null), (8, '0000-00-00')`,
        )
        expect(await sync('t', by('at'))).toMatchObject({ recordsCommitted: 4 })
        expect(await sync('t', by('at'))).toMatchObject({ recordsCommitted: 0, isUnchanged: true })
        await run(
          `insert into t values (4, '2024-01-02'), (5, '2024-01-01'), (6, '2024-01-03 00:00:00.000001'), (7, null), (9, '0000-00-00')`,
        )
        expect(await sync('t', by('at'))).toMatchObject({ recordsCommitted: 4, tableRows: 8 })
        expect((await loaded('t', 'id')).flat()).toEqual([1, 2, 3, 4, 6, 7, 8, 9])
      },
    )
    it.each([
      ['bigint unsigned', ['18446744073709551613', '18446744073709551614'], '18446744073709551615'],
      ['bigint', ['-9223372036854775808', '9007199254740993'], '9007199254740994'],
      ['float', ['0.3', '0.7'], '0.9'],
      ['double', ['0.1', '1e300'], '1.5e300'],
      ['decimal(30,2)', ['-5', '12345678901234567890.12'], '12345678901234567890.13'],
      [
        'decimal(65,2)',
        ['-5', '12345678901234567890123456789012345678901.12'],
        '12345678901234567890123456789012345678901.13',
      ],
      ['decimal(5,5)', ['-0.00002', '-0.00001'], '0.00001'],
      ['year', ['2001', '2005'], '2006'],
      ['bit(8)', ['1', '49'], '50'],
      ['date', ["'2024-01-01'", "'2024-01-02'"], "'2024-01-03'"],
      ['time', ["'01:00:00'", "'02:00:00'"], "'02:00:01'"],
      ["enum('b', 'a', 'c')", ["'a'", "'b'"], "'c'"],
    ])('by %s, with ties', async (type, [low, high], above) => {
      await run(`create table t (id int, k ${type}); insert into t values (1, ${low}), (2, ${high})`)
      await sync('t', by('k'))
      expect(await sync('t', by('k'))).toMatchObject({ recordsCommitted: 0, isUnchanged: true })
      await run(`insert into t values (3, ${high}), (4, ${above}), (5, ${low})`)
      expect(await sync('t', by('k'))).toMatchObject({ recordsCommitted: 2 })
      expect((await loaded('t', 'id')).flat()).toEqual([1, 2, 3, 4])
    })
    it('by uuid, in the order of its digits', async ({ skip }) => {
      if (!server.isMariaDb) skip('the server is not MariaDB')
      // MariaDB sorts those of version 1 by their time, which stands behind.
      await run(
        "create table t (id int, k uuid); insert into t values (1, '00000000-1111-1111-9111-000000000001'), (2, 'ffffffff-0000-1000-9111-000000000001')",
      )
      await sync('t', by('k'))
      await run(
        "insert into t values (3, 'ffffffff-1111-1111-9111-000000000001'), (4, '11111111-2222-1fff-9111-000000000001')",
      )
      expect(await sync('t', by('k'))).toMatchObject({ recordsCommitted: 1 })
    })
    it('with a key changed rows take the place of the old ones', async () => {
      await run(
        `create table t (id int primary key, at datetime, v decimal(65,3)); insert into t values (1, '2024-01-01', 1), (2, '2024-01-01', 2), (3, '2024-01-01', 3)`,
      )
      const settings = '{ sync_mode: incremental, cursor_field: at, primary_key: id }'
      await sync('t', settings)
      await run(`update t set at = '2024-01-02', v = 20.5 where id = 2; insert into t values (4, '2024-01-02', 4)`)
      expect(await sync('t', settings)).toMatchObject({ tableRows: 4 })
      expect(await loaded('t', 'id, v::varchar')).toEqual([
        [1, '1.000'],
        [2, '20.500'],
        [3, '3.000'],
        [4, '4.000'],
      ])
    })
    it('puts texts in the order of their bytes, not in that of a language', async () => {
      await run(
        `create table t (k varchar(10) charset latin1 collate latin1_swedish_ci); insert into t values ('B'), ('a')`,
      )
      await sync('t', by('k'))
      await run(`insert into t values ('b'), ('A'), ('a '), ('é')`)
      await sync('t', by('k'))
      expect((await loaded('t')).flat()).toEqual(['B', 'a', 'a ', 'b', 'é'])
    })
    it('grows with the table', async () => {
      await run(`create table t (id int, at int); insert into t values (1, 1)`)
      const settings = '{ sync_mode: incremental, cursor_field: at, primary_key: id }'
      await sync('t', settings)
      await run(
        `alter table t add column more text; alter table t modify id bigint; insert into t values (5000000000, 2, 'x')`,
      )
      expect(await sync('t', settings)).toMatchObject({
        schemaChanges: [
          { kind: 'type_changed', column: 'id', from: 'INTEGER', to: 'BIGINT' },
          { kind: 'column_added', column: 'more', to: 'VARCHAR' },
        ],
      })
    })
    it('is refused without a cursor that has an order', async () => {
      await run('create table t (id int, j blob)')
      expect((await sync('t', '{ sync_mode: incremental }')).error?.message).toContain('has no `cursor_field`')
      expect((await sync('t', by('j'))).error?.message).toContain('no order')
      expect((await sync('t', by('nope'))).error?.message).toContain('no column `nope`')
    })
  })

  it('all streams of the database are discovered, with keys, cursors and first rows', async () => {
    await run(`create table orders (b int, a int, at datetime, note varchar(5), bits bit(4), raw blob, n decimal(65,30), primary key (a, b));
      insert into orders values (1, 2, '2024-01-01', 'x', 5, x'ff', 1); create view seen as select a from orders;
      create table hidden (a int, secret int);
      create user if not exists 'limited_${account.database}'@'%' identified by 'secret';
      grant select on ${account.database}.orders to 'limited_${account.database}'@'%'; grant select (a) on ${account.database}.hidden to 'limited_${account.database}'@'%'`)
    const context = (username = account.username) => ({
      config: { host: '127.0.0.1', port: server.port, database: account.database, username, password: 'secret' },
      projectDir: bench.dir,
      file: 'c.yaml',
    })
    const [hidden, orders, seen] = await mysqlConnector.discover(context())
    expect([hidden?.name, orders?.name, seen?.name]).toEqual(['hidden', 'orders', 'seen'])
    expect(orders).toMatchObject({
      namespace: account.database,
      sourceDefinedPrimaryKey: [['a'], ['b']],
      cursorCandidates: [['at'], ['b'], ['a'], ['bits']],
      jsonSchema: { properties: { at: { format: 'date-time' }, n: { type: ['null', 'number'] } } },
      sample: { rows: [['1', '2', '2024-01-01 00:00:00', 'x', '5', '0xFF', '1.000000000000000000000000000000']] },
    })
    const limited = await mysqlConnector.discover(context(`limited_${account.database}`))
    expect(limited.map(({ name, sample }) => [name, sample?.columns.length])).toEqual([
      ['hidden', 1],
      ['orders', 7],
    ])
    expect(await mysqlConnector.check(context())).toMatchObject({
      status: 'succeeded',
      message: expect.stringContaining('3 tables'),
    })
    await run('create view failing as select (select a from orders union all select 1) as a from orders')
    expect((await mysqlConnector.discover(context())).map(({ name, sample }) => [name, sample?.rows.length])).toEqual([
      ['failing', undefined],
      ['hidden', 0],
      ['orders', 1],
      ['seen', 1],
    ])
  })

  describe('what goes wrong', () => {
    it('says what, and leaves the table as it was', async () => {
      await run('create table orders (id int); insert into orders values (1)')
      await sync('orders')
      expect((await sync('order')).error).toMatchObject({
        code: 'STREAM_NOT_FOUND',
        hint: expect.stringContaining('orders'),
      })
      await run(
        'drop table orders; create table two (a int); insert into two values (1), (2); create view orders as select (select a from two) as id from two',
      )
      const { status, error } = await sync('orders')
      expect([status, error?.code]).toEqual(['failed', 'SOURCE_QUERY_FAILED'])
      expect(error?.message).toContain('more than 1 row')
      expect(await loaded('orders')).toEqual([[1]])
    })
    it('tells a wrong password, a wrong database and a wrong port from each other', async () => {
      await run('create table t (a int)')
      const failure = async (source: string) => (await bench.syncSource(source, 't')).error
      expect(await failure(yaml('', 'wrong'))).toMatchObject({
        code: 'SOURCE_REFUSED',
        hint: expect.stringContaining('`password`'),
      })
      expect(await failure(yaml().replace(`database: ${account.database}`, 'database: nope'))).toMatchObject({
        code: 'SOURCE_REFUSED',
      })
      expect(await failure(yaml().replace(/port: \d+/, 'port: 1'))).toMatchObject({ code: 'SOURCE_UNREACHABLE' })
      expect(await failure(yaml(', ssl_mode: { mode: verify_ca, ca_certificate: nope.pem }'))).toMatchObject({
        code: 'SOURCE_REFUSED',
        message: expect.stringContaining('nope.pem'),
      })
    })
    it('encrypts, and checks of the server what it is told to', async () => {
      const schema = server.isMariaDb ? 'information_schema' : 'performance_schema'
      await run(
        `create view seen as select variable_value <> '' as is_encrypted from ${schema}.session_status where variable_name = 'ssl_cipher'`,
      )
      const { ca, foreign } = server.certificates
      const encrypted = async (mode: string, host = '127.0.0.1') => {
        const source = yaml(`, ssl_mode: { mode: ${mode} }`).replace('127.0.0.1', host)
        const { error } = await bench.syncSource(source, 'seen')
        return error?.code ?? (await loaded('seen')).flat().join()
      }
      expect(await encrypted('disabled')).toBe('0')
      expect(await encrypted('preferred')).toBe('1')
      expect(await encrypted('required')).toBe('1')
      expect(await encrypted('verify_ca')).toBe('SOURCE_REFUSED')
      expect(await encrypted(`verify_ca, ca_certificate: ${foreign}`)).toBe('SOURCE_REFUSED')
      expect(await encrypted(`verify_ca, ca_certificate: ${ca}`)).toBe('1')
      expect(await encrypted(`verify_identity, ca_certificate: ${ca}`)).toBe('SOURCE_REFUSED')
      expect(await encrypted(`verify_identity, ca_certificate: ${ca}`, 'localhost')).toBe('1')
    })
    const slow =
      'create view slow as with recursive s(i) as (select 1 union all select i + 1 from s where i < 900) select i, sleep(0.01) as z, repeat("x", 2000) as x from s'
    const sessions = async () => {
      const [rows] = await server.admin.query(
        `select id from information_schema.processlist where user = '${account.username}'`,
      )
      return (rows as { id: number; ID?: number }[]).map(({ id, ID }) => ID ?? id)
    }
    it('a server that goes away ends the sync with an error', async () => {
      await run(slow)
      const syncing = sync('slow')
      await new Promise((resolve) => setTimeout(resolve, 700))
      for (const id of await sessions()) await server.admin.query(`kill ${id}`)
      expect((await syncing).error?.code).toBe('SOURCE_CONNECTION_LOST')
    })
    it('a cancelled sync leaves nothing, neither here nor there', async () => {
      await run(slow)
      const stop = new AbortController()
      const syncing = bench.syncSource(yaml(), 'slow', '{}', { signal: stop.signal })
      await new Promise((resolve) => setTimeout(resolve, 700))
      expect(await sessions()).toHaveLength(1)
      stop.abort()
      expect((await syncing).status).toBe('cancelled')
      expect(await bench.query("select table_name from duckdb_tables() where schema_name = 'raw'")).toEqual([])
      await expect.poll(sessions, { timeout: 3000 }).toEqual([])
    })
    it('nothing is written, and one moment is read', async () => {
      await run('create table t (a int); insert into t values (1)')
      const reading = await mysqlConnector.read(
        {
          config: { host: '127.0.0.1', port: server.port, ...account },
          projectDir: bench.dir,
          file: 'c.yaml',
        },
        {
          stream: { name: 't', syncMode: 'full_refresh', destinationSyncMode: 'overwrite' },
          state: undefined,
        },
      )
      await run('insert into t values (2)')
      const [batch] = reading.batches
      let rows = 0
      if (batch?.representation === 'columns') for await (const chunk of batch.chunks) rows += chunk.rowCount
      await reading.dispose()
      expect(rows).toBe(1)
      await expect.poll(sessions, { timeout: 3000 }).toEqual([])
    })
  })
})
