import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger, systemClock } from '../../src/base/index.js'
import {
  type DeliveryContent,
  type EvaluateSensor,
  newFiles,
  orchestrateErrors,
  runDaemon,
  type SensorQuestion,
  type SensorResult,
  type SensorSpec,
  webhook,
} from '../../src/orchestrate/index.js'
import { platformErrors } from '../../src/platform/index.js'
import { assetSpec, definitionsOf } from '../orchestrate/definitions.js'
import { eventually } from '../support/millrace.js'
import { openAccessTests } from './open-access.js'

type Tests = Awaited<ReturnType<typeof openAccessTests>>
let tests: Tests
let server: Awaited<ReturnType<Tests['open']>>
/** What user code is asked, and how it answers. */
let asked: DeliveryContent[]
let answer: (delivery: DeliveryContent) => SensorResult | Promise<SensorResult>

const spec = (name: string, options: Partial<Parameters<typeof webhook>[0]> = {}): SensorSpec => ({
  name,
  intervalMs: 0,
  target: 'raw/orders',
  description: '',
  isOnByDefault: true,
  webhook: webhook({ target: 'raw/orders', secret: 'SHOP_SECRET', ...options }).webhook,
})
const evaluated = { evaluate: () => ({}) }
const sensors = [
  spec('orders'),
  spec('asked', evaluated),
  spec('few', { maxPerMinute: 2 }),
  spec('unset', { secret: 'NOT_SET' }),
  spec('charges', { sender: 'stripe' }),
  spec('with/odd name'),
]
const definitions = definitionsOf({ assets: [assetSpec('raw/orders')], sensors })
const secret = 'a secret of some length'

beforeAll(async () => {
  tests = await openAccessTests()
})
afterAll(() => tests?.stop())
beforeEach(async () => {
  asked = []
  answer = () => ({ runs: [{}] })
  const evaluateSensor = async (name: string, { cursor, delivery }: SensorQuestion) => {
    expect([sensors.some((one) => one.name === name), cursor]).toEqual([true, undefined])
    asked.push(delivery as DeliveryContent)
    return answer(delivery as DeliveryContent)
  }
  server = await tests.open(
    {},
    {
      engine: { evaluateSensor },
      secret: (name: string) => (name === 'SHOP_SECRET' ? secret : undefined),
    },
  )
  await server.store.publishDefinitions(definitions)
  // From here on everything else needs a login.
  await server.makeUser('ada', 'admin')
})
afterEach(() => tests.close())

const signatureOf = (body: string, key = secret) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`
let deliveries = 0
const send = (name: string, payload: unknown, headers: Record<string, string> = {}) => {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return server.ask(`/hooks/${encodeURIComponent(name)}`, {
    body,
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': signatureOf(body),
      'x-github-delivery': `d-${++deliveries}`,
      ...headers,
    },
  })
}
const ticks = (automation: string) => server.store.listTicks({ automation })

/** Answers how to stop it. */
function startDaemon(evaluateSensor: EvaluateSensor): () => Promise<void> {
  const stop = new AbortController()
  const daemon = runDaemon({
    store: server.store,
    clock: systemClock,
    logger: silentLogger,
    signal: stop.signal,
    name: 'test',
    isGone: () => false,
    retention: { logs: 1, runs: 1 },
    evaluateSensor,
  })
  return () => {
    stop.abort()
    return daemon
  }
}

describe('a delivery of a webhook', () => {
  it('starts a run, without a login, and is one tick', async () => {
    const { status, body } = await send('orders', { id: 1 }, { origin: 'https://elsewhere.example' })
    expect([status, body]).toEqual([
      202,
      { delivery: `d-${deliveries}`, status: 'requested', runIds: [expect.any(String)], isRepeated: false },
    ])
    const [run] = await server.store.listRuns({})
    expect(run).toMatchObject({
      selection: 'raw/orders',
      trigger: { type: 'sensor', name: 'orders' },
      tags: { delivery: `d-${deliveries}` },
    })
    expect(await ticks('orders')).toMatchObject([{ status: 'requested', runIds: [run?.id] }])
    // Nothing else is open to who sends it.
    expect((await server.ask('/runs', { headers: { 'x-hub-signature-256': signatureOf('') } })).status).toBe(401)
  })
  it('that is sent again starts nothing again, also at the same moment', async () => {
    const all = await Promise.all([1, 2, 3].map(() => send('orders', { id: 2 }, { 'x-github-delivery': 'same' })))
    expect(all.map(({ status }) => status)).toEqual([202, 202, 202])
    expect(all.filter(({ body }) => !body.isRepeated)).toHaveLength(1)
    const later = await send('orders', { id: 2 }, { 'x-github-delivery': 'same' })
    const [run] = await server.store.listRuns({})
    expect(later.body).toEqual({ delivery: 'same', status: 'requested', runIds: [run?.id], isRepeated: true })
    expect(await server.store.listRuns({})).toHaveLength(1)
    expect(await ticks('orders')).toHaveLength(1)
  })
  it('is handed to user code, without what proves it', async () => {
    answer = ({ payload }) => ({
      runs: (payload as { ids: number[] }).ids.map((id) => ({ tags: { id: String(id) } })),
      dynamicPartitions: { orders: { add: ['o1'], remove: [] } },
    })
    const { body } = await send('asked', { ids: [7, 8] }, { authorization: 'Bearer x', 'x-github-event': 'push' })
    expect(body).toMatchObject({ status: 'requested', runIds: [expect.any(String), expect.any(String)] })
    expect(asked).toMatchObject([{ deliveryId: `d-${deliveries}`, payload: { ids: [7, 8] } }])
    expect(Object.keys(asked[0] ?? {}).sort()).toEqual(['deliveryId', 'headers', 'payload', 'receivedAt'])
    expect(asked[0]?.headers).toMatchObject({ 'x-github-event': 'push' })
    expect(JSON.stringify(asked[0]?.headers)).not.toMatch(/signature|authorization/)
    expect((await server.store.dynamicPartitions(['orders'])).get('orders')).toEqual(['o1'])
    // What it was made of is forgotten.
    expect(await server.store.sql('select payload, headers from webhook_deliveries')).toEqual([
      { payload: null, headers: null },
    ])
  })
  it('may start nothing, or fail, which the sender learns without a reason', async () => {
    answer = () => ({ runs: [], skip: 'not for us' })
    expect((await send('asked', {})).body).toMatchObject({ status: 'skipped', runIds: [] })
    answer = () => {
      throw orchestrateErrors.create('USER_CODE_FAILED', { message: 'secret detail' })
    }
    const failed = await send('asked', {})
    expect([failed.status, failed.body.status]).toEqual([202, 'failed'])
    expect(JSON.stringify(failed.body)).not.toContain('secret detail')
    expect((await ticks('asked')).map(({ status }) => status)).toEqual(['failed', 'skipped'])
    expect((await send('orders', {}, { 'x-github-event': 'ping' })).body).toMatchObject({ status: 'skipped' })
  })
  it('waits while the engine is away, and is looked at when it is back', async () => {
    answer = () => {
      throw platformErrors.create('ENGINE_UNREACHABLE', { message: 'away' })
    }
    const { status, body } = await send('asked', { id: 9 })
    expect([status, body]).toMatchObject([202, { status: 'waiting', runIds: [] }])
    let isBack = false
    const stopDaemon = startDaemon(async (_name, { delivery }) => {
      asked.push(delivery as DeliveryContent)
      if (!isBack) throw platformErrors.create('ENGINE_UNREACHABLE', { message: 'away' })
      return { runs: [{}] }
    })
    try {
      await eventually('the daemon has asked', () => asked.length > 1)
      expect(await server.store.listRuns({})).toEqual([])
      isBack = true
      const [run] = await eventually('it has a run', async () => {
        const runs = await server.store.listRuns({})
        return runs.length > 0 && runs
      })
      expect(run?.tags).toMatchObject({ delivery: `d-${deliveries}` })
      expect(asked.at(-1)?.payload).toEqual({ id: 9 })
      expect((await send('asked', { id: 9 }, { 'x-github-delivery': `d-${deliveries}` })).body).toMatchObject({
        status: 'requested',
        runIds: [run?.id],
        isRepeated: true,
      })
    } finally {
      await stopDaemon()
    }
  })
  it('may hold characters that the store cannot keep', async () => {
    expect((await send('asked', '{"a\\u0000b":"x\\u0000y","half":"\\ud800"}')).body.status).toBe('requested')
    expect(asked[0]?.payload).toEqual({ ab: 'xy', half: '\ufffd' })
  })
  it('is answered with its tick for as long as it is known, though idle ticks are forgotten', async () => {
    answer = () => ({ runs: [], skip: 'not for us' })
    await send('asked', {}, { 'x-github-delivery': 'idle' })
    const [soon, long] = [new Date(server.clock.now().getTime() + 1_000), new Date(0)]
    await server.store.prune({ logsBefore: long, runsBefore: long, idleTicksBefore: soon })
    const { body } = await send('asked', {}, { 'x-github-delivery': 'idle' })
    expect(body).toMatchObject({ status: 'skipped', isRepeated: true })
  })
  it('waits while its webhook is switched off, or missing in a project that cannot be read, and is dropped where that is gone', async () => {
    const wait = (sensor: string) =>
      server.store.sql(`insert into webhook_deliveries (id, sensor, delivery_id, received_at, taken_until, payload)
      values ('${sensor}', '${sensor}', '${sensor}', now(), now() - interval '1 minute', '{}')`)
    await Promise.all([wait('orders'), wait('gone'), wait('charges')])
    const claim = async (from: Parameters<typeof server.store.claimDeliveries>[0]['from']) =>
      (await server.store.claimDeliveries({ forMs: 0, most: 9, from })).map(({ sensor }) => sensor).sort()
    expect(await claim({ except: ['orders'] })).toEqual(['charges', 'gone'])
    expect(await claim({ only: ['orders'] })).toEqual(['orders'])
    await server.store.setAutomation('orders', 'sensor', false)
    await server.store.publishDefinitions({ ...definitions, version: '4', problems: [{} as never] })
    const stopDaemon = startDaemon(async () => ({ runs: [{}] }))
    const told = () =>
      server.store.listTicks({}).then((all) => all.map(({ automation, status }) => `${automation} ${status}`))
    try {
      await eventually('what is on and there', async () => (await told()).includes('charges requested'))
      expect((await told()).filter((one) => /orders|gone/.test(one))).toEqual([])
      await server.store.publishDefinitions({ ...definitions, version: '5' })
      await eventually('what is gone', async () => (await told()).includes('gone failed'))
      expect(await ticks('orders')).toEqual([])
      await server.store.setAutomation('orders', 'sensor', true)
      await eventually('what is on again', async () => (await told()).includes('orders requested'))
    } finally {
      await stopDaemon()
    }
  })
  it('comes from senders of several kinds', async () => {
    const body = JSON.stringify({ id: 'evt_1', type: 'charge.succeeded' })
    const time = Math.floor(server.clock.now().getTime() / 1000)
    const stripe = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')
    const headers = { 'stripe-signature': `t=${time},v1=${stripe}` }
    expect((await send('charges', body, headers)).body).toMatchObject({ delivery: 'evt_1', status: 'requested' })
    expect((await send('charges', body, headers)).body).toMatchObject({ delivery: 'evt_1', isRepeated: true })
    const form = new URLSearchParams({ payload: '{"ref":"main"}' }).toString()
    const asForm = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await send('asked', form, asForm)).status).toBe(202)
    expect(asked.at(-1)?.payload).toEqual({ ref: 'main' })
    expect((await send('with/odd name', {})).status).toBe(202)
  })
})

describe('a webhook refuses', () => {
  it('what is not signed with its secret, and says no more', async () => {
    const body = '{"id":1}'
    const wrong = [
      { 'x-hub-signature-256': signatureOf(body, 'another') },
      { 'x-hub-signature-256': signatureOf('{"id":2}') },
      { 'x-hub-signature-256': '' },
      { 'x-hub-signature-256': `sha1=${'0'.repeat(40)}` },
    ]
    const answers = await Promise.all(wrong.map((headers) => send('orders', body, headers)))
    for (const { status, body } of answers)
      expect([status, body]).toEqual([401, { error: expect.objectContaining({ code: 'SERVER_HOOK_SIGNATURE' }) }])
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    // A session proves nothing here.
    const cookie = await server.login('ada')
    const { status } = await server.ask('/hooks/orders', { cookie, body })
    expect(status).toBe(401)
    expect(await server.store.sql('select * from webhook_deliveries')).toEqual([])
  })
  it('who guesses, for a while, and no other webhook', async () => {
    const guess = () => send('orders', {}, { 'x-hub-signature-256': 'wrong' })
    for (let i = 0; i < 20; i++) expect((await guess()).status).toBe(401)
    const { status, headers } = await send('orders', {})
    expect([status, headers.get('retry-after')]).toEqual([429, '1'])
    expect((await send('charges', {}, { 'stripe-signature': 't=1,v1=0' })).status).toBe(401)
    server.clock.forward(1_001)
    expect((await send('orders', {})).status).toBe(202)
  })
  it('names that there are not, and sensors that look for themselves', async () => {
    expect((await send('nothing', {})).status).toBe(404)
    const files = newFiles({ path: 'x', target: '*' })
    const looking: SensorSpec = { ...spec('files'), webhook: undefined, description: files.description ?? '' }
    await server.store.publishDefinitions({ ...definitions, version: '2', sensors: [looking] })
    expect((await send('files', {})).status).toBe(404)
    // While a part of the project cannot be read, nobody knows whether it is gone.
    await server.store.publishDefinitions({ ...definitions, version: '3', sensors: [], problems: [{} as never] })
    const { status, headers } = await send('orders', {})
    expect([status, headers.get('retry-after')]).toEqual([503, '60'])
  })
  it('what comes while it is off, or has no secret', async () => {
    await server.store.setAutomation('orders', 'sensor', false)
    expect(await send('orders', {})).toMatchObject({ status: 409, code: 'SERVER_HOOK_OFF' })
    expect(await send('orders', {}, { 'x-hub-signature-256': 'x' })).toMatchObject({ status: 401 })
    const unset = await send('unset', {})
    expect(unset).toMatchObject({ status: 503, code: 'SERVER_HOOK_NOT_READY' })
    expect(JSON.stringify(unset.body)).not.toContain('NOT_SET')
  })
  it('too many, of those that are signed', async () => {
    for (let i = 0; i < 5; i++) await send('few', {}, { 'x-hub-signature-256': 'wrong' })
    expect([(await send('few', {})).status, (await send('few', {})).status]).toEqual([202, 202])
    const { status, headers } = await send('few', {})
    expect([status, headers.get('retry-after')]).toEqual([429, '60'])
    server.clock.forward(31_000)
    expect((await send('few', {})).status).toBe(202)
  })
  it('more than may wait at once', async () => {
    answer = () => {
      throw platformErrors.create('ENGINE_UNREACHABLE', { message: 'away' })
    }
    await server.store.sql(`insert into webhook_deliveries (id, sensor, delivery_id, received_at, taken_until)
      select n::text, 'asked', n::text, now(), now() from generate_series(1, 100) as n`)
    expect(await send('asked', {})).toMatchObject({ status: 429, code: 'SERVER_HOOK_BUSY' })
  })
  it('a body that is no JSON, without repeating it', async () => {
    expect(await send('orders', '{"secret": oops}')).toMatchObject({ status: 422, code: 'SERVER_INVALID' })
    expect(JSON.stringify((await send('orders', '{"secret": oops}')).body)).not.toContain('oops')
  })
})
