import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mysqlConnector } from '../../../src/extract-load/connectors/mysql/index.js'
import { merged } from '../../support/cdc.suite.js'
import { Sshd, sshdPath } from '../../support/ssh/sshd.js'
import { expectSame } from './cdc-bench.js'
import { account, bench, describeMysql, run, server } from './mysql-bench.js'

const { PATH } = process.env

/** OpenSSH's server of this machine; where there is none, the tests say that they were skipped. */
describe.skipIf(sshdPath === undefined)('behind an SSH server', () => {
  let ssh: Sshd
  beforeAll(async () => {
    ssh = await Sshd.start()
  })
  afterAll(() => ssh.stop())

  describeMysql('a MySQL or MariaDB server', () => {
    const config = (more: Record<string, unknown> = {}) => ({
      host: 'localhost',
      port: server.port,
      ...account,
      tunnel_method: ssh.tunnel({ tunnel_method: 'SSH_KEY_AUTH', ssh_key: ssh.key }),
      ...more,
    })
    const source = (more?: Record<string, unknown>) => `{ connector: mysql, config: ${JSON.stringify(config(more))} }`
    const context = (more?: Record<string, unknown>) => ({
      config: config(more),
      projectDir: bench.dir,
      file: 'c.yaml',
    })
    const cdc = { replication_method: { method: 'CDC' } }

    /** How often `ssh` was started. */
    const tunnels = async () => (await readFile(bench.path('ssh.log'), 'utf8').catch(() => '')).split('\n').length - 1
    const connections = async () => {
      const [rows] = await server.admin.query("show global status like 'Connections'")
      return Number((rows as { Value: string }[])[0]?.Value)
    }

    beforeEach(async () => {
      await mkdir(bench.path('bin'))
      const log = bench.path('ssh.log')
      await writeFile(bench.path('bin/ssh'), `#!/bin/sh\necho >> '${log}'\nPATH='${PATH}' exec ssh "$@"\n`)
      await chmod(bench.path('bin/ssh'), 0o755)
      process.env.PATH = [join(bench.dir, 'bin'), PATH].join(delimiter)
    })
    afterEach(() => {
      process.env.PATH = PATH
    })

    it('checks, discovers, reads tables and its log by way of it, and never without', async () => {
      await run("create table t (id int primary key, v text); insert into t values (1, 'a'), (2, 'b')")
      const before = await connections()
      expect(await mysqlConnector.check(context())).toMatchObject({ status: 'succeeded' })
      expect(await mysqlConnector.check(context(cdc))).toMatchObject({ status: 'succeeded' })
      expect(await mysqlConnector.discover(context(cdc))).toMatchObject([{ name: 't' }])
      expect(await bench.syncSource(source(), 't')).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
      const sync = async () => (await bench.syncStreams(source(cdc), `{ t: ${merged} }`, { fullRefresh: false }))[0]
      await bench.query('drop table raw.t')
      expect(await sync()).toMatchObject({ status: 'succeeded' })
      await run("insert into t values (3, 'c'); delete from t where id = 1")
      expect(await sync()).toMatchObject({ status: 'succeeded', recordsRead: 2 })
      await expectSame('t', ['id', 'v'])
      expect(await connections()).toBe(before + (await tunnels()))
    })

    it('holds the certificate to `host`, not to where the tunnel begins', async () => {
      await run('create table t (id int); insert into t values (1)')
      const { ca, foreign } = server.certificates
      const tls = (ca_certificate: string) => ({ ssl_mode: { mode: 'verify_identity', ca_certificate } })
      expect(await bench.syncSource(source(tls(ca)), 't')).toMatchObject({ status: 'succeeded' })
      expect((await bench.syncSource(source(tls(foreign)), 't')).error).toMatchObject({ code: 'SOURCE_REFUSED' })
      // The same address by a name that is not in the certificate.
      expect((await bench.syncSource(source({ ...tls(ca), host: '127.1' }), 't')).error).toMatchObject({
        code: 'SOURCE_REFUSED',
        message: expect.stringContaining('127.1'),
      })
      expect(await bench.syncSource(source({ host: '127.1' }), 't')).toMatchObject({ status: 'succeeded' })
      expect((await bench.syncSource(source({ ...tls(ca), host: '127.0.0.1' }), 't')).error).toMatchObject({
        code: 'SOURCE_REFUSED',
        message: expect.stringContaining('needs the name'),
      })
    })

    it('says itself what it refuses; where ssh is refused, ssh says it', async () => {
      await run('create table t (id int)')
      expect((await bench.syncSource(source({ password: 'wrong' }), 't')).error).toMatchObject({
        code: 'SOURCE_REFUSED',
        hint: expect.stringContaining('`password`'),
      })
      const foreign = { tunnel_method: ssh.tunnel({ tunnel_method: 'SSH_KEY_AUTH', ssh_key: await ssh.foreignKey() }) }
      expect((await bench.syncSource(source(foreign), 't')).error).toMatchObject({
        code: 'SOURCE_UNREACHABLE',
        message: expect.stringContaining('Permission denied'),
      })
      expect((await bench.syncSource(source({ port: 1 }), 't')).error).toMatchObject({
        code: 'SOURCE_UNREACHABLE',
        message: expect.stringContaining('SSH tunnel'),
      })
    })

    it('a cancelled sync leaves no session on the server', async () => {
      await run(
        'create view slow as with recursive s(i) as (select 1 union all select i + 1 from s where i < 900) select i, sleep(0.01) as z, repeat("x", 2000) as x from s',
      )
      const stop = new AbortController()
      const syncing = bench.syncSource(source(), 'slow', '{}', { signal: stop.signal })
      await new Promise((resolve) => setTimeout(resolve, 1500))
      stop.abort()
      expect((await syncing).status).toBe('cancelled')
      const sessions = async () => {
        const [rows] = await server.admin.query(
          `select count(*) as n from information_schema.processlist where user = '${account.username}'`,
        )
        return (rows as { n: number }[])[0]?.n
      }
      await expect.poll(sessions, { timeout: 5000 }).toBe(0)
    })
  })
})
