import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '../../src/base/index.js'
import { checkConnection, listFiles, syncConnection } from '../../src/extract-load/index.js'
import { SyncBench } from '../support/sync-bench.js'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

let server: Server
let base: string
const answers = new Map<string, Answer>()
const asked: string[] = []
/** Pauses are noted instead of waited for. */
const pausesMs: number[] = []
const clock: Clock = {
  now: () => new Date(),
  monotonicMs: () => 0,
  sleep: async (durationMs) => {
    pausesMs.push(durationMs)
  },
}
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const answer = answers.get(request.url ?? '')
    if (answer) answer(request, response)
    else response.writeHead(404).end('no such file')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

let bench: SyncBench
beforeEach(async () => {
  bench = await SyncBench.open()
  answers.clear()
  asked.length = 0
  pausesMs.length = 0
})
afterEach(() => bench.close())

const serve = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  answers.set(path, (_, response) => response.writeHead(200, headers).end(body))

/** Answers in turn; the last answer stays. */
function serveInTurn(path: string, ...turns: Answer[]) {
  answers.set(path, (request, response) => (turns.length > 1 ? turns.shift() : turns[0])?.(request, response))
}
const fail =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(status, headers).end()
const give =
  (body: string): Answer =>
  (_, response) =>
    response.writeHead(200).end(body)

async function sync(path: string, settings = '{}', source?: string) {
  const connection = await bench.connection(`${base}${path}`, settings, source)
  const result = await syncConnection({
    connection,
    projectDir: bench.dir,
    warehouse: bench.warehouse,
    onEvent: () => {},
    clock,
  })
  return result.streams[0]
}
const ids = () => bench.query('select id from raw.s order by id')

describe('a file over HTTP', () => {
  it('is read in each format', async () => {
    await bench.parquet('a.parquet', 'select 1 as id')
    serve('/a.parquet', await readFile(bench.path('a.parquet')))
    serve('/a.csv?token=x', 'id\n1\n')
    serve('/a.jsonl', '{"id":1}\n')
    for (const path of ['/a.parquet', '/a.csv?token=x', '/a.jsonl']) {
      expect(await sync(path)).toMatchObject({ status: 'succeeded', tableRows: 1 })
      expect(await ids()).toEqual([[1]])
    }
  })
  it('that is packed is read, also when the server has it unpacked on the way', async () => {
    serve('/a.csv.gz', gzipSync('id\n1\n'))
    expect(await sync('/a.csv.gz')).toMatchObject({ status: 'succeeded', tableRows: 1 })
    serve('/a.csv.gz', gzipSync('id\n1\n2\n'), { 'content-encoding': 'gzip' })
    expect(await sync('/a.csv.gz')).toMatchObject({ status: 'succeeded', tableRows: 2 })
  })
  it('has the time that the server says', async () => {
    serve('/a.csv', 'id\n1\n', { 'last-modified': 'Tue, 02 Jan 2024 03:04:05 GMT' })
    await sync('/a.csv')
    expect(await bench.query('select _ab_source_file_last_modified from raw.s')).toEqual([['2024-01-02T03:04:05Z']])
  })
  it.each([
    ['ETag', { etag: '"1"' }, { etag: '"2"' }],
    [
      'Last-Modified',
      { 'last-modified': 'Tue, 02 Jan 2024 03:04:05 GMT' },
      { 'last-modified': 'Wed, 03 Jan 2024 03:04:05 GMT' },
    ],
  ])('is read again only when its %s changed', async (_, before, after) => {
    const incremental = '{ sync_mode: incremental }'
    serve('/a.csv', 'id\n1\n', before)
    expect(await sync('/a.csv', incremental)).toMatchObject({ recordsCommitted: 1 })
    expect(await sync('/a.csv', incremental)).toMatchObject({
      recordsRead: 0,
      note: expect.stringContaining('nothing new'),
    })
    serve('/a.csv', 'id\n2\n', after)
    expect(await sync('/a.csv', incremental)).toMatchObject({ recordsCommitted: 1, tableRows: 2 })
  })
  it.each(['append', 'append_dedup'])(
    'is read again only when its content changed, where the server says neither: %s',
    async (mode) => {
      const incremental = `{ sync_mode: incremental, destination_sync_mode: ${mode}, primary_key: [id] }`
      serve('/a.csv', 'id,v\n1,a\n')
      expect(await sync('/a.csv', incremental)).toMatchObject({ recordsCommitted: 1 })
      for (const _ of [2, 3])
        expect(await sync('/a.csv', incremental)).toMatchObject({
          recordsRead: 0,
          tableRows: 1,
          note: expect.stringContaining('nothing new'),
        })
      expect(asked).toHaveLength(3)
      // As long as before.
      serve('/a.csv', 'id,v\n2,b\n')
      expect(await sync('/a.csv', incremental)).toMatchObject({ recordsCommitted: 1, tableRows: 2 })
      expect(asked).toHaveLength(4)
    },
  )
  it('is the same file for a sensor, where only its content tells', async () => {
    const versions = async () => {
      const file = 'definitions.ts'
      return (await listFiles(`${base}/a.csv`, {}, { projectDir: bench.dir, file })).map(({ version }) => version)
    }
    serve('/a.csv', 'id\n1\n')
    const [first] = await versions()
    expect(first).toMatch(/^sha256 /)
    expect(await versions()).toEqual([first])
    serve('/a.csv', 'id\n2\n')
    expect(await versions()).not.toEqual([first])
  })
  it('is found behind a redirect, which may tell the format', async () => {
    answers.set('/latest', (_, response) => response.writeHead(302, { location: '/2024.csv' }).end())
    serve('/2024.csv', 'id\n1\n')
    expect(await sync('/latest')).toMatchObject({ status: 'succeeded', tableRows: 1 })
  })
})

describe('an address that signs in', () => {
  const signature = '0123456789abcdef0123456789abcdef'
  it('does so in a header, and is shown without it', async () => {
    let sent: string | undefined
    answers.set('/a.csv', (request, response) => {
      sent = request.headers.authorization
      response.writeHead(403).end()
    })
    const connection = await bench.connection(`${base.replace('//', '//me:my%20password@')}/a.csv`)
    const options = { connection, projectDir: bench.dir, warehouse: bench.warehouse, onEvent: () => {}, clock }
    const { error } = (await syncConnection(options)).streams[0] ?? {}
    expect(sent).toBe(`Basic ${Buffer.from('me:my password').toString('base64')}`)
    expect(error?.message).toContain(`${base}/a.csv`)
    expect(JSON.stringify(error)).not.toMatch(/my.{0,3}password/)
  })
  it('by a signature is shown without it, and is the same file with another one', async () => {
    const incremental = '{ sync_mode: incremental }'
    serve(`/a.csv?day=1&X-Amz-Signature=${signature}`, '', { etag: '"1"' })
    expect(await sync(`/a.csv?day=1&X-Amz-Signature=${signature}`, incremental)).toMatchObject({ status: 'succeeded' })
    serve(`/a.csv?day=1&X-Amz-Signature=${signature}`, 'id\n1\n', { etag: '"2"' })
    await sync(`/a.csv?day=1&X-Amz-Signature=${signature}`, incremental)
    serve('/a.csv?day=1&X-Amz-Signature=another', 'id\n1\n', { etag: '"2"' })
    expect(await sync('/a.csv?day=1&X-Amz-Signature=another', incremental)).toMatchObject({ recordsRead: 0 })
    const states = await bench.query('select * from _millrace.stream_state')
    expect(JSON.stringify(states)).toContain('/a.csv?day=1&X-Amz-Signature=***')
    expect((await sync(`/no.csv?sig=${signature}`))?.error?.message).toContain(`${base}/no.csv?sig=***`)
  })
})

describe('a server that fails', () => {
  it('with 404: at once, naming the address', async () => {
    expect((await sync('/no.csv'))?.error).toMatchObject({
      code: 'SOURCE_FILE_NOT_FOUND',
      message: expect.stringContaining(`${base}/no.csv`),
    })
    expect(asked).toEqual(['/no.csv'])
  })
  it('with 403: at once', async () => {
    answers.set('/a.csv', fail(403))
    expect((await sync('/a.csv'))?.error).toMatchObject({
      code: 'SOURCE_DOWNLOAD_FAILED',
      message: expect.stringContaining('403'),
      hint: expect.stringContaining('signing in'),
    })
    expect(asked).toHaveLength(1)
  })
  it('with 500 for a moment: asked again', async () => {
    serveInTurn('/a.csv', fail(500), fail(503, { 'retry-after': '7' }), give('id\n1\n'))
    expect(await sync('/a.csv')).toMatchObject({ status: 'succeeded', tableRows: 1 })
    expect(pausesMs).toEqual([1_000, 7_000])
  })
  it('with 500 for good: after four attempts, and the table stays', async () => {
    serve('/a.csv', 'id\n1\n')
    await sync('/a.csv')
    asked.length = 0
    answers.set('/a.csv', fail(500))
    expect((await sync('/a.csv'))?.error).toMatchObject({
      code: 'SOURCE_DOWNLOAD_FAILED',
      retryable: true,
      message: expect.stringContaining('500'),
    })
    expect(asked).toHaveLength(4)
    expect(await ids()).toEqual([[1]])
  })
  it('in the middle of the body: asked again from the start', async () => {
    serveInTurn(
      '/a.csv',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('id\n1\n')
        setTimeout(() => response.destroy(), 20)
      },
      give('id\n1\n2\n'),
    )
    expect(await sync('/a.csv')).toMatchObject({ status: 'succeeded', tableRows: 2 })
  })
  it('by being silent: the error says for how long it waited', async () => {
    answers.set('/a.csv', (_, response) => {
      response.writeHead(200)
      response.write('id\n')
    })
    expect((await sync('/a.csv', '{}', 'timeout_seconds: 0.1'))?.error).toMatchObject({
      code: 'SOURCE_DOWNLOAD_FAILED',
      message: expect.stringContaining('silent for 0.1 s'),
      hint: expect.stringContaining('timeout_seconds'),
    })
    expect(asked).toHaveLength(4)
  })
  it('that is not there: the cause is named', async () => {
    const connection = await bench.connection('http://127.0.0.1:1/a.csv')
    const [stream] = (
      await syncConnection({ connection, projectDir: bench.dir, warehouse: bench.warehouse, onEvent: () => {}, clock })
    ).streams
    expect(stream?.error).toMatchObject({
      code: 'SOURCE_DOWNLOAD_FAILED',
      message: expect.stringMatching(/ECONNREFUSED|bad port/),
    })
  })
})

it('check asks for the headers only', async () => {
  let sentBytes = 0
  answers.set('/big.csv', (_, response) => {
    response.writeHead(200)
    const more = () => {
      if (response.destroyed) return
      sentBytes += 65_536
      if (response.write('x'.repeat(65_536))) setImmediate(more)
      else response.once('drain', more)
    }
    more()
  })
  const connection = await bench.connection(`${base}/big.csv`)
  expect(await checkConnection({ connection, projectDir: bench.dir })).toMatchObject({ status: 'succeeded' })
  expect(sentBytes).toBeLessThan(100_000_000)
})
