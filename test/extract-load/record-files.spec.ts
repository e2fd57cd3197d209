import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { readConnections } from '../../src/extract-load/index.js'
import { openDuckDb } from '../../src/warehouse/index.js'
import { S3Server, s3Credentials } from '../support/s3-server.js'
import { SyncBench } from '../support/sync-bench.js'

const manifest = `
version: 7.0.0
type: DeclarativeSource
check: { type: CheckStream, stream_names: [docs] }
definitions:
  stream:
    type: DeclarativeStream
    primary_key: id
    schema_loader: { type: InlineSchemaLoader, schema: { type: object, properties: { id: { type: integer }, name: { type: string }, url: { type: string } } } }
    retriever:
      type: SimpleRetriever
      requester: { type: HttpRequester, url_base: "{{ config['url'] }}", path: /docs }
      record_selector: { type: RecordSelector, extractor: { type: DpathExtractor, field_path: [] } }
streams:
  - $ref: "#/definitions/stream"
    name: docs
    file_uploader:
      type: FileUploader
      requester: { type: HttpRequester, url: "{{ download_target }}" }
      download_target_extractor: { type: DpathExtractor, field_path: [url] }
      filename_extractor: "{{ record.name }}"
  - { $ref: "#/definitions/stream", name: plain }
spec: { type: Spec, connection_specification: { type: object, properties: { url: { type: string } } } }
`

let server: Server
let url: string
let docs: readonly { readonly id: number; readonly name: string; readonly url: string }[]
/** The body of each file by its path; cut off where it ends with `…`. */
let bodies: Record<string, (() => string) | undefined>
const asked: string[] = []
beforeAll(async () => {
  server = createServer(({ url: path = '' }, response) => {
    asked.push(path)
    if (path === '/docs') return void response.end(JSON.stringify(docs))
    const body = bodies[path]?.()
    if (body === undefined) return void response.writeHead(404).end('gone')
    if (!body.endsWith('…')) return void response.end(body)
    response.writeHead(200, { 'content-length': 1000 })
    response.write(body, () => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

let bench: SyncBench
beforeEach(() => {
  asked.length = 0
  bodies = { '/1': () => 'one', '/2': () => 'two' }
  docs = [doc(1, 'a/1.txt'), doc(2, '../../2.txt')]
})
afterEach(() => bench.close())

const doc = (id: number, name: string) => ({ id, name, url: `${url}/${id}` })
const toFiles = '{ connector: file, config: { path: out, format: jsonl } }'
const withFiles = '{ docs: { include_files: true } }'

async function source(destination?: string): Promise<string> {
  bench = await SyncBench.open(destination ? () => openDuckDb({ path: ':memory:' }) : undefined, destination)
  await mkdir(bench.path('el/connectors/docs'), { recursive: true })
  await bench.write('el/connectors/docs/manifest.yaml', manifest)
  return `{ connector: docs, config: { url: "${url}" } }`
}

const kept = (path: string) => readFile(bench.path(`out/_files/c/docs/${path}`), 'utf8')
const rows = async () =>
  (await readFile(bench.path('out/docs/docs.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

it('files are kept beside the rows that say where they are, within their folder whatever they are called', async () => {
  const from = await source(toFiles)
  expect(await bench.syncStreams(from, withFiles)).toMatchObject([{ status: 'succeeded', tableRows: 2 }])
  expect(await rows()).toMatchObject([
    { id: 1, source_file_relative_path: 'docs/a/1.txt', file_size_bytes: 3 },
    { id: 2, source_file_relative_path: 'docs/%2E%2E/%2E%2E/2.txt', file_size_bytes: 3 },
  ])
  expect([await kept('a/1.txt'), await kept('%2E%2E/%2E%2E/2.txt')]).toEqual(['one', 'two'])
  expect(existsSync(bench.path('out/2.txt'))).toBe(false)
  // What is there is no reason to refuse the folder; files that changed are other ones.
  bodies['/1'] = () => 'another one'
  docs = [doc(1, 'a/1.txt'), doc(2, 'a/1.txt')]
  expect(await bench.syncStreams(from, withFiles)).toMatchObject([{ status: 'succeeded', tableRows: 2 }])
  expect(await kept('a/1.txt')).toBe('two')
  expect(bench.warnings).toEqual([expect.stringContaining('1 of its records have a file that is called as another')])
  // A record that is read twice has the same file.
  docs = [doc(1, 'a/1.txt'), doc(1, 'a/1.txt')]
  expect(await bench.syncStreams(from, '{ docs: { include_files: true, fields: [id] } }')).toMatchObject([
    { status: 'succeeded', tableRows: 2 },
  ])
  expect(bench.warnings).toHaveLength(1)
  // Where the file is, is no field that anybody has to choose.
  expect((await rows())[0]).toMatchObject({ id: 1, source_file_relative_path: 'docs/a/1.txt', file_size_bytes: 11 })
  expect((await rows())[0]).not.toHaveProperty('name')
})

it('without `include_files` no file is asked for', async () => {
  const from = await source(toFiles)
  expect(await bench.syncStreams(from, '{ docs: {} }')).toMatchObject([{ status: 'succeeded', tableRows: 2 }])
  expect(asked).toEqual(['/docs'])
  expect(await readdir(bench.path('out'))).not.toContain('_files')
  expect(Object.keys((await rows())[0] ?? {})).not.toContain('file_size_bytes')
})

it('a body that breaks off is asked for again, and a file that is not there leaves no row and no part of it', async () => {
  const from = await source(toFiles)
  let tries = 0
  bodies = { '/1': () => (++tries < 3 ? 'half…' : 'whole') }
  const [result] = await bench.syncStreams(from, withFiles)
  expect(result).toMatchObject({ status: 'failed', error: { code: 'API_REFUSED' } })
  expect(result?.error?.message).toContain('404')
  expect(await kept('a/1.txt')).toBe('whole')
  expect(existsSync(bench.path('out/docs/docs.jsonl'))).toBe(false)
  bodies['/2'] = () => 'half…'
  await bench.syncStreams(from, withFiles)
  expect(await readdir(bench.path('out/_files/c/docs'), { recursive: true })).not.toContainEqual(
    expect.stringContaining('.part'),
  )
})

it('they go to a bucket as well', async () => {
  const s3 = await S3Server.start()
  try {
    const keys = `access_key_id: AKIATEST, secret_access_key: ${s3Credentials.secretAccessKey}`
    const from = await source(
      `{ connector: file, config: { path: "s3://lake/a", s3: { endpoint: "${s3.endpoint}", ${keys} } } }`,
    )
    expect(await bench.syncStreams(from, withFiles)).toMatchObject([{ status: 'succeeded' }])
    expect(s3.objects.get('a/_files/c/docs/a/1.txt')?.toString()).toBe('one')
  } finally {
    await s3.stop()
  }
})

it.each([
  [
    'a destination that keeps none',
    '{ connector: docs, config: { url: x } }',
    '{ schema: raw }',
    'the destination `warehouse` keeps none',
  ],
  ['a source that sends none', '{ connector: faker }', toFiles, 'the source `faker` sends records alone'],
])('are refused by name for %s, before anything runs', async (_, from, destination, why) => {
  await source()
  const stream = from.includes('faker') ? 'users' : 'docs'
  await bench.write(
    'el/c.yaml',
    `name: c\nsource: ${from}\ndestination: ${destination}\nstreams:\n  ${stream}:\n    include_files: true\n`,
  )
  const { problems } = await readConnections(bench.dir, bench.path('el'), { env: {} })
  expect(problems).toMatchObject([
    { code: 'CONNECTION_INVALID', message: expect.stringContaining(why), at: { file: 'el/c.yaml', line: 6 } },
  ])
})

it('a stream without files is refused alone', async () => {
  const from = await source(toFiles)
  const results = await bench.syncStreams(from, '{ plain: { include_files: true }, docs: { include_files: true } }')
  expect(results).toMatchObject([
    { stream: 'plain', status: 'failed', error: { code: 'CONNECTION_INVALID' } },
    { stream: 'docs', status: 'succeeded' },
  ])
})
