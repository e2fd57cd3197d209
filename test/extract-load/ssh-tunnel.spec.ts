import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openPostgres, type PostgresWarehouseOptions, withConnection } from '../../src/warehouse/index.js'
import { startPostgres, type TestServer } from '../support/postgres-server.js'
import { type Sshd, sshdPath, startSshd } from '../support/ssh/sshd.js'
import { SyncBench } from '../support/sync-bench.js'

/** OpenSSH's server of this machine, for its own user; where there is none, the tests say that they were skipped. */
describe.skipIf(sshdPath === undefined)('a database behind an SSH server', () => {
  let sshd: Sshd
  let server: TestServer
  let options: PostgresWarehouseOptions & { readonly user: string; readonly password: string }

  beforeAll(async () => {
    server = await startPostgres()
    sshd = await startSshd()
  }, 60_000)
  beforeEach(async () => {
    options = await server.database()
  })
  afterAll(async () => {
    await sshd.stop()
    await server.stop()
  })

  const source = (tunnel: Record<string, unknown>) =>
    `{ connector: postgres, config: ${JSON.stringify({
      host: '127.0.0.1',
      port: options.port,
      database: options.database,
      username: options.user,
      password: options.password,
      tunnel_method: {
        tunnel_host: '127.0.0.1',
        tunnel_port: sshd.port,
        tunnel_user: userInfo().username,
        tunnel_known_hosts: join(sshd.dir, 'known'),
        ...tunnel,
      },
    })} }`

  it('is read with a key', async () => {
    const warehouse = await openPostgres(options)
    await withConnection(warehouse, (connection) =>
      connection.query("create table t as select i as id, repeat('x', 500) as v from generate_series(1, 20000) i"),
    )
    await warehouse.close()
    const bench = await SyncBench.open()
    try {
      const result = await bench.syncSource(source({ tunnel_method: 'SSH_KEY_AUTH', ssh_key: sshd.key }), 't')
      expect(result).toMatchObject({ status: 'succeeded', recordsCommitted: 20_000 })
    } finally {
      await bench.close()
    }
  })

  it('is out of reach where the login is refused, and says so in the words of ssh', async () => {
    const bench = await SyncBench.open()
    try {
      const other = join(sshd.dir, 'other')
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other])
      const refused = { tunnel_method: 'SSH_KEY_AUTH', ssh_key: await readFile(other, 'utf8') }
      const { error } = await bench.syncSource(source(refused), 't')
      expect(error).toMatchObject({ code: 'SOURCE_UNREACHABLE', message: expect.stringContaining('Permission denied') })
      const withPassword = { tunnel_method: 'SSH_PASSWORD_AUTH', tunnel_user_password: 'wrong' }
      const { error: second } = await bench.syncSource(source(withPassword), 't')
      expect(second).toMatchObject({
        code: 'SOURCE_UNREACHABLE',
        message: expect.stringContaining('Permission denied'),
      })
    } finally {
      await bench.close()
    }
  })
})
