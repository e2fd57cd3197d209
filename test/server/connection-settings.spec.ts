import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ChangePreviewView, ConnectionSettingsView } from '../../src/server/contract/index.js'
import { eventually, removeProject, startUp, temporaryProject } from '../support/millrace.js'

const shop = `# ours
name: shop
source:
  connector: file
  config: { streams: [{ name: orders, path: data/orders.csv }], sftp: { username: me, password: open-sesame } }
destination: { schema: '\${SHOP_SCHEMA:-raw}' }
streams:
  orders:
    sync_mode: incremental
    destination_sync_mode: append
    cursor_field: total
    mappers: [{ type: encryption, field: name, key: '\${NAME_KEY}' }]
    backfill_new_columns: true
`
const other = 'name: other\nsource: { connector: faker }\ndestination: { schema: raw }\nstreams: { users: {} }\n'

let dir: string
let up: Awaited<ReturnType<typeof startUp>>
/** All that was answered. */
let said = ''
const fileOf = (name: string) => join(dir, 'extract_load', `${name}.yaml`)
const textOf = (name: string) => readFileSync(fileOf(name), 'utf8')

beforeAll(async () => {
  dir = await temporaryProject({
    'data/orders.csv': 'id,name,total\n1,Ann,10\n2,Bob,20\n',
    'extract_load/shop.yaml': shop,
    'extract_load/other.yaml': other,
  })
  up = await startUp(dir, { env: { NAME_KEY: 'ab'.repeat(32) } })
}, 60_000)
afterAll(async () => {
  await up?.stop()
  await removeProject(dir)
})

async function ask<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
  const answer = await fetch(`${up.url}/api/connections${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  said += text
  return { status: answer.status, body: JSON.parse(text) as T }
}
const settingsOf = async (name = 'shop') => (await ask<ConnectionSettingsView>('GET', `/${name}/settings`)).body
const codeOf = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [status, body.error?.code]

it('are shown as the file has them, with the names of variables and without what is secret', async () => {
  expect(await settingsOf()).toMatchObject({
    file: 'extract_load/shop.yaml',
    followsStreams: false,
    source: { config: { sftp: { username: 'me', password: '**********' } } },
    destination: { schema: '${SHOP_SCHEMA:-raw}' },
    streams: [{ name: 'orders', cursorField: ['total'], mappers: [{ key: '${NAME_KEY}' }] }],
  })
  const found = await ask<{ streams: { name: string }[] }>('POST', '/shop/settings/discover', {
    before: (await settingsOf()).hash,
  })
  expect(found.body.streams.map(({ name }) => name)).toEqual(['orders'])
})

it('are previewed with what changes and what comes of it, and written so that the rest stays', async () => {
  const { runId } = await up.post<{ runId: string }>('/connections/shop/sync', {})
  await eventually(
    'it is loaded',
    async () => (await up.get<{ status: string }>(`/runs/${runId}`)).status === 'succeeded',
  )
  const { hash: before, streams } = await settingsOf()
  const change = {
    before,
    streams: [{ ...streams[0], cursorField: ['id'] }],
    schedule: { cron: ['0 1 * * *'], timezone: 'UTC' },
  }
  const preview = await ask<ChangePreviewView>('POST', '/shop/settings/preview', change)
  expect(preview.body.diff.filter(({ sign }) => sign !== ' ').map(({ sign, text }) => sign + text.trim())).toEqual([
    '-cursor_field: total',
    '+cursor_field: id',
    '+schedule:',
    '+cron: [ 0 1 * * * ]',
    '+timezone: UTC',
  ])
  expect(preview.body.effects).toEqual([
    {
      stream: 'orders',
      kind: 'refresh',
      message: expect.stringMatching(/`cursor_field` was total and is id.*generation 2/),
    },
  ])
  expect(textOf('shop')).toBe(shop)
  expect((await ask('PUT', '/shop/settings', change)).status).toBe(200)
  const written = `${shop.replace('cursor_field: total', 'cursor_field: id')}schedule:\n  cron: [ 0 1 * * * ]\n  timezone: UTC\n`
  expect(textOf('shop')).toBe(written)
  // It was made of another text than there is now.
  expect(codeOf(await ask('PUT', '/shop/settings', { ...change, schedule: null }))).toEqual([
    409,
    'CONNECTION_CHANGED_MEANWHILE',
  ])
  expect(codeOf(await ask('POST', '/shop/settings/preview', change))).toEqual([409, 'CONNECTION_CHANGED_MEANWHILE'])
  expect(textOf('shop')).toBe(written)
})

it('with another setting of the source have its secret out of the file, and a test says what is wrong first', async () => {
  const { hash: before, source } = await settingsOf()
  const streams = (path: string) => ({ ...source.config, streams: [{ name: 'orders', path }] })
  const check = (path: string) =>
    ask<{ status: string; error?: { code: string } }>('POST', '/shop/settings/check', {
      before,
      source: { config: streams(path) },
    })
  expect((await check('data/nobody.csv')).body).toMatchObject({
    status: 'failed',
    error: { code: 'SOURCE_FILE_NOT_FOUND' },
  })
  expect((await check('data/*.csv')).body.status).toBe('succeeded')
  const written = await ask<{ newSecrets: string[] }>('PUT', '/shop/settings', {
    before,
    source: { config: streams('data/*.csv') },
  })
  expect(written.body.newSecrets).toEqual(['SHOP_SFTP_PASSWORD'])
  expect(textOf('shop')).toMatch(
    /path: data\/\*\.csv } ?], sftp: \{ username: me, password: '\$\{SHOP_SFTP_PASSWORD\}' \}/,
  )
  expect((await settingsOf()).source.config.sftp).toEqual({ username: 'me', password: '${SHOP_SFTP_PASSWORD}' })
  expect(said).not.toMatch(/open-sesame|(?:ab){32}/)
})

it('with a stream of another name have the source asked, whatever the file names, and are written so', async () => {
  const { hash: before, source, streams } = await settingsOf()
  const renamed = { config: { ...source.config, streams: [{ name: 'sales', path: 'data/orders.csv' }] } }
  const found = await ask<{ streams: { name: string }[] }>('POST', '/shop/settings/discover', {
    before,
    source: renamed,
  })
  expect(found.body.streams.map(({ name }) => name)).toEqual(['sales'])
  const change = { before, source: renamed, streams: [{ ...streams[0], name: 'sales' }] }
  expect((await ask<{ status: string }>('POST', '/shop/settings/check', change)).body.status).toBe('succeeded')
  expect((await ask('POST', '/shop/settings/preview', change)).status).toBe(200)
})

it('of a source that is away are written all the same', async () => {
  const away = (port: number) =>
    `name: away\nsource: { connector: postgres, config: { host: 127.0.0.1, port: ${port}, database: d, username: u, password: nobody-knows } }\ndestination: { schema: away }\nstreams: { a: {}, b: {} }\n`
  writeFileSync(fileOf('away'), away(1))
  const { hash: before, streams } = await settingsOf('away')
  const written = await ask('PUT', '/away/settings', { before, streams: streams.slice(0, 1) })
  expect([written.status, textOf('away')]).toEqual([200, expect.not.stringContaining('b: {}')])
})

it('of a source that refuses what is typed are written all the same, with other streams, too', async () => {
  const { hash: before, source, streams } = await settingsOf()
  const nobody = { config: { ...source.config, streams: [{ name: 'orders', path: 'data/nobody.csv' }] } }
  const text = textOf('shop')
  const change = { before, source: nobody, streams: [{ ...streams[0], destinationSyncMode: 'overwrite' }] }
  expect((await ask<{ status: string }>('POST', '/shop/settings/check', change)).body.status).toBe('failed')
  expect([(await ask('PUT', '/shop/settings', change)).status, textOf('shop')]).toEqual([
    200,
    expect.stringMatching(/data\/nobody\.csv[\s\S]*destination_sync_mode: overwrite/),
  ])
  writeFileSync(fileOf('shop'), text)
})

it('have further attempts and limits of time, which go when they are emptied', async () => {
  const { hash: before, retries } = await settingsOf('other')
  expect(retries).toBeUndefined()
  const said = { retries: { complete_failures_max_successive: 2, backoff_base: 1.5 }, timeouts: { sync_seconds: 60 } }
  expect((await ask('PUT', '/other/settings', { before, ...said })).status).toBe(200)
  expect(textOf('other')).toBe(
    `${other}retries: { complete_failures_max_successive: 2, backoff_base: 1.5 }\ntimeouts: { sync_seconds: 60 }\n`,
  )
  const written = await settingsOf('other')
  expect(written).toMatchObject(said)
  const wrong = { before: written.hash, retries: { complete_failures_max_successive: 0 } }
  expect(codeOf(await ask('POST', '/other/settings/preview', wrong))).toEqual([422, 'CONNECTION_INVALID'])
  await ask('PUT', '/other/settings', { before: written.hash, retries: {}, timeouts: {} })
  expect(textOf('other')).toBe(other)
})

it('of a connection that is not there are not found', async () =>
  expect(codeOf(await ask('GET', '/nobody/settings'))).toEqual([404, 'CONNECTION_NOT_FOUND']))

it('are refused where another connection makes the table, and where a variable is no text', async () => {
  const { hash: before, streams } = await settingsOf('other')
  const change = { before, streams: [{ ...streams[0], table: 'orders' }] }
  for (const [method, path] of [
    ['POST', '/other/settings/preview'],
    ['PUT', '/other/settings'],
  ] as const)
    expect(codeOf(await ask(method, path, change))).toEqual([422, 'CONNECTION_EXISTS'])
  expect(textOf('other')).toBe(other)
  writeFileSync(fileOf('other'), other.replace('users: {}', "users: { backfill_new_columns: '${FILL:-true}' }"))
  const answer = await ask<{ error?: { code: string } }>('GET', '/other/settings')
  // A text is no yes or no: the file itself is wrong then, and is told as that.
  expect(answer.status).toBe(422)
})
