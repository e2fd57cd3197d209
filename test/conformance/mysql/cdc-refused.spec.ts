import mysql from 'mysql2/promise'
import { expect, it } from 'vitest'
import { lockedPosition } from '../../../src/extract-load/connectors/mysql/cdc/server-log.js'
import { queryTexts } from '../../../src/extract-load/connectors/mysql/connect.js'
import { mysqlConnector } from '../../../src/extract-load/connectors/mysql/index.js'
import { SourceSession } from '../../../src/extract-load/connectors/mysql/session.js'
import { merged } from '../../support/cdc.suite.js'
import { cdc, expectSame, rowsOf, sync } from './cdc-bench.js'
import { account, bench, describeMysql, resetLog, run, server } from './mysql-bench.js'

describeMysql('the moment of a snapshot', () => {
  it('has the place in the log that belongs to it, also where a lock must say so', async ({ skip }) => {
    if (!server.isMariaDb) skip('the server does not say itself what is right')
    await run('create table t (id int auto_increment primary key, v int)')
    const { database, username: user, password } = account
    const end = new AbortController()
    const writers = [1, 2, 3].map(async () => {
      const writer = await mysql.createConnection({ host: '127.0.0.1', port: server.port, user, password, database })
      while (!end.signal.aborted) await writer.query('insert into t (v) values (1), (2)')
      await writer.end()
    })
    const config = { host: '127.0.0.1', port: server.port, ...account, replication_method: { method: 'CDC' } }
    try {
      for (let i = 0; i < 30; i++) {
        const session = await SourceSession.open({ config, projectDir: bench.dir, file: 'c.yaml' })
        const { file, pos } = await lockedPosition(session, 't')
        const rows = await queryTexts(session.connection, "show status like 'binlog\\_snapshot\\_%'")
        await session.end()
        expect(rows.map(([, value]) => value)).toEqual([file, String(pos)])
      }
    } finally {
      end.abort()
      await Promise.all(writers)
    }
  })
})

describeMysql('what cannot be followed', () => {
  const tried = async (streams: string, config = '', more = {}) =>
    (await bench.syncStreams(cdc(config), streams, more))[0]
  const anew = ', invalid_cdc_cursor_position_behavior: Re-sync data'

  it('a log that was purged or reset is an error that says what to do; or the table is read anew', async () => {
    await run('create table t (id int primary key); insert into t values (1)')
    await sync(`{ t: ${merged} }`)
    const [[file] = []] = await rowsOf('show binary logs').then((files) => files.slice(-1))
    await run('insert into t values (2); flush binary logs; flush binary logs')
    const [[last] = []] = (await rowsOf('show binary logs')).slice(-1)
    // The server keeps files for a moment that its own recovery may need.
    await expect
      .poll(
        async () => {
          await server.admin.query(`purge binary logs to '${last}'`)
          return (await rowsOf('show binary logs')).length
        },
        { timeout: 20_000 },
      )
      .toBe(1)
    expect((await tried(`{ t: ${merged} }`))?.error).toMatchObject({
      code: 'CDC_POSITION_LOST',
      message: `What changed in \`t\` since the last sync is lost: the server no longer has the file \`${file}\` of its binary log.`,
      hint: expect.stringContaining('--full-refresh'),
    })
    expect(await tried(`{ t: ${merged} }`, anew)).toMatchObject({ status: 'succeeded', generationId: 2, tableRows: 2 })
    await run('insert into t values (3)')
    await resetLog()
    expect((await tried(`{ t: ${merged} }`))?.error).toMatchObject({ code: 'CDC_POSITION_LOST' })
    expect(await tried(`{ t: ${merged} }`, '', { fullRefresh: true })).toMatchObject({
      status: 'succeeded',
      tableRows: 3,
    })
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await run('insert into t values (4)')
    await resetLog()
    await run('insert into t values (5), (6), (7), (8)')
    expect((await tried(`{ t: ${merged} }`))?.error?.message).toMatch(/the log was reset, or the server is another one/)
  })

  it('a table without a key, a view, a key that cascades and a stream that is not there are refused by name', async () => {
    await run(`create table t (id int, v text); create view w as select * from t; create table p (id int primary key);
      create table c (id int primary key, p int, constraint fk foreign key (p) references p (id) on delete cascade)`)
    // Who may read only, is shown less by the catalogue.
    const user = `'${account.username}'@'%'`
    await server.admin.query(`revoke all on ${account.database}.* from ${user}`)
    await server.admin.query(`grant select, lock tables on ${account.database}.* to ${user}`)
    for (const stream of ['t', 'w', 'c'])
      expect((await tried(`{ ${stream}: ${merged} }`))?.error).toMatchObject({
        code: 'CDC_NOT_READY',
        message: expect.stringContaining(`\`${stream}\``),
      })
    expect((await tried(`{ none: ${merged} }`))?.error).toMatchObject({ code: 'STREAM_NOT_FOUND' })
    expect(await tried(`{ c: ${merged} }`, ', cascading_foreign_keys: Ignore')).toMatchObject({ status: 'succeeded' })
  })

  it('a table of which the user may read only some columns is refused: in the log those have no names', async () => {
    await run('create table t (id int primary key, secret bigint, v bigint); insert into t values (1, 7, 1)')
    const user = `'${account.username}'@'%'`
    await server.admin.query(`revoke all on ${account.database}.* from ${user}`)
    await server.admin.query(`grant lock tables on ${account.database}.* to ${user}`)
    await server.admin.query(`grant select (id, v) on ${account.database}.t to ${user}`)
    expect((await tried(`{ t: ${merged} }`))?.error).toMatchObject({
      code: 'CDC_NOT_READY',
      message: expect.stringContaining('all columns of `t`'),
      hint: expect.stringContaining('grant select on'),
    })
    await server.admin.query(`grant select on ${account.database}.t to ${user}`)
    expect(await tried(`{ t: ${merged} }`)).toMatchObject({ status: 'succeeded' })
  })

  it('a server or a user that is not ready is told of, with what to do', async () => {
    await run('create table t (id int primary key)')
    const refused = async () => (await tried(`{ t: ${merged} }`))?.error
    for (const [name, value, usual] of [
      ['binlog_format', 'MIXED', 'ROW'],
      ['binlog_row_image', 'MINIMAL', 'FULL'],
    ]) {
      await server.admin.query(`set global ${name} = '${value}'`)
      try {
        expect(await refused()).toMatchObject({
          code: 'CDC_NOT_READY',
          hint: expect.stringContaining(`${name} = ${usual}`),
        })
      } finally {
        await server.admin.query(`set global ${name} = '${usual}'`)
      }
    }
    await server.admin.query(`revoke replication slave on *.* from '${account.username}'@'%'`)
    expect(await refused()).toMatchObject({
      code: 'CDC_NOT_READY',
      hint: expect.stringMatching(/grant replication slave/),
    })
    await server.admin.query(`revoke all privileges, grant option from '${account.username}'@'%'`)
    await server.admin.query(`grant select on ${account.database}.* to '${account.username}'@'%'`)
    expect(await refused()).toMatchObject({
      code: 'CDC_NOT_READY',
      hint: expect.stringMatching(/grant replication slave/),
    })
  })

  it('rows that a session writes as statements, or in part, are read anew', async () => {
    await run("create table t (id int primary key, v text); insert into t values (1, 'a')")
    await sync(`{ t: ${merged} }`)
    await run(
      "set session binlog_format = 'STATEMENT'; insert into t values (2, 'b'); set session binlog_format = 'ROW'",
    )
    expect(await tried(`{ t: ${merged} }`)).toMatchObject({ status: 'succeeded', generationId: 2, tableRows: 2 })
    await run(
      "set session binlog_row_image = 'MINIMAL'; update t set v = 'c' where id = 2; set session binlog_row_image = 'FULL'",
    )
    expect(await tried(`{ t: ${merged} }`)).toMatchObject({ status: 'succeeded', generationId: 3 })
    await expectSame('t', ['id', 'v'])
    await run(
      "set session sql_log_bin = 0; alter table t add x varchar(9) default 'x'; set session sql_log_bin = 1; insert into t values (3, 'd', 'y')",
    )
    expect(await tried(`{ t: ${merged} }`)).toMatchObject({ status: 'succeeded', generationId: 4 })
    await expectSame('t', ['id', 'v', 'x'])
  })

  it('streams are discovered with the cursor that the log gives; tables without a key are read as a whole', async () => {
    await run('create table t (id int primary key, v int); create table n (v int)')
    const config = { host: '127.0.0.1', port: server.port, ...account, replication_method: { method: 'CDC' } }
    const context = { config, projectDir: bench.dir, file: 'c.yaml' }
    expect(await mysqlConnector.check(context)).toMatchObject({ status: 'succeeded' })
    expect(await mysqlConnector.discover(context)).toMatchObject([
      { name: 'n', supportedSyncModes: ['full_refresh'], sourceDefinedCursor: false },
      {
        name: 't',
        supportedSyncModes: ['full_refresh', 'incremental'],
        sourceDefinedCursor: true,
        defaultCursorField: ['_ab_cdc_cursor'],
      },
    ])
  })
})
