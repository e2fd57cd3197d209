import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { addConnector } from '../../src/extract-load/index.js'
import { startRegistry } from '../support/npm-registry.js'
import { type TarEntry, tarball } from '../transform/support/tar.js'

const manifest = `version: 6.0.0
type: DeclarativeSource
check: { type: CheckStream, stream_names: [a] }
streams:
  - type: DeclarativeStream
    name: a
    retriever:
      type: SimpleRetriever
      requester: { type: HttpRequester, url_base: "http://localhost", path: a }
      record_selector: { type: RecordSelector, extractor: { type: DpathExtractor, field_path: [] } }
    schema_loader: { type: JsonFileSchemaLoader, file_path: "./source_a/schemas/{{ parameters['name'] }}.json" }
`
const archive = (version: string, files: Readonly<Record<string, string>>, more: readonly TarEntry[] = []) =>
  tarball([
    ...Object.entries({ 'package.json': JSON.stringify({ name: 'x', version }), ...files }).map(([path, text]) => ({
      path: `package/${path}`,
      text,
    })),
    ...more,
  ])
const good = (version: string) =>
  archive(version, {
    'source_a/manifest.yaml': `# ${version}\n${manifest}`,
    'source_a/schemas/a.json': '{}',
    'source_a/components.ts': 'throw new Error("it was run")\n',
  })
const one = (bytes: Buffer | 'endless', more: object = {}) => ({
  versions: [{ version: '1.0.0', archive: bytes, ...more }],
  tags: { latest: '1.0.0' },
})

let dir: string
let registry: Awaited<ReturnType<typeof startRegistry>>
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-npm-'))
  registry = await startRegistry({
    '@acme/source-parts': {
      versions: ['1.0.0', '1.2.0', '2.0.0-beta'].map((version) => ({
        version,
        archive: good(version),
        // Nobody has it: nothing that a manifest depends on is fetched.
        dependencies: { 'not-there': '1.0.0' },
      })),
      tags: { latest: '1.2.0', next: '2.0.0-beta' },
    },
    traversal: one(archive('1.0.0', { 'manifest.yaml': manifest }, [{ path: 'package/../../evil', text: 'x' }])),
    bomb: one(archive('1.0.0', { 'manifest.yaml': '0'.repeat(70 * 1024 * 1024) })),
    endless: one('endless', { integrity: 'sha512-AAAA' }),
    tampered: one(good('1.0.0'), { integrity: 'sha512-AAAA' }),
    empty: one(archive('1.0.0', { 'index.js': '' })),
  })
  const settings = {
    registry: registry.url,
    cache: join(dir, 'cache'),
    userconfig: join(dir, 'no-npmrc'),
    fetch_retries: '0',
    update_notifier: 'false',
  }
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(`npm_config_${name}`, value)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  registry.stop()
  await rm(dir, { recursive: true, force: true })
})

const add = (from: string, name: string, cwd = dir) =>
  addConnector({ from, name, cwd, folder: join(dir, 'el'), replaces: false })
const added = (path: string) => readFile(join(dir, 'el/connectors', path), 'utf8')

it.concurrent.each([
  ['npm:@acme/source-parts@next', '2.0.0-beta'],
  ['npm:@acme/source-parts@^1.0.0/source_a/manifest.yaml', '1.2.0'],
])('%s is a connector of the project', async (from, version) => {
  const name = `parts-${version.replaceAll('.', '-')}-${from.length}`
  expect(await add(from, name)).toMatchObject({ name, isTrusted: false })
  expect(await added(`${name}/manifest.yaml`)).toBe(`# ${version}\n${manifest}`)
  expect(await added(`${name}/origin.yaml`)).toContain(`from: "${from}"\nkind: package\nversion: "${version}"\n`)
  const all = await readdir(join(dir, 'el/connectors', name), { recursive: true, withFileTypes: true })
  expect(all.flatMap((entry) => (entry.isFile() ? entry.name : [])).sort()).toEqual([
    'a.json',
    'manifest.yaml',
    'origin.yaml',
  ])
})

it.concurrent.each([
  ['npm:@acme/source-parts@9.9.9', /npm cannot fetch .*No matching version/],
  ['npm:@acme/nothing', /npm cannot fetch @acme\/nothing: 404/],
  ['npm:traversal', /leads out of the package/],
  ['npm:bomb', /npm cannot fetch bomb|Cannot create a Buffer larger/],
  ['npm:endless', /npm cannot fetch endless: it has more than 64.0 MiB/],
  ['npm:tampered', /npm cannot fetch tampered: .*integrity/i],
  ['npm:empty/../../x.yaml', /leads out of the package/],
])('%s is refused, and nothing of it stays', async (from, message) => {
  const name = `refused-${from.replace(/\W+/g, '-')}`
  await expect(add(from, name)).rejects.toMatchObject({
    code: 'MANIFEST_UNREADABLE',
    message: expect.stringMatching(message),
  })
  expect(existsSync(join(dir, 'el/connectors', name))).toBe(false)
})

it('a registry that asks for a token, as the .npmrc of the project has it, and one behind a proxy', async () => {
  const project = await mkdtemp(join(dir, 'project-'))
  const own = await startRegistry({ '@own/source-shop': one(good('1.0.0')) })
  own.state.token = 'a-secret-token'
  try {
    vi.stubEnv('SHOP_TOKEN', 'wrong-token')
    const host = own.url.replace('http:', '')
    await writeFile(join(project, '.npmrc'), `@own:registry=${own.url}/\n${host}/:_authToken=\${SHOP_TOKEN}\n`)
    await expect(add('npm:@own/source-shop', 'shop', project)).rejects.toMatchObject({
      message: expect.not.stringContaining('wrong-token'),
    })
    vi.stubEnv('SHOP_TOKEN', 'a-secret-token')
    expect(await add('npm:@own/source-shop', 'shop', project)).toMatchObject({ name: 'shop' })
    expect(await readdir(join(dir, 'el/connectors/shop'))).not.toContain('.npmrc')
    await writeFile(join(project, '.npmrc'), `@acme:registry=http://registry.invalid/\nproxy=${registry.url}/\n`)
    vi.stubEnv('npm_config_cache', join(dir, 'another-cache'))
    expect(await add('npm:@acme/source-parts', 'behind', project)).toMatchObject({ name: 'behind' })
    expect(registry.calls.some((call) => call.startsWith('http://registry.invalid/'))).toBe(true)
  } finally {
    own.stop()
  }
})
