import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, startUp, type Up } from '../support/millrace.js'
import { smallProject } from './small-project.js'
import { millraceIn } from './support.js'

let folder: Awaited<ReturnType<typeof smallProject>>
let millrace: ReturnType<typeof millraceIn>
beforeAll(async () => {
  folder = await smallProject({
    'orchestration/definitions.ts': `import { asset, defineProject, partitions, schedule, sensor, when } from 'millrace'
const report = asset('reports/revenue', { deps: ['main/revenue'], run: () => {} })
const daily = asset('reports/daily', { partitions: partitions.static(['a', 'b']), run: () => {} })
export default defineProject(
  report,
  daily,
  asset('reports/customer', { partitions: partitions.dynamic('customers'), run: () => {} }),
  asset('reports/eager', { deps: [report], automation: when.eager(), run: () => {} }),
  schedule('nightly', { cron: '0 5 * * *', target: 'reports/revenue', tags: { team: 'a' }, on: false }),
  sensor('flood', {
    every: '1h',
    target: report,
    on: false,
    evaluate: () => ({ runs: Array.from({ length: 25 }, (_, i) => ({ key: 'file ' + i })) }),
  }),
  sensor('prices', {
    every: '1h',
    target: report,
    on: false,
    evaluate: ({ cursor }) =>
      cursor === 'v2' ? { cursor, skip: 'unchanged' } : { cursor: 'v2', runs: [{ key: 'v2', tags: { after: String(cursor) } }] },
  }),
)
`,
  })
  millrace = millraceIn(folder.dir)
})
afterAll(() => folder.remove())

const json = async <T>(...args: string[]): Promise<T> => {
  const { code, stdout, stderr } = await millrace('--json', ...args)
  if (code !== 0) throw new Error(stdout + stderr)
  return JSON.parse(stdout) as T
}

describe('millrace automation', { timeout: 60_000 }, () => {
  it('lists what runs something by itself, without anything running', async () => {
    const all = await json<{ name: string; type: string; isOn: boolean; nextTickAt?: string }[]>('automation')
    expect(all.map(({ name, type, isOn }) => [name, type, isOn])).toEqual([
      ['nightly', 'schedule', false],
      ['flood', 'sensor', false],
      ['prices', 'sensor', false],
      ['asset_conditions', 'automation', true],
    ])
    expect(all[0]?.nextTickAt).toBeUndefined()
    expect((await millrace('automation', 'list')).stdout).toMatch(/^nightly +schedule +off/m)
  })

  it('says what is wrong with the project beside it', async () => {
    const file = join(folder.dir, 'orchestration/definitions.ts')
    const good = await readFile(file, 'utf8')
    try {
      await writeFile(
        file,
        good.replace("cron: '0 5 * * *', target: 'reports/revenue'", "cron: '0 5 * * *', target: 'reports/revnue'"),
      )
      const { stdout, stderr } = await millrace('automation')
      expect(stdout).toMatch(/^nightly +schedule +off/m)
      expect(stderr).toContain('The target of nightly names nothing')
    } finally {
      await writeFile(file, good)
    }
  })

  it('tells the first of many runs that a sensor would ask for', async () => {
    const { stdout } = await millrace('automation', 'test', 'flood')
    const lines = stdout.trimEnd().split('\n')
    expect([lines[0], lines.length, lines[21]]).toEqual([
      'flood would request 25 runs:',
      22,
      '  and 5 more; --json tells all',
    ])
  })
})

describe('millrace automation beside `millrace up`', { timeout: 120_000 }, () => {
  let up: Up
  beforeAll(async () => {
    up = await startUp(folder.dir)
  }, 60_000)
  afterAll(() => up?.stop())

  it('switches one on and off, which the audit log knows', async () => {
    expect((await millrace('automation', 'on', 'nightly')).stdout).toBe('nightly is on.\n')
    const [nightly] = await json<{ isOn: boolean; nextTickAt?: string }[]>('automation', 'list')
    expect([nightly?.isOn, nightly?.nextTickAt]).toEqual([true, expect.stringContaining('T05:00:00')])
    expect(await json('automation', 'off', 'nightly')).toEqual({ name: 'nightly', isOn: false })
    const unknown = await millrace('automation', 'on', 'nightli')
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("Did you mean 'nightly'?")])
  })

  it('shows, changes and resets the cursor of a sensor', async () => {
    const cursor = async (...args: string[]) =>
      (await json<{ cursor?: unknown }>('automation', 'cursor', 'prices', ...args)).cursor
    expect(await cursor()).toBeUndefined()
    expect(await cursor('--set', '{"page": 2}')).toEqual({ page: 2 })
    expect((await millrace('automation', 'cursor', 'prices')).stdout).toBe('{\n  "page": 2\n}\n')
    expect(await cursor('--reset')).toBeUndefined()
    expect((await millrace('automation', 'cursor', 'nightly')).code).toBe(2)
    const { entries } = await up.get<{ entries: { action: string; what: string }[] }>('/audit')
    expect(entries.filter(({ what }) => what === 'prices').map(({ action }) => action)).toEqual([
      'automation cursor reset',
      'automation cursor set',
    ])
  })
  it('tests one: what it would request, with another cursor too, and keeps nothing', async () => {
    const run = { selection: 'reports/revenue', key: 'v2', tags: { after: 'undefined' }, assets: 1, checks: 0 }
    for (let time = 0; time < 2; time++)
      expect(await json('automation', 'test', 'prices')).toEqual({
        status: 'requested',
        cursor: 'v2',
        runs: [run],
        newRuns: 1,
      })
    expect(await json('automation', 'test', 'prices', '--cursor', 'v2')).toEqual({
      status: 'skipped',
      reason: 'unchanged',
      cursor: 'v2',
      runs: [],
      newRuns: 0,
    })
    const written = (await millrace('automation', 'test', 'prices', '--cursor', '{"page": 2}')).stdout
    expect(written).toContain('prices would request 1 run:\n  reports/revenue')
    expect((await millrace('automation', 'test', 'nightly')).stdout).toContain('team=a')
    expect((await millrace('automation', 'test', 'nightly', '--cursor', '1')).code).toBe(2)
    expect(await json<{ reason: string }>('automation', 'test', 'asset_conditions')).toMatchObject({
      status: 'skipped',
    })
    expect(await json('runs')).toEqual([])
    expect(await json('automation', 'ticks', 'prices')).toEqual([])
  })

  it('explains the condition of an asset, and refuses one that has none', async () => {
    const told = await eventually('it is evaluated', async () => {
      const { stdout } = await millrace('automation', 'why', 'reports/eager')
      return stdout.includes('reports/eager: not requested') && stdout
    })
    expect(told).toMatch(/^ {2}✗ /m)
    expect(await json('automation', 'why', 'eager')).toMatchObject({
      asset: 'reports/eager',
      automation: 'asset_conditions',
      isOn: true,
      evaluations: [{ isRequested: false }],
    })
    expect((await millrace('automation', 'why', 'reports/revenue')).stderr).toContain('has no condition')
  })

  it('adds and removes keys of partitions that there are, which the audit log knows', async () => {
    const wrong = await millrace('partitions', 'add', 'customer', 'acme')
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("Did you mean 'customers'?")])
    for (const key of ['*', ' acme', 'acme ', '', 'a...b', 'a\nb', 'a\rb'])
      expect((await millrace('partitions', 'add', 'customers', key)).stderr).toContain(
        'cannot be the key of a partition',
      )
    expect(await json('partitions', 'add', 'customers', 'acme', 'globex')).toEqual(['acme', 'globex'])
    expect(await json('partitions', 'remove', 'customers', 'acme')).toEqual(['globex'])
    const { entries } = await up.get<{ entries: { action: string; what: string }[] }>('/audit')
    expect(entries.slice(0, 2).map(({ action, what }) => [action, what])).toEqual([
      ['partitions remove', 'customers: acme'],
      ['partitions add', 'customers: acme, globex'],
    ])
  })

  it('tells of ticks with their runs', async () => {
    await millrace('automation', 'on', 'prices')
    const [tick] = await eventually('it ticks', async () => {
      const found = await json<{ status: string; runIds: string[] }[]>('automation', 'ticks', 'prices')
      return found.length > 0 && found
    })
    expect([tick?.status, tick?.runIds.length]).toEqual(['requested', 1])
    expect((await millrace('automation', 'ticks', 'prices')).stdout).toContain(tick?.runIds[0])
    expect((await json<{ id: string }[]>('runs')).map(({ id }) => id)).toContain(tick?.runIds[0])
    const entries = await up.get<{ entries: { action: string; what: string; via: string }[] }>('/audit')
    expect(entries.entries).toContainEqual(
      expect.objectContaining({ action: 'automation on', what: 'prices', via: 'cli' }),
    )
  })
})

it('a backfill has tags and a priority, which are told where it is listed', { timeout: 60_000 }, async () => {
  const tags = ['--tag', 'team=a', '--priority', '-2']
  const { code } = await millrace('backfills', 'create', 'reports/daily', '--partition', 'a', ...tags)
  expect(code).toBe(0)
  const [backfill] = await json<{ tags: unknown }[]>('backfills')
  expect(backfill?.tags).toEqual({ team: 'a', 'millrace/priority': '-2' })
  const [run] = await json<{ priority: number; tags: unknown }[]>('runs')
  const found = async (...filter: string[]) => (await json<unknown[]>('runs', ...filter)).length
  expect(await found('--tag', 'team=a', '--since', '1h')).toBeGreaterThan(0)
  expect(await found('--tag', 'team')).toBe(await found('--tag', 'team=a'))
  expect(await found('--tag', 'team=b')).toBe(0)
  expect(await found('--status', 'failed', '--tag', 'team=a')).toBe(0)
  expect(run).toMatchObject({ priority: -2, tags: { team: 'a' } })
  expect((await millrace('runs', 'show')).stdout).toContain('tags team=a, millrace/priority=-2')
  const refused = await millrace('backfills', 'create', 'reports/daily', '--tag', 'millrace/priority=high')
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('no whole number')])
})
