import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createMailServer } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { createLogger } from '../../src/base/index.js'
import {
  AlertChannel,
  type AlertSettings,
  deliveries,
  type NewRunEvent,
  type RunRequest,
} from '../../src/orchestrate/index.js'
import { type TestDatabase, testDatabase } from './database.js'

let database: TestDatabase
let store: Awaited<ReturnType<TestDatabase['store']>>
let server: Server
let url: string
const received: Record<string, unknown>[] = []
const said: string[] = []
let status = 200
let nowMs = 0

beforeAll(async () => {
  database = await testDatabase()
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => {
      text += part
    })
    request.on('end', () => {
      if (status === 200) received.push(JSON.parse(text))
      response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`
})
afterAll(async () => {
  server.close()
  await database.stop()
})
beforeEach(async () => {
  store = await database.store()
  status = 200
  nowMs = Date.now()
  received.length = 0
  said.length = 0
})
afterEach(() => database.closeStores())

const clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs, sleep: async () => {} }
const channel = (name: 'webhook' | 'slack' | 'email' = 'webhook', address = url, more: Partial<AlertSettings> = {}) => {
  const email = { smtp: address, from: 'millrace@example.com', to: ['a@example.com', 'b@example.com'] }
  const settings: AlertSettings = { webhook: undefined, slack: undefined, email: undefined, on: undefined }
  const deliver = deliveries({ ...settings, [name]: name === 'email' ? email : address }).get(name)
  if (!deliver) throw new Error(`Nothing delivers to ${name}`)
  return new AlertChannel(
    name,
    deliver,
    { ...settings, ...more, project: 'shop <1>', pageUrl: 'http://page' },
    { store, clock, logger: createLogger(({ message }) => said.push(message)), signal: new AbortController().signal },
  )
}

/** A run that fails, with a check that found something and one that did not. */
async function failingRun(selection = 'main/orders'): Promise<string> {
  await store.requestRun({ selection, trigger: { type: 'manual' } })
  const claimed = await store.claimRun('w', 60_000)
  if (!claimed) throw new Error('Nothing to claim')
  const check = { type: 'check_evaluated', asset: 'main/orders' } as const
  await store.record(claimed.lease, {
    events: [
      { ...check, check: 'not_null', level: 'error', message: '3 rows' },
      { ...check, check: 'unique', level: 'info' },
      { ...check, check: 'fresh', level: 'warn' },
    ],
    steps: [],
  })
  const error = { code: 'X', kind: 'user', retryable: false, message: 'a < b & c' } as const
  await store.endRun(claimed.lease, 'failed', error)
  return claimed.run.id
}

it('tells each thing once, in order, from the first look on, also after a restart', async () => {
  await failingRun()
  await channel().send()
  expect(received).toEqual([])
  const runId = await failingRun()
  await channel().send()
  const common = { project: 'shop <1>', runId, url: `http://page/runs/${runId}`, at: expect.any(String) }
  const check = { type: 'check_failed', asset: 'main/orders', check: 'not_null' }
  expect(received).toEqual([
    { ...common, ...check, message: 'The check not_null of main/orders failed: 3 rows' },
    { ...common, type: 'run_failed', selection: 'main/orders', message: 'a < b & c' },
  ])
  await channel().send()
  expect(received).toHaveLength(2)
})

it('tells what is wrong among very much that is well, in one go', async () => {
  await channel().send()
  await store.sql(`insert into events (run_id, type, asset, check_name, level)
    select '', 'check_evaluated', 'main/orders', 'unique', case when n % 500 = 0 then 'error' else 'info' end from generate_series(1, 2000) n`)
  await store.sql(
    `insert into events (run_id, type, level, metadata) select '', 'run_failed', 'error', '{"tried_again": true}' from generate_series(1, 1100)`,
  )
  const runId = await failingRun()
  const moves = vi.spyOn(store, 'moveAlertCursor')
  await channel().send()
  expect(received.map(({ type }) => type)).toEqual([...Array(5).fill('check_failed'), 'run_failed'])
  expect(received.at(-1)).toMatchObject({ runId })
  // Each alert, and each page.
  expect(moves).toHaveBeenCalledTimes(6 + 3)
  const [last] = await store.readEvents({ newestFirst: true, limit: 1 })
  expect(await store.alertCursor('webhook')).toBe(last?.id)
})

it('passes over nothing that is not taken, however much there is before it', async () => {
  await channel().send()
  await store.sql(
    `insert into events (run_id, type, level, metadata) select '', 'run_failed', 'error', '{"tried_again": true}' from generate_series(1, 10)`,
  )
  await failingRun()
  status = 500
  const webhook = channel()
  await webhook.send()
  nowMs += 2_000
  status = 200
  await webhook.send()
  expect(received.map(({ type }) => type)).toEqual(['check_failed', 'run_failed'])
})

const columns = {
  type: 'schema_changed',
  asset: 'raw/orders',
  level: 'warn',
  message: 'the column note is gone',
} as const

/** A run that tells something, and how it ends. */
async function runOf(events: readonly NewRunEvent[], tags: RunRequest['tags'] = {}, retry?: RunRequest) {
  await store.requestRun({ selection: 'raw/orders', trigger: { type: 'manual' }, tags })
  const claimed = await store.claimRun('w', 60_000)
  if (!claimed) throw new Error('Nothing to claim')
  await store.record(claimed.lease, { events, steps: [] })
  const error = { code: 'X', kind: 'user', retryable: false, message: 'broken' } as const
  await store.endRun(claimed.lease, retry ? 'failed' : 'succeeded', retry ? error : undefined, { retry })
}

it('tells of columns that changed once, whoever found it', async () => {
  const one = channel()
  await one.send()
  const found = { ...columns, check: 'schema_unchanged' }
  const evaluated = { type: 'check_evaluated', asset: 'raw/orders', check: 'schema_unchanged' } as const
  await runOf([columns, found])
  await runOf([{ ...evaluated, level: 'warn' }, found])
  await runOf([{ ...evaluated, level: 'error', message: 'the column note is gone' }, found])
  await one.send()
  expect(received).toMatchObject([
    {
      type: 'schema_changed',
      asset: 'raw/orders',
      message: 'The columns of raw/orders changed: the column note is gone',
      url: 'http://page/assets/raw%2Forders',
    },
    { type: 'schema_changed', check: 'schema_unchanged' },
    { type: 'check_failed', check: 'schema_unchanged' },
  ])
})

it('tells of columns that changed once, however many checks were asked before', async () => {
  const one = channel('webhook', url, { on: ['schema_changed', 'check_failed'] })
  await one.send()
  const evaluated = { type: 'check_evaluated', asset: 'raw/orders' } as const
  const others = Array.from({ length: 1001 }, () => ({ ...evaluated, check: 'full', level: 'info' }) as const)
  const found = { ...columns, check: 'schema_unchanged' }
  await runOf([...others, { ...evaluated, check: 'schema_unchanged', level: 'error' }, found])
  for (let n = 0; n < 12; n++) await one.send()
  expect(received).toMatchObject([{ type: 'check_failed', check: 'schema_unchanged' }])
})

it.each([
  [undefined, 0],
  [true, 1],
])('of a run that is tried again by itself nobody is told, unless each try is wanted (%s)', async (eachTry, count) => {
  const one = channel('webhook', url, { eachTry })
  await one.send()
  const retry = { selection: 'raw/orders', trigger: { type: 'retry' } } as const
  await runOf([], {}, retry)
  await one.send()
  expect(received).toHaveLength(count)
  const claimed = await store.claimRun('w', 60_000)
  if (claimed)
    await store.endRun(claimed.lease, 'failed', { code: 'X', kind: 'user', retryable: false, message: 'broken' })
  await one.send()
  expect(received).toHaveLength(count + 1)
})

it('speaks as Slack does, whatever the names', async () => {
  const slack = channel('slack')
  await slack.send()
  const runId = await failingRun('*')
  await slack.send()
  expect(received.at(-1)).toEqual({
    text: `*shop &lt;1&gt;*: a run of everything failed\na &lt; b &amp; c\n<http://page/runs/${runId}|Open the run>`,
  })
})

it('tells of a schedule or sensor whose ticks fail, once', async () => {
  const [hook, slack] = [channel(), channel('slack')]
  await hook.send()
  await slack.send()
  const tick = { automation: 'new files', automationType: 'sensor', at: new Date().toISOString(), runIds: [] } as const
  for (const id of ['1', '2']) await store.commitTick({ ...tick, id, status: 'failed', reason: 'no such folder' }, [])
  await hook.send()
  await slack.send()
  const url = 'http://page/automation#new%20files'
  expect(received).toEqual([
    {
      type: 'automation_failed',
      at: expect.any(String),
      project: 'shop <1>',
      automation: 'new files',
      message: 'no such folder',
      url,
    },
    { text: `*shop &lt;1&gt;*: the ticks of new files fail\nno such folder\n<${url}|Open the automation>` },
  ])
  await store.commitTick({ ...tick, id: '3', status: 'skipped', reason: 'nothing new' }, [])
  await store.commitTick({ ...tick, id: '4', status: 'failed', reason: 'gone again' }, [])
  await hook.send()
  expect(received.at(-1)).toMatchObject({ automation: 'new files', message: 'gone again' })
})

it('what is not taken is tried again, ever more rarely, and its address stays a secret', async () => {
  const one = channel()
  await one.send()
  await failingRun()
  status = 500
  for (const pauseMs of [0, 500, 600, 2_100]) {
    nowMs += pauseMs
    await one.send()
  }
  expect(received).toEqual([])
  expect(said).toEqual([expect.stringMatching(/could not be sent to webhook: it answered 500$/)])
  expect(said.join()).not.toContain('secret')
  status = 200
  nowMs += 10_000
  await one.send()
  expect(received).toHaveLength(2)
})

it.each([
  ['that sends it elsewhere', 302, undefined],
  ['that is not there', 200, 'http://127.0.0.1:1/secret-path'],
])('an address %s is not told, and nothing is lost', async (_, answer, address) => {
  const one = channel('webhook', address ?? url)
  await one.send()
  await failingRun()
  status = answer
  await one.send()
  expect(received).toEqual([])
  expect(said.join()).not.toContain('secret')
  // After a day it is given up, so that what is new gets its turn.
  nowMs += 25 * 3_600_000
  await one.send()
  status = 200
  await failingRun()
  await channel().send()
  expect(received.length).toBeGreaterThan(0)
})

/** As much of a mail server as it takes to be sent a mail. */
async function mailServer(answerToData = '250 ok') {
  const mails: string[] = []
  const listener = createMailServer((socket) => {
    let isData = false
    let text = ''
    socket.setEncoding('utf8').write('220 here\r\n')
    socket.on('data', (chunk: string) => {
      for (const line of chunk.split('\r\n').filter((one) => isData || one !== '')) {
        if (isData && line === '.') {
          mails.push(text)
          isData = false
          socket.write(`${answerToData}\r\n`)
        } else if (isData) text += `${line}\n`
        else if (/^DATA/i.test(line)) {
          isData = true
          socket.write('354 go on\r\n')
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n')
        else socket.write('250 ok\r\n')
      }
    })
    socket.on('error', () => {})
  })
  await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening))
  const { port } = listener.address() as AddressInfo
  return { mails, url: `smtp://127.0.0.1:${port}`, close: () => listener.close() }
}

it('a mail says what failed, and where to look', async () => {
  const server = await mailServer()
  const mail = channel('email', server.url)
  await mail.send()
  const id = await failingRun()
  await mail.send()
  server.close()
  const [check, run] = server.mails
  expect(check).toMatch(/^Subject: shop <1>: a check failed$/m)
  expect(check).toMatch(/^To: a@example.com, b@example.com$/m)
  expect(check).toContain('Check: not_null')
  expect(run).toMatch(/^Subject: shop <1>: a run of main\/orders failed$/m)
  expect(run).toContain(`http://page/runs/${id}`)
  expect(server.mails).toHaveLength(2)
})

it('a mail that is refused is tried again, and the log holds no password', async () => {
  const server = await mailServer('554 go away, user:hunter2')
  const mail = channel('email', server.url.replace('//', '//user:hunter2@'))
  await mail.send()
  await failingRun()
  await mail.send()
  await mail.send()
  server.close()
  expect(said.join()).toMatch(/could not be sent to email: (it answered 554|EAUTH)/)
  expect(said.join()).not.toContain('hunter2')
  const gone = channel('email', server.url)
  nowMs += 400_000
  await gone.send()
  expect(said.join()).toContain('ESOCKET')
})
