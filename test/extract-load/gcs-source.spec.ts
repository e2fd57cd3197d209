import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Clock, systemClock } from '../../src/base/index.js'
import type { OnRead } from '../support/broken-answers.js'
import { GcsServer } from '../support/gcs-server.js'
import { type RemoteServer, readsRemoteFiles } from '../support/remote-files.suite.js'
import { SyncBench } from '../support/sync-bench.js'

const placesOf = ({ endpoint, keyFile }: Pick<GcsServer, 'endpoint' | 'keyFile'>) => ({
  gcs: { endpoint, service_account_json: keyFile },
})

async function start(): Promise<RemoteServer> {
  const server = await GcsServer.start()
  const other = await GcsServer.start()
  const { endpoint } = server
  return {
    root: 'gs://lake/',
    places: placesOf(server),
    // A key of the same account that is not the server's.
    refused: placesOf({ endpoint, keyFile: other.keyFile.replaceAll(other.endpoint, endpoint) }),
    secret: JSON.parse(other.keyFile).private_key.split('\n')[1],
    nowhere: { root: 'gs://lake/', places: placesOf({ endpoint: 'http://127.0.0.1:1', keyFile: server.keyFile }) },
    put: (name, content, updated) => server.put(name, content, updated),
    remove: (name) => server.objects.delete(name),
    set onRead(onRead: OnRead | undefined) {
      server.onRead = onRead
    },
    failNext(times) {
      let left = times
      server.intercept = () => {
        left--
        return left >= 0 ? { status: 503, body: 'We encountered an internal error.' } : undefined
      }
    },
    reset() {
      server.objects.clear()
      server.intercept = undefined
      server.onRead = undefined
    },
    async stop() {
      await server.stop()
      await other.stop()
    },
  }
}

describe('files of Google Cloud Storage', () => readsRemoteFiles(start))

describe('a bucket of Google Cloud Storage', () => {
  let server: GcsServer
  let bench: SyncBench
  beforeAll(async () => {
    server = await GcsServer.start()
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    bench = await SyncBench.open()
    server.put('in/a.csv', 'id\n1\n')
    server.put('in/b.csv', 'id\n2\n')
    server.tokens = 0
  })
  afterEach(async () => {
    server.objects.clear()
    server.onRead = undefined
    server.headers = {}
    await bench.close()
  })
  const sync = (path: string, gcs: object = placesOf(server).gcs, clock: Clock = systemClock) =>
    bench.syncSource(
      JSON.stringify({
        connector: 'file',
        config: { streams: [{ name: 's', path }], gcs: { endpoint: server.endpoint, ...gcs } },
      }),
      's',
      '{}',
      { clock },
    )

  it('that is public is read by nobody in particular', async () => {
    expect(await sync('gs://open/in/*.csv', {})).toMatchObject({ status: 'succeeded', tableRows: 2 })
    expect(server.tokens).toBe(0)
    expect((await sync('gs://lake/in/*.csv', {})).error).toMatchObject({
      code: 'SOURCE_REFUSED',
      message: expect.stringContaining('Anonymous caller'),
      hint: expect.stringContaining('service_account_json'),
    })
  })
  it('is read with one token', async () => {
    await sync('gs://lake/in/*.csv')
    expect(server.tokens).toBe(1)
  })
  it('a token that is good no longer is renewed', async () => {
    server.onRead = () => {
      server.onRead = undefined
      // What was given is not the last one any more.
      server.tokens++
      return undefined
    }
    expect(await sync('gs://lake/in/*.csv')).toMatchObject({ status: 'succeeded', tableRows: 2 })
    expect(server.tokens).toBe(3)
  })
  it('a token is renewed before it ends', async () => {
    let hours = 0
    const clock: Clock = { ...systemClock, now: () => new Date(Date.UTC(2024, 0, 1, hours)) }
    server.onRead = () => {
      hours = 1
      return undefined
    }
    // More than are fetched at a time.
    for (let i = 0; i < 12; i++) server.put(`in/${i}.csv`, 'id\n3\n')
    expect(await sync('gs://lake/in/*.csv', undefined, clock)).toMatchObject({ status: 'succeeded', tableRows: 14 })
    expect(server.tokens).toBeGreaterThan(1)
  })
  it('an account that the bucket does not let in is told', async () => {
    server.intercept = (call) =>
      call.startsWith('GET') ? { status: 403, body: { error: { message: 'no access' } } } : undefined
    expect((await sync('gs://lake/in/*.csv')).error).toMatchObject({
      code: 'SOURCE_REFUSED',
      message: expect.stringContaining('403 no access'),
      hint: expect.stringContaining('reader@tests.example'),
    })
    server.intercept = undefined
  })
  it.each([
    ['a path instead of a key', '/secrets/key.json', 'is no JSON'],
    ['a key of another kind', '{"type": "authorized_user"}', 'has no usable `client_email`'],
    ['a key that is none', '{"client_email": "a@b", "private_key": "x"}', 'has a `private_key` that is none'],
  ])('%s is refused where it stands', async (_, key, why) => {
    expect((await sync('gs://lake/in/*.csv', { service_account_json: key })).error).toMatchObject({
      code: 'CONNECTION_INVALID',
      message: expect.stringContaining(why),
      at: { file: 'el/c.yaml', line: 2 },
    })
  })
  it('that is not there is no file either', async () => {
    for (const path of ['gs://none/in/*.csv', 'gs://none/in/a.csv'])
      expect((await sync(path)).error).toMatchObject({
        code: 'SOURCE_FILE_NOT_FOUND',
        message: expect.stringContaining('bucket does not exist'),
      })
  })
  it('whose objects are kept packed gives them unpacked', async () => {
    server.put('in/c.csv.gz', gzipSync('id\n3\n'))
    server.headers = { 'content-encoding': 'gzip' }
    expect(await sync('gs://lake/in/c.csv.gz')).toMatchObject({ status: 'succeeded', tableRows: 1 })
    expect(await bench.query('select id from raw.s')).toEqual([[3]])
  })
})
