import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { createLogger } from '../../src/base/index.js'
import { AlertChannel } from '../../src/orchestrate/index.js'
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
const channel = (name: 'webhook' | 'slack' = 'webhook', address = url) =>
  new AlertChannel(
    name,
    address,
    { webhook: address, slack: address, on: undefined, project: 'shop <1>', pageUrl: 'http://page' },
    { store, clock, logger: createLogger(({ message }) => said.push(message)) },
  )

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

it('speaks as Slack does, whatever the names', async () => {
  const slack = channel('slack')
  await slack.send()
  const runId = await failingRun('*')
  await slack.send()
  expect(received.at(-1)).toEqual({
    text: `*shop &lt;1&gt;*: a run of everything failed\na &lt; b &amp; c\n<http://page/runs/${runId}|Open the run>`,
  })
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
