import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { OnRead } from '../support/broken-answers.js'
import { type RemoteServer, readsRemoteFiles } from '../support/remote-files.suite.js'
import { S3Server, s3Credentials } from '../support/s3-server.js'
import { SyncBench } from '../support/sync-bench.js'

const placesOf = (server: Pick<S3Server, 'endpoint'>, secret = s3Credentials.secretAccessKey) => ({
  s3: { endpoint: server.endpoint, access_key_id: s3Credentials.accessKeyId, secret_access_key: secret },
})

async function start(): Promise<RemoteServer> {
  const server = await S3Server.start()
  return {
    root: 's3://lake/',
    places: placesOf(server),
    refused: placesOf(server, 'wrong-secret'),
    secret: 'wrong-secret',
    nowhere: { root: 's3://lake/', places: placesOf({ endpoint: 'http://127.0.0.1:1' }) },
    put(name, content, modifiedAt) {
      server.objects.set(name, Buffer.from(content))
      if (modifiedAt) server.times.set(name, modifiedAt)
    },
    remove: (name) => server.objects.delete(name),
    set onRead(onRead: OnRead | undefined) {
      server.onRead = onRead
    },
    failNext(times) {
      let left = times
      server.intercept = () => {
        left--
        return left >= 0 ? { status: 503 } : undefined
      }
    },
    reset() {
      server.objects.clear()
      server.times.clear()
      server.intercept = undefined
      server.onRead = undefined
    },
    stop: () => server.stop(),
  }
}

describe('files of S3', () => readsRemoteFiles(start))

describe('a bucket of S3', () => {
  let server: S3Server
  let bench: SyncBench
  beforeAll(async () => {
    server = await S3Server.start()
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    bench = await SyncBench.open()
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_REGION'])
      vi.stubEnv(name, undefined)
    server.objects.set('in/a.csv', Buffer.from('id\n1\n'))
    server.objects.set('in/b.csv', Buffer.from('id\n2\n'))
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    server.objects.clear()
    server.region = undefined
    server.headers = {}
    server.lists.length = 0
    await bench.close()
  })
  const sync = (path: string, s3: object = placesOf(server).s3) =>
    bench.syncSource(
      JSON.stringify({
        connector: 'file',
        config: { streams: [{ name: 's', path }], s3: { endpoint: server.endpoint, ...s3 } },
      }),
      's',
    )

  it('that is public is read by nobody in particular', async () => {
    expect(await sync('s3://open/in/*.csv', {})).toMatchObject({ status: 'succeeded', tableRows: 2 })
    expect((await sync('s3://lake/in/*.csv', {})).error).toMatchObject({
      code: 'SOURCE_REFUSED',
      hint: expect.stringContaining('Nobody signed in'),
    })
  })
  it('is read with the keys of the environment, unless they are not to be used', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', s3Credentials.accessKeyId)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3Credentials.secretAccessKey)
    expect(await sync('s3://lake/in/a.csv', {})).toMatchObject({ status: 'succeeded' })
    expect(await sync('s3://lake/in/a.csv', { anonymous: true })).toMatchObject({ error: { code: 'SOURCE_REFUSED' } })
  })
  it('is not read with half of a key', async () => {
    expect((await sync('s3://lake/in/a.csv', { access_key_id: 'AKIATEST' })).error).toMatchObject({
      code: 'CONNECTION_INVALID',
      message: expect.stringContaining('`secret_access_key` is missing'),
    })
  })
  it.each([
    ['a file', 's3://lake/in/a.csv', 1],
    ['a pattern', 's3://lake/in/*.csv', 2],
  ])('of another region is found there: %s', async (_, path, rows) => {
    server.region = 'eu-west-3'
    expect(await sync(path)).toMatchObject({ status: 'succeeded', tableRows: rows })
  })
  it('that says its region only in words is found there, too', async () => {
    server.intercept = () => {
      server.intercept = undefined
      const body = '<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-3</Region></Error>'
      return { status: 400, body }
    }
    expect(await sync('s3://lake/in/*.csv')).toMatchObject({ status: 'succeeded', tableRows: 2 })
  })
  it('that is not there is no file either', async () => {
    expect((await sync('s3://none/in/*.csv')).error).toMatchObject({
      code: 'SOURCE_FILE_NOT_FOUND',
      message: expect.stringContaining('NoSuchBucket'),
      hint: expect.stringContaining('bucket'),
    })
  })
  it.each([
    ['s3://lake/in/*.csv', 'in/ /'],
    ['s3://lake/in/2024-*.csv', 'in/2024- /'],
    ['s3://lake/in/**/*.csv', 'in/'],
    ['s3://lake/in/y=*/m=1/*.csv', 'in/y='],
  ])('is asked for no more than may match %s', async (path, list) => {
    await sync(path)
    expect([...new Set(server.lists)]).toEqual([list])
  })
  it('whose objects are kept packed gives them unpacked', async () => {
    server.objects.set('in/c.csv.gz', gzipSync('id\n3\n'))
    server.headers = { 'content-encoding': 'gzip' }
    expect(await sync('s3://lake/in/c.csv.gz')).toMatchObject({ status: 'succeeded', tableRows: 1 })
    expect(await bench.query('select id from raw.s')).toEqual([[3]])
  })
})
