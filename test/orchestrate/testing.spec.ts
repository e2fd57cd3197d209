import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  asset,
  automation,
  check,
  dbt,
  defineProject,
  io,
  multiAsset,
  onMaterialized,
  onRunStatus,
  partitions,
  resource,
  schedule,
  sensor,
  webhook,
  when,
  z,
} from '../../src/index.js'
import {
  deliver,
  evaluateSensor,
  type MemoryWarehouse,
  materialize,
  memoryWarehouse,
  runCheck,
  scheduleTicks,
  testConditions,
} from '../../src/testing.js'

const opened: string[] = []
const settings = resource('settings', { open: () => ({ url: 'https://real' }) })
const api = resource('api', {
  resources: { settings },
  open: ({ resources }) => {
    opened.push(resources.settings.url)
    return { get: async (path: string) => `${resources.settings.url}${path}` }
  },
  close: () => {
    opened.push('closed')
  },
})
const daily = partitions.daily({ start: '2024-01-01' })

describe('materialize', () => {
  let warehouse: MemoryWarehouse
  beforeAll(async () => {
    warehouse = await memoryWarehouse(
      'create schema main',
      `create table main.orders as select 7 as id, 'a' as "name"`,
    ).catch(async () => memoryWarehouse(`create table orders as select 7 as id, 'a' as "name"`))
  })
  afterAll(() => warehouse.close())

  const counts = asset('counts', {
    partitions: daily,
    run: ({ partition }) => ({ day: partition.key, from: partition.window?.start.toISOString() }),
  })
  const report = asset('report', {
    config: z.object({ days: z.number().default(7) }),
    resources: { api },
    inputs: { counts, orders: dbt.models.orders },
    io: io.table(),
    async run({ config, resources, inputs, metadata, log, tags }) {
      metadata({ days: config.days })
      log(await resources.api.get('/x'))
      const rows: unknown[] = []
      for await (const row of inputs.orders) rows.push(row)
      return [{ rows: rows.length, days: Object.keys(inputs.counts).length, who: tags.who ?? '' }]
    },
  })
  const whole = check(report, 'whole', { resources: { api } }, async ({ resources }) => ({
    passed: (await resources.api.get('')) === 'fake',
    message: 'looked',
  }))

  it('runs the function with what it is given, and keeps nothing', async () => {
    const made = await materialize(report, {
      config: { days: 3 },
      resources: { api: { get: async () => 'fake' } },
      inputs: { counts: { '2024-01-01': { day: 'x', from: undefined } }, orders: [{ id: 1 }, { id: 2 }] },
      tags: { who: 'ada' },
      checks: [whole],
    })
    expect(made).toEqual({
      value: [{ rows: 2, days: 1, who: 'ada' }],
      metadata: { days: 3 },
      made: { report: { days: 3 } },
      checks: { whole: { passed: true, severity: 'error', message: 'looked', metadata: {} } },
      log: ['fake'],
    })
    expect(opened).toEqual([])
  })
  it('opens resources that are not replaced, and asks a warehouse in memory', async () => {
    const { value, log } = await materialize(report, {
      inputs: { counts: {} },
      query: async (sql) => warehouse.query(sql.replace(/"dbt_model.*"/, 'orders')),
    })
    expect([value, log, opened]).toEqual([
      [{ rows: 1, days: 0, who: '' }],
      ['https://real/x'],
      ['https://real', 'closed'],
    ])
  })
  it('makes a partition', async () => {
    const { value } = await materialize(counts, { partition: '2024-01-31', now: '2024-03-01' })
    expect(value).toEqual({ day: '2024-01-31', from: '2024-01-31T00:00:00.000Z' })
    await expect(materialize(counts, { partition: '2024-01-31', now: '2024-01-10' })).rejects.toThrow(
      'There is no partition `2024-01-31`',
    )
    await expect(materialize(counts)).rejects.toThrow('counts has partitions.')
  })
  it('makes some of several assets', async () => {
    const several = multiAsset('several', {
      outputs: { a: {}, b: {}, c: { isOptional: true } },
      canSubset: true,
      run: ({ selected, materialized }) => {
        for (const key of selected) if (key !== 'c') materialized(key, { n: 1 })
      },
    })
    expect((await materialize(several)).made).toEqual({ a: { n: 1 }, b: { n: 1 } })
    expect((await materialize(several, { selected: ['b'] })).made).toEqual({ b: { n: 1 } })
  })
  it('says what a test forgot', async () => {
    const given = { resources: { api: { get: async () => '' } } }
    await expect(materialize(report, given)).rejects.toThrow('report reads `counts`.')
    await expect(materialize(report, { ...given, inputs: { counts: {} } })).rejects.toThrow(
      'report asks the warehouse: select * from "dbt_model/orders"',
    )
    await expect(materialize(report, { inputs: { nope: 1 } as never, ...given })).rejects.toThrow('no input `nope`')
    await expect(materialize(report, { resources: { nope: 1 } as never })).rejects.toThrow('no resource `nope`')
    await expect(materialize(report, { ...given, config: { days: 'x' } as never })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    })
    const own = asset('own', {
      run: () => {
        throw new RangeError('mine')
      },
    })
    await expect(materialize(own)).rejects.toThrow(RangeError)
  })
  it('asks a check alone', async () => {
    expect(await runCheck(whole, { resources: { api: { get: async () => 'other' } } })).toMatchObject({ passed: false })
  })
})

describe('sensors and webhooks', () => {
  const prices = sensor('prices', {
    every: '5m',
    target: 'raw/prices',
    resources: { api },
    evaluate: async ({ cursor, resources }) => {
      const now = await resources.api.get('/etag')
      return now === cursor ? { cursor, skip: 'unchanged' } : { cursor: now, runs: [{ key: now }] }
    },
  })
  it('look with a cursor, and answer a cursor and runs', async () => {
    const resources = { api: { get: async () => 'v1' } }
    expect(await evaluateSensor(prices, { resources })).toMatchObject({
      cursor: 'v1',
      runs: [{ key: 'v1', selection: 'raw/prices' }],
    })
    expect(await evaluateSensor(prices, { resources, cursor: 'v1' })).toMatchObject({ skip: 'unchanged', runs: [] })
  })

  it.each(['*', ' acme', '', 'a...b', 'a\nb'])(
    'adds no key of partitions that means something else: %j',
    async (key) => {
      const answering = (change: { add?: string[]; remove?: string[] }) =>
        sensor('keys', { target: '*', every: '1m', evaluate: () => ({ dynamicPartitions: { customers: change } }) })
      await expect(evaluateSensor(answering({ add: ['acme', key] }))).rejects.toThrow(
        'cannot be the key of a partition',
      )
      // What an older version added can be removed.
      await expect(evaluateSensor(answering({ remove: [key] }))).resolves.toBeDefined()
    },
  )
  it('are told what was made', async () => {
    const daily = partitions.daily({ start: '2024-01-01' })
    const [orders, report] = [
      asset('raw/orders', { partitions: daily, run: () => {} }),
      asset('report', { partitions: daily, run: () => {} }),
    ]
    const follow = sensor('follow', onMaterialized({ assets: [orders], target: report }))
    const materializations = [
      { asset: orders, partitions: '2024-01-02' },
      { asset: 'raw/orders', partitions: '2024-01-01' },
    ]
    expect(await evaluateSensor(follow, { materializations, project: [orders, report] })).toMatchObject({
      runs: [{ selection: 'report', partitions: '2024-01-01...2024-01-02' }],
    })
    expect(await evaluateSensor(follow, { materializations: [{ asset: orders, hasChanged: false }] })).toMatchObject({
      runs: [],
    })
    await expect(evaluateSensor(follow, { materializations })).rejects.toThrow('may hand partitions on')
    await expect(evaluateSensor(follow)).rejects.toThrow('is told of assets that were made')
    const counting = sensor(
      'counting',
      onMaterialized({
        assets: [orders],
        cursor: z.number(),
        evaluate: ({ cursor = 0, materializations }) => ({
          cursor: cursor + Number(materializations[0]?.metadata.rows),
        }),
      }),
    )
    expect(
      await evaluateSensor(counting, { cursor: 1, materializations: [{ asset: orders, metadata: { rows: 7 } }] }),
    ).toMatchObject({
      cursor: 8,
      runs: [],
    })
    await expect(evaluateSensor(counting, { cursor: 'x', materializations: [{ asset: orders }] })).rejects.toThrow(
      'does not fit its schema',
    )
  })
  it('are told of a run', async () => {
    const failures = sensor(
      'failures',
      onRunStatus({
        statuses: ['failed'],
        resources: { api },
        evaluate: async ({ run, resources }) => void (await resources.api.get(run.error?.message ?? '')),
      }),
    )
    const said: string[] = []
    const resources = { api: { get: async (text: string) => said.push(text) } }
    await evaluateSensor(failures, { run: { status: 'failed', error: { message: 'It broke.' } }, resources })
    expect(said).toEqual(['It broke.'])
    const after = sensor('after', onRunStatus({ statuses: ['succeeded'], target: 'report' }))
    expect(await evaluateSensor(after, { run: { status: 'succeeded' } })).toMatchObject({
      runs: [{ selection: 'report' }],
    })
    await expect(evaluateSensor(after)).rejects.toThrow('is told of runs')
  })
  it('take a delivery', async () => {
    const paid = sensor(
      'paid',
      webhook({
        target: 'raw/orders',
        secret: 'SHOP_SECRET',
        payload: z.object({ id: z.number() }),
        evaluate: ({ payload, headers, receivedAt }) => ({
          runs: [
            {
              tags: {
                id: String(payload.id),
                event: headers['x-event'] ?? '',
                year: String(receivedAt.getUTCFullYear()),
              },
            },
          ],
        }),
      }),
    )
    const receivedAt = new Date('2024-05-01')
    expect(await deliver(paid, { id: 7 }, { headers: { 'X-Event': 'paid' }, receivedAt })).toMatchObject({
      runs: [{ selection: 'raw/orders', tags: { id: '7', event: 'paid', year: '2024' } }],
    })
    await expect(deliver(paid, { id: 'x' })).rejects.toThrow('another shape than its schema: id')
    await expect(evaluateSensor(paid)).rejects.toThrow('is told')
  })
})

describe('scheduleTicks', () => {
  const at = (ticks: ReturnType<typeof scheduleTicks>) =>
    ticks.map((tick) => `${tick.at.toISOString().slice(5, 13)}${tick.skip ? ` ${tick.skip}` : ''}`)
  const world = { from: '2024-03-30T12:00Z', to: '2024-04-02T12:00Z' }
  it('tells the instants and what they ask for, also when clocks are set forward', () => {
    const nightly = schedule('nightly', { cron: '0 3 * * *', timezone: 'Europe/Berlin', target: '*', tags: { a: 'b' } })
    const ticks = scheduleTicks(nightly, world)
    expect(at(ticks)).toEqual(['03-31T01', '04-01T01', '04-02T01'])
    expect(ticks[0]?.run).toMatchObject({ selection: '*', tags: { a: 'b' } })
  })
  it.each([
    ['none', ['03-30T13', '04-01T04 missed while nothing ran (catch-up: none)', '04-01T13', '04-02T04']],
    ['latest', ['03-30T13', '04-01T04', '04-01T13', '04-02T04']],
    ['all', ['03-30T13', '03-31T04', '03-31T13', '04-01T04', '04-01T13', '04-02T04']],
  ] as const)('makes good what was missed: %s', (catchUp, expected) => {
    const twice = schedule('twice', { cron: '0 4,13 * * *', target: '*', catchUp, overlap: 'allow' })
    expect(at(scheduleTicks(twice, { ...world, down: [['2024-03-31T00:00Z', '2024-04-01T09:30Z']] }))).toEqual(expected)
  })
  it.each([
    ['skip', 2],
    ['queue', 4],
    ['allow', 4],
  ] as const)('does with what overlaps as it is told: %s', (overlap, runs) => {
    const hourly = schedule('hourly', { cron: '0 * * * *', target: '*', overlap })
    const ticks = scheduleTicks(hourly, { from: '2024-01-01T00:30Z', to: '2024-01-01T04:30Z', runsTake: '90m' })
    expect(ticks).toHaveLength(4)
    expect(ticks.filter(({ run }) => run)).toHaveLength(runs)
  })
})

describe('testConditions', () => {
  const orders = asset('orders', { deps: ['raw/orders'], automation: when.eager(), run: () => {} })
  const mart = asset('mart', { deps: [orders], run: () => {} })
  const notEmpty = check(orders, 'not_empty', { blocking: true }, () => ({ passed: true }))
  const project = defineProject(
    orders,
    mart,
    notEmpty,
    automation('marts', { target: mart, condition: when.eager().and(when.allDepsBlockingChecksPassed()) }),
  )
  it('asks for what follows a change, in one run, and explains what it does not ask for', async () => {
    const world = testConditions(project).at('2026-01-01T00:00Z')
    const first = await world.evaluate()
    expect(first.requested).toEqual([])
    expect(first.why(orders)).toContain('✗ missing or deps changed since last handled')
    world.advance('1m').materialize('raw/orders')
    const second = await world.evaluate()
    expect([second.requested, second.runs]).toEqual([['orders', 'mart'], [{ selection: 'orders mart' }]])
    expect(second.why(mart).split('\n')[0]).toMatch(/^✓/)
    // They are being made.
    world.advance('1m').materialize('raw/orders')
    expect((await world.evaluate()).requested).toEqual([])
    // What was made after the change has handled it.
    world.advance('1m').finish()
    expect((await world.advance('1m').evaluate()).requested).toEqual([])
    world.advance('1m').materialize('raw/orders')
    expect((await world.evaluate()).requested).toEqual(['orders', 'mart'])
  })
  it('knows syncs that found nothing, failures and checks', async () => {
    const world = testConditions(project).at('2026-01-01T00:00Z').materialize('raw/orders')
    await world.evaluate()
    world.advance('1m').finish()
    await world.advance('1m').evaluate()
    world.advance('1m').materialize('raw/orders', { changed: false })
    expect((await world.evaluate()).requested).toEqual([])
    world.advance('1m').materialize('raw/orders')
    expect((await world.evaluate()).requested).toEqual(['orders', 'mart'])
    world.advance('1m').materialize(orders).check(orders, 'not_empty', false).fail(mart)
    world.advance('1m').materialize(orders)
    const { requested, why } = await world.check(orders, 'not_empty', false).evaluate()
    expect(requested).toEqual([])
    expect(why(mart)).toContain('✗ all blocking checks of deps passed')
  })
  it('waits for all partitions that something without partitions reads, unless that is left out', async () => {
    const report = asset('report', { partitions: daily, run: () => {} })
    const total = (automation: ReturnType<typeof when.eager>) =>
      testConditions([report, asset('total', { deps: [report], automation, run: () => {} })]).at('2024-01-04T05:00Z')
    const madeOne = async (world: ReturnType<typeof total>) => {
      await world.evaluate()
      return world.advance('1m').materialize(report, { partition: '2024-01-02' }).evaluate()
    }
    const eager = await madeOne(total(when.eager()))
    expect(eager.requested).toEqual([])
    expect(eager.why('total')).toContain('✗ no deps missing')
    expect((await madeOne(total(when.eager().without('no deps missing')))).requested).toEqual(['total'])
  })
  it('lets time and partitions come', async () => {
    const cut = asset('cut', { partitions: daily, deps: ['raw/a'], automation: when.onMissing(), run: () => {} })
    const byKey = asset('by_key', {
      partitions: partitions.dynamic('customers'),
      automation: when.missing().newlyTrue(),
      run: () => {},
    })
    const cron = asset('cron', { automation: when.onCron('0 6 * * *'), run: () => {} })
    const world = testConditions([cut, byKey, cron]).at('2024-01-10T05:00Z').materialize('raw/a')
    world.materialize(cut)
    await world.evaluate()
    world.at('2024-01-11T05:00Z').addPartitions('customers', ['acme'])
    // Six o'clock of the day before has passed as well.
    expect((await world.evaluate()).requested).toEqual(['cut @ 2024-01-10', 'by_key @ acme', 'cron'])
    world.finish()
    expect((await world.at('2024-01-11T06:00Z').evaluate()).requested).toEqual(['cron'])
    expect((await world.advance('1m').evaluate()).requested).toEqual([])
    expect(() => world.materialize('nope')).toThrow('neither defined nor read')
    expect(() => world.materialize(cut, { partition: '2025-01-01' })).toThrow('There is no partition')
  })
})
