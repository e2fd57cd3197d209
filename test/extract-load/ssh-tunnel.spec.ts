import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openPostgres, type PostgresWarehouseOptions, withConnection } from '../../src/warehouse/index.js'
import { startPostgres, type TestServer } from '../support/postgres-server.js'
import { SyncBench } from '../support/sync-bench.js'

const sshd = ['/usr/sbin/sshd', '/usr/bin/sshd'].find((path) => existsSync(path))

/** OpenSSH's server of this machine, for its own user; where there is none, the tests say that they were skipped. */
describe.skipIf(sshd === undefined)('a database behind an SSH server', () => {
  let dir: string
  let port: number
  let daemon: ChildProcess
  let server: TestServer
  let options: PostgresWarehouseOptions & { readonly user: string; readonly password: string }
  let key: string

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'millrace-sshd-'))
    await chmod(dir, 0o755)
    for (const name of ['host', 'user'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, name)])
    key = await readFile(join(dir, 'user'), 'utf8')
    await writeFile(join(dir, 'authorized'), await readFile(join(dir, 'user.pub')))
    // Where it leaves the user what it needs to drop its rights; systems make it when the service starts.
    await mkdir('/run/sshd', { recursive: true }).catch(() => {})
    server = await startPostgres()
    port = await freePort()
    const settings = `Port ${port}
ListenAddress 127.0.0.1
HostKey ${join(dir, 'host')}
AuthorizedKeysFile ${join(dir, 'authorized')}
StrictModes no
PasswordAuthentication no
PidFile none
UsePAM no
`
    await writeFile(join(dir, 'config'), settings)
    daemon = spawn(sshd as string, ['-D', '-e', '-f', join(dir, 'config')], { stdio: 'ignore' })
    await answers(port)
  }, 60_000)
  beforeEach(async () => {
    options = await server.database()
  })
  afterAll(async () => {
    daemon.kill()
    await server.stop()
    await rm(dir, { recursive: true, force: true })
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
        tunnel_port: port,
        tunnel_user: userInfo().username,
        tunnel_known_hosts: join(dir, 'known'),
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
      const result = await bench.syncSource(source({ tunnel_method: 'SSH_KEY_AUTH', ssh_key: key }), 't')
      expect(result).toMatchObject({ status: 'succeeded', recordsCommitted: 20_000 })
    } finally {
      await bench.close()
    }
  })

  it('is out of reach where the login is refused, and says so in the words of ssh', async () => {
    const bench = await SyncBench.open()
    try {
      const other = join(dir, 'other')
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

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

async function answers(port: number): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('sshd does not listen')
}
