import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addManifest } from './add-manifest.js'

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

it('what was written for a connector stays when its manifest is replaced', async () => {
  await write('source-a/manifest.yaml', manifest('{ type: DpathExtractor, field_path: [] }'))
  await add()
  await write('el/connectors/a/components.ts', 'export const Unpacked = () => ({})\n')
  await write('source-a/manifest.yaml', custom)
  await add(true)
  expect(await added('manifest.yaml')).toBe(custom)
  expect(await added('components.ts')).toContain('Unpacked')
  expect(await readdir(join(dir, 'el/connectors'))).toEqual(['a'])
})

it('nothing of the former one is gone where the new one cannot be run', async () => {
  await write('source-a/manifest.yaml', manifest('{ type: DpathExtractor, field_path: [] }'))
  await add()
  await write('source-a/manifest.yaml', custom)
  await expect(add(true)).rejects.toMatchObject({ code: 'MANIFEST_COMPONENT_UNSUPPORTED' })
  expect(await added('manifest.yaml')).toContain('DpathExtractor')
})
