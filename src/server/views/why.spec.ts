import { describe, expect, it } from 'vitest'
import type { AssetState, Definitions, Run, RunStep, Tick } from '../../orchestrate/index.js'
import { askersOf, type WhyFacts, whyOf } from './why.js'

const now = new Date('2026-01-10T12:00:00Z')
const error = { code: 'X', kind: 'user', retryable: false, message: 'It broke\nbadly' } as const
const asset = (key: string, more: object = {}) => ({
  key,
  kinds: ['typescript'],
  group: 'g',
  description: '',
  owners: [],
  tags: [],
  deps: [],
  columns: [],
  isExecutable: true,
  ...more,
})
const schedule = { name: 'nightly', cron: '0 5 * * *', timezone: 'UTC', target: 'mart', isOnByDefault: true }
const run = (id: string, more: Partial<Run> = {}) =>
  ({ id, selection: 'mart', tags: {}, createdAt: '2026-01-10T11:00:00Z', ...more }) as Run
const step = (more: Partial<RunStep>) => ({ assets: ['mart'], upstream: [], ...more }) as RunStep

interface Wish extends Partial<Omit<WhyFacts, 'definitions' | 'states'>> {
  readonly definitions?: object
  readonly made?: Readonly<Record<string, Partial<AssetState>>>
  readonly running?: ReadonlyMap<string, string>
  readonly partitions?: WhyFacts['states']['partitions']
}

function reasons({ definitions, made = {}, running = new Map(), partitions = new Map(), ...more }: Wish = {}) {
  const assets = [asset('raw'), asset('mart', { deps: ['raw'] })]
  const all = {
    assets,
    checks: [],
    steps: [],
    schedules: [],
    sensors: [],
    automations: [],
    connections: [],
    problems: [],
    ...definitions,
  } as unknown as Definitions
  return whyOf({
    definitions: all,
    asset: all.assets.find(({ key }) => key === 'mart') as Definitions['assets'][number],
    states: {
      assets: new Map(Object.entries({ raw: { lastMaterializedAt: '2026-01-10T10:00:00Z' }, ...made })) as never,
      checks: new Map(),
      running,
      partitions,
    },
    now,
    isDaemonUp: true,
    hasSecret: (name) => name === 'SET',
    queue: { going: [], queued: [], limits: { tags: [] }, slots: { workers: 1, lost: 0, total: 4, taken: 0 } },
    askers: askersOf(all, 'mart'),
    steps: [],
    automations: [],
    ticks: new Map(),
    ...more,
  }).reasons
}

describe('why an asset was not made', () => {
  it('nothing asks for it', () => {
    expect(reasons()).toEqual([
      { weight: 'holds', text: 'Nothing makes it by itself: no schedule, no sensor and no condition covers it.' },
    ])
  })

  it('runs that will make it come first', () => {
    expect(reasons({ running: new Map([['mart', 'run-12345678']]) })[0]?.text).toBe('Run 12345678 is making it now.')
    const queued = [run('12345678')]
    const queue = { going: [], queued, limits: { tags: [] }, slots: { workers: 0, lost: 1, total: 0, taken: 0 } }
    expect(reasons({ queue }).map(({ text }) => text)).toEqual([
      'Run 12345678 waits in the queue: no worker claims runs (1 lost): start `millrace worker`.',
      'No worker claims runs at the moment, so nothing is made: start `millrace worker`.',
      expect.stringContaining('Nothing makes it by itself'),
    ])
    const steps = [{ run: run('12345678'), step: step({ status: 'pending', upstream: ['sync:a', 'dbt:b'] }) }]
    expect(reasons({ steps })[0]?.text).toBe('Run 12345678 will make it: it waits for sync:a and 1 more.')
  })

  it('one whose worker was lost makes nothing', () => {
    const slots = { workers: 0, lost: 1, total: 0, taken: 0 }
    const queue = { going: [], queued: [], limits: { tags: [] }, slots }
    const steps = [{ run: run('12345678', { isAbandoned: true }), step: step({ status: 'running' }) }]
    expect(reasons({ steps, queue }).map(({ text }) => text)).toEqual([
      'Run 12345678 was to make it: its worker was lost, and no worker claims runs (1 lost): start `millrace worker`.',
      'No worker claims runs at the moment, so nothing is made: start `millrace worker`.',
      expect.stringContaining('Nothing makes it by itself'),
    ])
  })

  it('a failure, one upstream, and what was left out, lead to their runs', () => {
    const last = { run: run('r1'), step: step({ status: 'skipped', reason: 'upstream raw failed' }) }
    const made = { raw: { lastError: error } }
    expect(reasons({ last, made }).slice(0, 2)).toEqual([
      {
        weight: 'holds',
        text: 'The last run left it out: upstream raw failed.',
        at: '2026-01-10T11:00:00Z',
        link: { to: 'run', id: 'r1' },
      },
      { weight: 'holds', text: 'It needs raw, which failed.', link: { to: 'asset', key: 'raw' } },
    ])
    expect(reasons({ made: { mart: { lastError: error } } })[0]?.text).toBe('The last attempt failed: It broke')
  })

  it('a blocking check upstream, and staleness, lead to the asset', () => {
    const checks = [{ asset: 'raw', name: 'is_full', isBlocking: true, description: '', step: 's' }]
    const states = {
      assets: new Map([['raw', { lastMaterializedAt: '2026-01-10T10:00:00Z' }]]),
      checks: new Map([['raw is_full', { passed: false, severity: 'error', at: '2026-01-10T10:01:00Z', runId: 'r' }]]),
      running: new Map(),
      partitions: new Map(),
    }
    expect(reasons({ definitions: { checks }, ...({ states } as object) })[0]).toMatchObject({
      text: 'It needs raw, whose check is_full fails and blocks.',
      link: { to: 'asset', key: 'raw', tab: 'checks' },
    })
    const made = {
      raw: { lastMaterializedAt: '2026-01-10T10:00:00Z', lastChangedAt: '2026-01-10T10:00:00Z', lastRunId: 'b' },
      mart: { lastMaterializedAt: '2026-01-10T09:00:00Z', lastRunId: 'a' },
    }
    expect(reasons({ made })[0]).toEqual({
      weight: 'tells',
      text: 'It is stale: upstream raw is newer.',
      link: { to: 'asset', key: 'raw' },
    })
  })

  it('staleness leads to the asset that is the cause, whatever it is called', () => {
    const assets = [asset('raw data'), asset('mart', { deps: ['raw data'] })]
    const made = {
      'raw data': { lastMaterializedAt: '2026-01-10T10:00:00Z', lastChangedAt: '2026-01-10T10:00:00Z', lastRunId: 'b' },
      mart: { lastMaterializedAt: '2026-01-10T09:00:00Z', lastRunId: 'a' },
    }
    expect(reasons({ definitions: { assets }, made })[0]).toEqual({
      weight: 'tells',
      text: 'It is stale: upstream raw data is newer.',
      link: { to: 'asset', key: 'raw data' },
    })
  })

  it('partitions that failed, or are missing', () => {
    const of = (counts: object) => reasons({ partitions: new Map([['mart', counts as never]]) })[0]
    expect(of({ made: 27, failed: 2, missing: 1 })).toEqual({
      weight: 'holds',
      text: '2 of 30 partitions failed, 1 is missing.',
      link: { to: 'asset', key: 'mart', tab: 'partitions' },
    })
    expect(of({ made: 27, failed: 0, missing: 3 })).toMatchObject({
      weight: 'tells',
      text: '3 of 30 partitions are missing.',
    })
    expect(of({ made: 30, failed: 0, missing: 0 })?.text).toContain('Nothing makes it by itself')
  })

  it('a webhook that nothing was delivered to, or that has no secret', () => {
    const of = (secret: string) =>
      reasons({
        definitions: { sensors: [{ name: 'pushed', target: 'mart', isOnByDefault: true, webhook: { secret } }] },
      })
    expect(of('SET')[0]?.text).toBe('To the webhook pushed nothing was delivered yet.')
    expect(of('UNSET')[0]).toMatchObject({ weight: 'holds', text: expect.stringContaining('UNSET is not set') })
  })

  it('a schedule that is off, failed, asked for nothing, or will fire', () => {
    const of = (more: Wish) => reasons({ definitions: { schedules: [schedule] }, ...more })[0]
    const tick = (more: Partial<Tick>) => ({
      ticks: new Map([['nightly', { at: '2026-01-10T05:00:00Z', runIds: [], ...more } as unknown as Tick]]),
    })
    expect(of({ automations: [{ name: 'nightly', type: 'schedule', isOn: false }] })?.text).toBe(
      'The schedule nightly, which covers it, is switched off.',
    )
    expect(of(tick({ status: 'failed', error }))?.text).toBe('The schedule nightly failed: It broke')
    expect(of(tick({ status: 'skipped', reason: 'a run is going on.' }))).toEqual({
      weight: 'holds',
      text: 'The schedule nightly asked for nothing: a run is going on.',
      at: '2026-01-10T05:00:00Z',
      link: { to: 'automation', name: 'nightly' },
    })
    expect(of({})).toMatchObject({
      weight: 'waits',
      text: 'The schedule nightly has not fired yet; it will.',
      at: '2026-01-11T05:00:00.000Z',
    })
  })

  it('the part of its condition that does not hold', () => {
    const condition = { type: 'missing' }
    const assets = [asset('raw'), asset('mart', { deps: ['raw'], condition })]
    const tree = {
      text: 'all of',
      held: 0,
      asked: 1,
      children: [
        { text: 'in latest time window', held: 1, asked: 1 },
        { text: 'any of', label: 'no deps missing', held: 0, asked: 1 },
      ],
    }
    const evaluation = { asset: 'mart', automation: 'asset_conditions', at: 'then', tree, isRequested: false }
    expect(reasons({ definitions: { assets } })[0]?.text).toBe('Its condition (missing) was not evaluated yet.')
    expect(reasons({ definitions: { assets }, evaluation })[0]).toMatchObject({
      weight: 'holds',
      text: 'Its condition (missing) does not hold: no deps missing.',
      link: { to: 'asset', key: 'mart', tab: 'automation' },
    })
    // That it is stale is what comes of it.
    const made = {
      raw: { lastMaterializedAt: '2026-01-10T10:00:00Z', lastChangedAt: '2026-01-10T10:00:00Z', lastRunId: 'b' },
      mart: { lastMaterializedAt: '2026-01-10T09:00:00Z', lastRunId: 'a' },
    }
    expect(reasons({ definitions: { assets }, evaluation, made }).map(({ text }) => text)).toEqual([
      'Its condition (missing) does not hold: no deps missing.',
      'It is stale: upstream raw is newer.',
    ])
  })

  it('a daemon that does not run, and a project that cannot be read', () => {
    const found = reasons({ isDaemonUp: false, definitions: { problems: [error] } })
    expect(found.map(({ link }) => link)).toEqual([{ to: 'overview' }, { to: 'deployment' }, undefined])
  })
})
