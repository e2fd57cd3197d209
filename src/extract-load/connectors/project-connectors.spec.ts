import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { connectorUsers } from './connector-users.js'
import { addedConnectors } from './declarative/added-connectors/added-connectors.js'
import { starterManifest } from './declarative/builder/starter-manifest.js'
import {
  addConnector,
  changeConnector,
  checkManifestText,
  connectorManifest,
  connectorManifestHash,
  connectorProblem,
  connectorProblems,
  previewManifestText,
  removeConnector,
} from './project-connectors.js'

const text = starterManifest({
  ...{ url: 'http://127.0.0.1:1', stream: 'wheels', path: '/wheels', recordPath: [] },
  ...{ authentication: 'bearer', pagination: 'none' },
})
const shows = { showsText: true }
const limits = { records: 1, slices: 1, pagesPerSlice: 1 }

let dir: string
let place: { projectDir: string; folder: string }
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-added-'))
  place = { projectDir: dir, folder: join(dir, 'el') }
  await mkdir(place.folder)
})
afterEach(() => rm(dir, { recursive: true }))

const add = (isOwn: boolean, yaml = text) =>
  addConnector({ from: { text: yaml, isOwn }, name: 'mill', folder: place.folder, replaces: false, cwd: dir })
const file = () => join(place.folder, 'connectors/mill/manifest.yaml')
const preview = (yaml: string, config: object) =>
  previewManifestText(
    'mill',
    { yaml, config: { token: 'x', ...config } },
    { ...place, env: {} },
    { streams: ['wheels'], limits },
  )

it('a text that somebody brought may ask nothing of private networks before a setting allows it', async () => {
  expect(await add(false)).toMatchObject({ name: 'mill', isTrusted: false })
  expect(await connectorManifest('mill', place)).toMatchObject({ isTrusted: false, isEdited: false })
  const { spec } = await checkManifestText('mill', text, place)
  expect(spec.properties).toHaveProperty('allows_private_addresses')
  const api = createServer((_, response) => response.end('[{ "id": 1, "price": 10.0 }]')).listen(0, '127.0.0.1')
  try {
    await once(api, 'listening')
    const yaml = text.replace('127.0.0.1:1', `127.0.0.1:${(api.address() as AddressInfo).port}`)
    expect((await preview(yaml, {})).streams).toMatchObject([{ error: { code: 'API_ADDRESS_REFUSED' }, records: [] }])
    expect((await preview(yaml, { allows_private_addresses: true })).streams).toMatchObject([
      { records: [{ id: 1 }], inferredSchema: { properties: { price: { type: ['number', 'null'] } } } },
    ])
  } finally {
    api.close()
  }
})

it('one that is begun here may, and has no origin', async () => {
  expect(await add(true)).toMatchObject({ isTrusted: true })
  const found = await connectorManifest('mill', place)
  expect(found).toMatchObject({ file: 'el/connectors/mill/manifest.yaml', yaml: text, isTrusted: true })
  expect(await connectorUsers('mill', place)).toEqual([])
  await writeFile(join(place.folder, 'broken.yaml'), 'name: broken\nsource: { connector: mill, confg: 1 }\n')
  const ofPath = (path: string) => `source: { connector: declarative, config: { manifest: ${path} } }\n`
  await writeFile(join(place.folder, 'path.yaml'), ofPath('./el/connectors/mill/manifest.yaml'))
  await writeFile(join(place.folder, 'other.yaml'), ofPath('el/connectors/mill2/manifest.yaml'))
  const users = await connectorUsers('mill', place)
  expect(users.sort()).toEqual(['el/broken.yaml', 'el/path.yaml'])
  await expect(removeConnector('mill', place)).rejects.toMatchObject({ code: 'CONNECTOR_USED' })
  for (const path of users) await rm(join(place.projectDir, path))
  await expect(removeConnector('mill', place, { sources: ['s'] })).rejects.toThrow('the source `s` reads with')
  expect(found.origin).toBeUndefined()
})

it('a change is written once it is right and nobody else was first; where it came from stays said', async () => {
  await add(false)
  await writeFile(file(), text.replaceAll('\n', '\r\n'))
  const { hash: before } = await connectorManifest('mill', place)
  const yaml = text.replace('/wheels', '/all-wheels')
  const broken = yaml.replace('DpathExtractor', 'DpathExtracter')
  await expect(changeConnector('mill', { yaml: broken, before }, place)).rejects.toMatchObject({
    code: 'MANIFEST_COMPONENT_UNSUPPORTED',
    at: { file: 'el/connectors/mill/manifest.yaml', column: 17 },
    data: { problems: [{ column: 17, message: expect.stringContaining('DpathExtracter') }] },
  })
  const changed = await changeConnector('mill', { yaml, before }, place)
  expect(changed).toMatchObject({ isEdited: true, isTrusted: false, origin: { kind: 'text' } })
  expect(await readFile(file(), 'utf8')).toBe(yaml.replaceAll('\n', '\r\n'))
  await expect(changeConnector('mill', { yaml: text, before }, place)).rejects.toMatchObject({
    code: 'CONNECTOR_CHANGED_MEANWHILE',
  })
})

it('every problem has its place, and so has a secret that is written in clear', async () => {
  await add(true)
  const wrong = text.replace(`"{{ config['token'] }}"`, 's3cret').replace('http_method', 'http_metod')
  const { remarks, streams } = await checkManifestText('mill', wrong, place)
  expect(streams).toEqual(['wheels'])
  expect(remarks).toMatchObject([
    { severity: 'warning', line: 11, column: 17, message: expect.stringContaining('http_metod') },
    { severity: 'warning', line: 14, column: 18, message: expect.stringContaining('`api_token` stands in clear') },
  ])
  expect((await checkManifestText('mill', 'a: [', place)).remarks).toMatchObject([{ severity: 'error', line: 1 }])
})

it('adding and changing one tell of a secret in clear, and never what it is', async () => {
  const clear = (value: string) => text.replace(`"{{ config['token'] }}"`, value)
  const told = expect.stringMatching(/manifest\.yaml:14:18: `api_token` stands in clear/)
  const added = await add(false, clear('110201543:AAHd'))
  expect(added.warnings).toEqual([told])
  const { hash: before } = await connectorManifest('mill', place)
  expect(await connectorManifestHash('mill', place)).toBe(before)
  const changed = await changeConnector('mill', { yaml: clear('s3cret'), before }, place)
  expect(changed.warnings).toEqual([told])
  expect(await connectorManifestHash('mill', place)).toBe(changed.hash)
  expect(JSON.stringify([added.warnings, changed.warnings])).not.toMatch(/AAHd|s3cret/)
})

it.each([
  [
    'a problem of its parts',
    (yaml: string) => yaml.replace('DpathExtractor', 'DpathExtracter'),
    /: 1 problem, at 27:17\.$/,
  ],
  ['no YAML', (yaml: string) => yaml.replace('s3cret', 's3cret\n        bad: "a" s3cret'), /: 1 problem, at 14:18\.$/],
])('whoever may not edit is told where %s is, and nothing that stands there', async (_, broken, message) => {
  await add(true)
  await writeFile(file(), broken(text.replace(`"{{ config['token'] }}"`, 's3cret')))
  const [brief] = await connectorProblems(place, { showsText: false })
  expect(brief?.error.message).toMatch(message)
  expect(brief?.error.at).toMatchObject({ file: 'el/connectors/mill/manifest.yaml', line: expect.any(Number) })
  expect(await connectorProblem('mill', place, { showsText: false })).toEqual(brief?.error)
  const listed = addedConnectors(place.folder).map(({ description }) => description)
  expect(JSON.stringify([brief, listed])).not.toMatch(new RegExp(`s3cret|DpathExtracter|${dir}`))
  const [whole] = await connectorProblems(place, shows)
  expect(whole?.error.message).not.toBe(brief?.error.message)
  expect(JSON.stringify(whole)).not.toContain(dir)
})

it('a folder without a manifest says so, without where the project lies', async () => {
  await mkdir(join(place.folder, 'connectors/mill'), { recursive: true })
  const missing = { code: 'MANIFEST_UNREADABLE', message: 'There is no el/connectors/mill/manifest.yaml.' }
  await expect(connectorManifest('mill', place)).rejects.toMatchObject(missing)
  await expect(connectorManifestHash('mill', place)).rejects.toMatchObject(missing)
  expect(await connectorProblems(place, { showsText: false })).toMatchObject([{ name: 'mill', error: missing }])
})

it('a text is read once, until something else lies beside it; a check that nobody waits for is left', async () => {
  await add(true)
  const custom = text.replace('type: DpathExtractor', 'type: CustomRecordExtractor\n          class_name: a.Own')
  const first = await checkManifestText('mill', custom, place)
  expect((await checkManifestText('mill', custom, place)).streams).toBe(first.streams)
  expect(first.remarks).toMatchObject([{ severity: 'error' }])
  await writeFile(join(place.folder, 'connectors/mill/components.mjs'), 'export class Own {}\n')
  expect((await checkManifestText('mill', custom, place)).remarks).toMatchObject([{ severity: 'warning' }])
  await expect(checkManifestText('mill', `${text}\n`, place, AbortSignal.abort())).rejects.toThrow(/abort/i)
})

it('what was broken in its file is told, and again when it is mended', async () => {
  await add(true)
  expect(await connectorProblems(place, shows)).toEqual([])
  await writeFile(file(), text.replace("config['token']", "config['token'"))
  expect(await connectorProblems(place, shows)).toMatchObject([
    { name: 'mill', error: { code: 'MANIFEST_INVALID', at: { line: 14 } } },
  ])
  await writeFile(file(), `${text}\n`)
  expect(await connectorProblems(place, shows)).toEqual([])
})
