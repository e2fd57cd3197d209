import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkConnection, readConnections } from '../../src/extract-load/index.js'
import type { OnRead } from '../support/broken-answers.js'
import { type RemoteServer, readsRemoteFiles } from '../support/remote-files.suite.js'
import { home, SftpFiles } from '../support/ssh/sftp-files.js'
import { SshServer } from '../support/ssh/ssh-server.js'
import { Sshd, sshdPath } from '../support/ssh/sshd.js'
import { SyncBench } from '../support/sync-bench.js'

const hasSsh = spawnSync('ssh', ['-V']).error === undefined

interface TestServer {
  readonly server: SshServer
  readonly files: SftpFiles
  readonly dir: string
  readonly key: string
  /** Settings of the source. */
  placesOf(login: object): object
  stop(): Promise<void>
}

/** With a user `reader` who has a key, and a password. */
async function startServer(): Promise<TestServer> {
  const dir = await mkdtemp(join(tmpdir(), 'millrace-sftp-test-'))
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, 'key')])
  const files = new SftpFiles()
  const user = { name: 'reader', password: 'a-password', publicKey: await readFile(join(dir, 'key.pub'), 'utf8') }
  const server = await SshServer.start({ user, subsystems: { sftp: files.subsystem } })
  return {
    server,
    files,
    dir,
    key: await readFile(join(dir, 'key'), 'utf8'),
    placesOf: (login) => ({ sftp: { username: 'reader', known_hosts: join(dir, 'known'), ...login } }),
    async stop() {
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function start(): Promise<RemoteServer> {
  const { server, files, key, placesOf, stop } = await startServer()
  return {
    root: `sftp://127.0.0.1:${server.port}/data/`,
    places: placesOf({ private_key: key }),
    refused: placesOf({ password: 'wrong-secret' }),
    secret: 'wrong-secret',
    nowhere: { root: 'sftp://127.0.0.1:1/', places: placesOf({ password: 'a-password' }) },
    put: (name, content, modifiedAt) => files.put(`/data/${name}`, content, modifiedAt),
    remove: (name) => files.files.delete(`/data/${name}`),
    set onRead(onRead: OnRead | undefined) {
      files.onRead = onRead && ((path) => onRead(path.replace('/data/', '')))
    },
    failNext(times) {
      server.dropNext = times
    },
    reset() {
      files.files.clear()
      files.onRead = undefined
      server.dropNext = 0
    },
    stop,
  }
}

describe.skipIf(!hasSsh)('files of a server of SFTP', () => readsRemoteFiles(start))

describe.skipIf(!hasSsh)('a server of SFTP', () => {
  let test: TestServer
  let bench: SyncBench
  beforeAll(async () => {
    test = await startServer()
  })
  afterAll(() => test.stop())
  beforeEach(async () => {
    bench = await SyncBench.open()
    test.files.put('/data/a.csv', 'id\n1\n')
    test.files.put(`${home}/b.csv`, 'id\n2\n')
    test.files.put(`${home}/in/c.csv`, 'id\n3\n')
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    test.files.files.clear()
    test.files.links.clear()
    test.files.forbidden.clear()
    test.files.banner = undefined
    test.files.onPart = undefined
    await bench.close()
  })
  const sourceOf = (path: string, login: object = { password: 'a-password' }, user = '') => {
    const address = `sftp://${user}127.0.0.1:${test.server.port}${path}`
    return JSON.stringify({
      connector: 'file',
      config: { streams: [{ name: 's', path: address }], ...test.placesOf(login) },
    })
  }
  const sync = (...source: Parameters<typeof sourceOf>) => bench.syncSource(sourceOf(...source), 's')
  const ids = () => bench.query('select id from raw.s order by id')

  it('is read with a password, and by the user whom the address names', async () => {
    expect(await sync('/data/a.csv')).toMatchObject({ status: 'succeeded', tableRows: 1 })
    const named = await sync('/data/a.csv', { username: 'somebody', password: 'a-password' }, 'reader@')
    expect(named).toMatchObject({ status: 'succeeded', tableRows: 1 })
  })
  it.each([
    ['/~/b.csv', [2]],
    ['/~/*.csv', [2]],
    ['/~/**/*.csv', [2, 3]],
    [`${home}/in/*.csv`, [3]],
    ['/*/*.csv', [1]],
  ])('has absolute paths, and those below the folder of the user: %s', async (path, expected) => {
    expect(await sync(path)).toMatchObject({ status: 'succeeded' })
    expect(await ids()).toEqual(expected.map((id) => [id]))
  })
  it('calls files as they are asked for, without who asks', async () => {
    await sync('/~/*.csv', undefined, 'reader@')
    expect(await bench.query('select _ab_source_file_url from raw.s')).toEqual([
      [`sftp://127.0.0.1:${test.server.port}/~/b.csv`],
    ])
  })
  it('has links to files, which are files, and to folders, which `**` does not follow', async () => {
    test.files.links.set('/data/link.csv', `${home}/b.csv`)
    test.files.links.set('/data/more', `${home}/in`)
    await sync('/data/*.csv')
    expect(await ids()).toEqual([[1], [2]])
    await sync('/data/*/*.csv')
    expect(await ids()).toEqual([[3]])
    await sync('/data/**/*.csv')
    expect(await ids()).toEqual([[1], [2]])
  })
  it.each([['/data/a.csv'], ['/data/*.csv']])('that forbids it says so: %s', async (path) => {
    test.files.forbidden.add(path.replace('/*.csv', ''))
    expect((await sync(path)).error).toMatchObject({
      code: 'SOURCE_REFUSED',
      message: expect.stringContaining('Permission denied'),
      hint: expect.stringContaining('right to read'),
    })
  })
  it('a file that somebody writes all the time is not read by halves', async () => {
    let rows = 1
    test.files.onPart = (path) => {
      rows++
      test.files.put(path, `id\n${'1\n'.repeat(rows)}`)
    }
    const { error } = await bench.syncSource(sourceOf('/data/a.csv'), 's', '{}', {
      clock: { now: () => new Date(), monotonicMs: () => 0, sleep: async () => {} },
    })
    expect(error).toMatchObject({ code: 'SOURCE_DOWNLOAD_FAILED', message: expect.stringContaining('changed') })
  })
  it('that has another key than before is not logged in to', async () => {
    await sync('/data/a.csv')
    test.server.changeHostKey()
    expect((await sync('/data/a.csv')).error).toMatchObject({
      code: 'SOURCE_REFUSED',
      message: expect.stringContaining('Host key verification failed'),
      hint: expect.stringContaining('known_hosts'),
    })
    await rm(join(test.dir, 'known'))
    expect(await sync('/data/a.csv')).toMatchObject({ status: 'succeeded' })
  })
  it('that prints something else says so', async () => {
    test.files.banner = 'Welcome to our server!\r\n'
    expect((await sync('/data/a.csv')).error).toMatchObject({
      code: 'SOURCE_DOWNLOAD_FAILED',
      message: expect.stringContaining('is not SFTP'),
      hint: expect.stringContaining('.bashrc'),
    })
  })
  it('cannot be reached without ssh, and the error says what to install', async () => {
    vi.stubEnv('PATH', bench.dir)
    await bench.connect(sourceOf('/data/a.csv'), '{ s: {} }')
    const { connections } = await readConnections(bench.dir, bench.path('el'), { env: {} })
    expect(await checkConnection({ connection: connections[0] as never, projectDir: bench.dir })).toMatchObject({
      status: 'failed',
      error: { code: 'SOURCE_PROGRAM_MISSING', hint: expect.stringContaining('openssh-client') },
    })
  })
})

/** OpenSSH's server of this machine, for its own user; where there is none, the tests say that they were skipped. */
describe.skipIf(!hasSsh || sshdPath === undefined)('the server of OpenSSH', () => {
  let sshd: Sshd
  let bench: SyncBench
  beforeAll(async () => {
    sshd = await Sshd.start()
    await mkdir(join(sshd.dir, 'data/x'), { recursive: true })
    await writeFile(join(sshd.dir, 'data/a.csv'), 'id\n1\n')
    await writeFile(join(sshd.dir, 'data/x/b.csv'), 'id\n2\n')
    await writeFile(join(sshd.dir, 'data/big.csv'), `id\n${'12345678\n'.repeat(3_000_000)}`)
    await symlink(join(sshd.dir, 'data/a.csv'), join(sshd.dir, 'data/link.csv'))
  })
  beforeEach(async () => {
    bench = await SyncBench.open()
  })
  afterEach(() => bench.close())
  afterAll(() => sshd.stop())
  const sync = (path: string, settings?: string) =>
    bench.syncSource(
      JSON.stringify({
        connector: 'file',
        config: {
          streams: [{ name: 's', path: `sftp://127.0.0.1:${sshd.port}${sshd.dir}/data/${path}` }],
          sftp: { username: userInfo().username, private_key: sshd.key, known_hosts: join(sshd.dir, 'known') },
        },
      }),
      's',
      settings,
    )

  it('gives files, those of folders and those behind links', async () => {
    expect(await sync('a.csv')).toMatchObject({ status: 'succeeded', tableRows: 1 })
    expect(await sync('[x]/*.csv')).toMatchObject({ note: expect.stringContaining('no file matches') })
    expect(await sync('**/?.csv')).toMatchObject({ tableRows: 2 })
    expect(await sync('l*.csv')).toMatchObject({ tableRows: 1 })
    expect(await sync('nothing.csv')).toMatchObject({ error: { code: 'SOURCE_FILE_NOT_FOUND' } })
  })
  it('gives large files', async () => {
    expect(await sync('big.csv')).toMatchObject({ status: 'succeeded', tableRows: 3_000_000 })
    expect(await bench.query('select min(id), max(id) from raw.s')).toEqual([[12345678, 12345678]])
  })
  it('gives what changed', async () => {
    const incremental = '{ sync_mode: incremental }'
    expect(await sync('x/*.csv', incremental)).toMatchObject({ recordsCommitted: 1 })
    expect(await sync('x/*.csv', incremental)).toMatchObject({ recordsRead: 0 })
    await writeFile(join(sshd.dir, 'data/x/c.csv'), 'id\n3\n')
    expect(await sync('x/*.csv', incremental)).toMatchObject({ recordsCommitted: 1 })
  })
})
