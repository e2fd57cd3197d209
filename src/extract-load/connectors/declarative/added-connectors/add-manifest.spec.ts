import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addManifest } from './add-manifest.js'
import { manifestHash } from './origin.js'

const manifest = (extractor: string) => `version: 6.0.0
type: DeclarativeSource
check: { type: CheckStream, stream_names: [a] }
streams:
  - type: DeclarativeStream
    name: a
    retriever:
      type: SimpleRetriever
      requester: { type: HttpRequester, url_base: "http://localhost", path: a }
      record_selector: { type: RecordSelector, extractor: ${extractor} }
    schema_loader: { type: InlineSchemaLoader, schema: { type: object, properties: {} } }
`
const custom = manifest('{ type: CustomRecordExtractor, class_name: source_a.components.Unpacked }')

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-add-'))
  await mkdir(join(dir, 'source-a'))
})
afterEach(() => rm(dir, { recursive: true }))

const write = (path: string, text: string) => writeFile(join(dir, path), text)
const add = (replaces = false) =>
  addManifest({ from: 'source-a', cwd: dir, folder: join(dir, 'el'), replaces, isOwnName: () => false })
const added = (path: string) => readFile(join(dir, 'el/connectors/a', path), 'utf8')

it('code beside a manifest comes along, and is not run', async () => {
  await write('source-a/manifest.yaml', custom)
  await write('source-a/components.mjs', 'export class Unpacked {}\nthrow new Error("it was run")\n')
  expect(await add()).toMatchObject({ name: 'a', isTrusted: true })
  expect(await added('components.mjs')).toContain('Unpacked')
})

it('of the files beside a manifest only those come along that it can mean', async () => {
  const text = manifest('{ type: DpathExtractor, field_path: [] }').replace(
    '{ type: InlineSchemaLoader, schema: { type: object, properties: {} } }',
    `{ type: JsonFileSchemaLoader, file_path: "./source_a/schemas/{{ parameters['name'] }}.json" }`,
  )
  await write('source-a/manifest.yaml', text)
  for (const folder of ['schemas/shared', 'schemas/old', 'node_modules/schemas', 'lib'])
    await mkdir(join(dir, 'source-a', folder), { recursive: true })
  await write('source-a/schemas/a.json', '{ "properties": { "m": { "$ref": "money.json#/x" } } }')
  for (const path of ['schemas/shared/money.json', 'schemas/shared/other.json', 'schemas/b.json', 'schemas/old/a.json'])
    await write(`source-a/${path}`, '{}')
  for (const path of ['package.json', 'node_modules/schemas/a.json', 'lib/a.json', 'unused.ts'])
    await write(`source-a/${path}`, '{}')
  await write('source-a/components.ts', "import { x } from './lib/x.js'\nexport const Unpacked = x\n")
  await write('source-a/lib/x.ts', 'export const x = () => ({})\n')
  await add()
  const all = await readdir(join(dir, 'el/connectors/a'), { recursive: true, withFileTypes: true })
  expect(all.flatMap((entry) => (entry.isFile() ? entry.name : [])).sort()).toEqual([
    'a.json',
    'components.ts',
    'manifest.yaml',
    'money.json',
    'origin.yaml',
    'x.ts',
  ])
})

it('nothing stays of what cannot be added', async () => {
  await write('source-a/manifest.yaml', custom)
  await expect(add()).rejects.toMatchObject({ code: 'MANIFEST_COMPONENT_UNSUPPORTED' })
  await expect(readdir(join(dir, 'el/connectors'))).rejects.toThrow('ENOENT')
})

it('what was written for a connector stays when its manifest is replaced', async () => {
  await write('source-a/manifest.yaml', manifest('{ type: DpathExtractor, field_path: [] }'))
  await add()
  await write('el/connectors/a/components.ts', 'export const Unpacked = () => ({})\n')
  await mkdir(join(dir, 'el/connectors/a/fixtures'))
  await mkdir(join(dir, 'el/connectors/a/schemas'))
  await write('el/connectors/a/schemas/a.json', '{}')
  for (const path of ['README.md', 'components.spec.ts', 'fixtures/a.json'])
    await write(`el/connectors/a/${path}`, 'mine')
  await write('source-a/manifest.yaml', custom)
  await add(true)
  expect(await added('manifest.yaml')).toBe(custom)
  expect(await added('components.ts')).toContain('Unpacked')
  for (const path of ['README.md', 'components.spec.ts', 'fixtures/a.json']) expect(await added(path)).toBe('mine')
  // It came with the former one.
  await expect(added('schemas/a.json')).rejects.toThrow('ENOENT')
  expect(await readdir(join(dir, 'el/connectors'))).toEqual(['a'])
})

it('calls a name that no connector can have what it is', async () => {
  await write('source-a/manifest.yaml', manifest('{ type: DpathExtractor, field_path: [] }'))
  const adding = { from: 'source-a', cwd: dir, folder: join(dir, 'el'), replaces: false, isOwnName: () => false }
  await expect(addManifest({ ...adding, name: '../../evil' })).rejects.toMatchObject({ code: 'CONNECTOR_NAME_INVALID' })
})

it('of two that are added under one name at once, one is', async () => {
  await write('source-a/manifest.yaml', manifest('{ type: DpathExtractor, field_path: [] }'))
  const both = await Promise.allSettled([add(), add()])
  expect(both.map((one) => (one.status === 'rejected' ? one.reason.code : 'added')).sort()).toEqual([
    'CONNECTOR_EXISTS',
    'added',
  ])
  expect(await readdir(join(dir, 'el/connectors'))).toEqual(['a'])
})

it('takes the place of no other manifest than the one that it is made of', async () => {
  const text = manifest('{ type: DpathExtractor, field_path: [] }')
  await write('source-a/manifest.yaml', text)
  await add()
  await write('el/connectors/a/manifest.yaml', `# mine\n${text}`)
  const place = { cwd: dir, folder: join(dir, 'el'), replaces: true, isOwnName: () => false }
  const made = (before: string) => addManifest({ ...place, name: 'a', from: { text, isOwn: false }, before })
  await expect(made(manifestHash(text))).rejects.toMatchObject({ code: 'CONNECTOR_CHANGED_MEANWHILE' })
  expect(await added('manifest.yaml')).toBe(`# mine\n${text}`)
  expect(await made(manifestHash(`# mine\n${text}`))).toMatchObject({ name: 'a' })
})

it('an address leads to no other one of a private network, and to nothing that is too large', async () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.headers.host?.replace(/:.*/, '')}${request.url}`)
    if (request.url === '/away') response.writeHead(302, { location: `http://localhost:${port}/manifest.yaml` }).end()
    else response.end(Buffer.alloc(17 * 1024 * 1024, 'a'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const place = { cwd: dir, folder: join(dir, 'el'), name: 'a', replaces: false, isOwnName: () => false }
  const from = (path: string) => addManifest({ ...place, from: `http://127.0.0.1:${port}/${path}` })
  try {
    await expect(from('away')).rejects.toMatchObject({ message: expect.stringContaining('inside a private network') })
    await expect(from('large')).rejects.toMatchObject({ message: expect.stringContaining('more than 16 MB') })
    expect(asked).toEqual(['127.0.0.1/away', '127.0.0.1/large'])
  } finally {
    server.close()
  }
})

it('nothing of the former one is gone where the new one cannot be run', async () => {
  await write('source-a/manifest.yaml', manifest('{ type: DpathExtractor, field_path: [] }'))
  await add()
  await write('source-a/manifest.yaml', custom)
  await expect(add(true)).rejects.toMatchObject({ code: 'MANIFEST_COMPONENT_UNSUPPORTED' })
  expect(await added('manifest.yaml')).toContain('DpathExtractor')
})
