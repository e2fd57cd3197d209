import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openPostgres, type PostgresWarehouseOptions, withConnection } from '../../src/warehouse/index.js'
import { type StartedServer, startPostgres } from '../support/postgres-server.js'
import { Sshd, sshdPath } from '../support/ssh/sshd.js'
import { SyncBench } from '../support/sync-bench.js'

/** OpenSSH's server of this machine, for its own user; where there is none, the tests say that they were skipped. */
describe.skipIf(sshdPath === undefined)('a database behind an SSH server', () => {
  let ssh: Sshd
  let server: StartedServer
  let options: PostgresWarehouseOptions & { readonly user: string; readonly password: string }

  beforeAll(async () => {
    server = await startPostgres()
    ssh = await Sshd.start()
  }, 60_000)
  beforeEach(async () => {
    options = await server.database()
  })
  afterAll(async () => {
    await ssh.stop()
    await server.stop()
  })

  const source = (tunnel: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    `{ connector: postgres, config: ${JSON.stringify({
      host: '127.0.0.1',
      port: options.port,
      database: options.database,
      username: options.user,
      password: options.password,
      tunnel_method: tunnel,
      ...more,
    })} }`

  it('is read with a key', async () => {
    const warehouse = await openPostgres(options)
    await withConnection(warehouse, (connection) =>
      connection.query("create table t as select i as id, repeat('x', 500) as v from generate_series(1, 20000) i"),
    )
    await warehouse.close()
    const bench = await SyncBench.open()
    try {
      const tunnel = ssh.tunnel({ tunnel_method: 'SSH_KEY_AUTH', ssh_key: ssh.key })
      const result = await bench.syncSource(source(tunnel), 't')
      expect(result).toMatchObject({ status: 'succeeded', recordsCommitted: 20_000 })
    } finally {
      await bench.close()
    }
  })

  it('is out of reach where the login is refused, and says so in the words of ssh', async () => {
    const bench = await SyncBench.open()
    try {
      const refused = ssh.tunnel({ tunnel_method: 'SSH_KEY_AUTH', ssh_key: await ssh.foreignKey() })
      const { error } = await bench.syncSource(source(refused), 't')
      expect(error).toMatchObject({ code: 'SOURCE_UNREACHABLE', message: expect.stringContaining('Permission denied') })
      const withPassword = ssh.tunnel({ tunnel_method: 'SSH_PASSWORD_AUTH', tunnel_user_password: 'wrong' })
      const { error: second } = await bench.syncSource(source(withPassword), 't')
      expect(second).toMatchObject({
        code: 'SOURCE_UNREACHABLE',
        message: expect.stringContaining('Permission denied'),
      })
    } finally {
      await bench.close()
    }
  })

  it('says itself what it refuses, whatever ssh says besides; and a port where nobody listens is the end of the tunnel', async () => {
    const bench = await SyncBench.open()
    try {
      // The first time ssh tells that it wrote down the server.
      const first = ssh.tunnel({ tunnel_method: 'SSH_KEY_AUTH', ssh_key: ssh.key }, 'never-seen')
      const { error } = await bench.syncSource(source(first, { database: 'nope' }), 't')
      expect(error).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringContaining('nope') })
      const tunnel = ssh.tunnel({ tunnel_method: 'SSH_KEY_AUTH', ssh_key: ssh.key })
      const { error: second } = await bench.syncSource(source(tunnel, { port: 1 }), 't')
      expect(second).toMatchObject({ code: 'SOURCE_UNREACHABLE', message: expect.stringContaining('SSH tunnel') })
    } finally {
      await bench.close()
    }
  })
})
