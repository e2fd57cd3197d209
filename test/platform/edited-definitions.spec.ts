import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eventually, millrace } from '../support/millrace.js'
import { runningProject } from './running-project.js'
import { ended, eventsOf, requestRun } from './slow-project.js'

/** An asset whose partitions wait, each until it may go on, and one that reads a model row by row. */
const definitions = (version: string) => `import { existsSync, writeFileSync } from 'node:fs'
import { asset, dbt, defineProject, partitions } from 'millrace'

export default defineProject(
  asset('reports/slow', { partitions: partitions.static(['a', 'b']), async run({ projectDir, partition, log }) {
    writeFileSync(projectDir + '/begun-' + partition.key, '')
    while (!existsSync(projectDir + '/go')) await new Promise((resolve) => setTimeout(resolve, 20))
    log('${version} made ' + partition.key)
  } }),
  asset('reports/rows', { inputs: { numbers: dbt.models.numbers }, async run({ inputs, log }) {
    let sum = 0
    for await (const row of inputs.numbers) sum += Number(row.n)
    log('${version} sum ' + sum)
  } }),
)
`
const files = {
  'millrace.yaml': 'name: edited\nwarehouse: { profile: edited, target: dev }\n',
  'transformation/dbt/dbt_project.yml': "name: edited\nversion: '1.0'\nprofile: edited\nmodel-paths: [models]\n",
  'transformation/dbt/profiles.yml':
    'edited:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: ../../.millrace/warehouse.duckdb }\n',
  'transformation/dbt/models/numbers.sql': "select range as n, 'x' as word from range(20000)\n",
  'orchestration/definitions.ts': definitions('first'),
}

/** Assets, a schedule of them and one of a model, and a sensor, to be broken. */
const shown = `import { asset, dbt, defineProject, schedule, sensor, when } from 'millrace'

export default defineProject(
  asset('reports/kept', { run: ({ log }) => log('made kept') }),
  asset('reports/asked', { deps: [dbt.models.numbers], automation: when.eager(), run: ({ log }) => log('made asked') }),
  schedule('of_reports', { cron: '*/5 * * * * *', target: 'reports/kept', catchUp: 'all' }),
  schedule('of_models', { cron: '0 0 1 1 *', target: 'main/numbers' }),
  sensor('looking', { every: '1s', target: 'main/numbers', evaluate: () => ({ skip: 'nothing' }) }),
)
`

describe('a project that is edited while it runs', { timeout: 90_000 }, () => {
  const project = runningProject(files)
  const definitionsFile = () => join(project.dir, 'orchestration/definitions.ts')
  const types = () => readFile(join(project.dir, 'orchestration/millrace-types.d.ts'), 'utf8').catch(() => '')
  const problems = async () => (await project.up.get<{ problems: { message: string }[] }>('/overview')).problems
  const said = async (run: string) =>
    (await eventsOf(project.up, run)).flatMap(({ type, message = '' }) =>
      type === 'log' && / (made|sum) /.test(message) ? [message] : [],
    )

  it('tells the compiler its names at once, and columns when they are there', async () => {
    await eventually('names are written', async () => (await types()).includes("numbers: 'main/numbers'"))
    expect(await types()).toContain("'reports/slow': unknown")
    const run = await requestRun(project.up, 'main/numbers+')
    expect((await ended(project.up, run)).status).toBe('succeeded')
    expect(await said(run)).toEqual(['first sum 199990000'])
    await eventually('columns are written', async () => (await types()).includes('n: number | bigint | null'))
    const check = millrace(project.dir, ['types', '--check'])
    expect([(await check.ended).code, check.output()]).toEqual([0, expect.stringContaining('up to date')])
  })

  it('carries on with the code that a run began with, broken or mended meanwhile', async () => {
    const run = await requestRun(project.up, 'reports/slow')
    await eventually('it has begun', () => existsSync(join(project.dir, 'begun-a')))
    await writeFile(definitionsFile(), 'export default defineProject(')
    await eventually('it is told to be broken', async () => (await problems()).length > 0)
    await writeFile(definitionsFile(), definitions('second'))
    await eventually('it is told to be mended', async () => (await problems()).length === 0)
    const rows = await requestRun(project.up, 'reports/rows')
    expect((await ended(project.up, rows)).status).toBe('succeeded')
    expect(await said(rows)).toEqual(['second sum 199990000'])
    await writeFile(join(project.dir, 'go'), '')
    expect((await ended(project.up, run)).status).toBe('succeeded')
    expect(await said(run)).toEqual(['first made a', 'first made b'])
  })
})

describe('a definitions.ts that breaks', { timeout: 240_000 }, () => {
  const project = runningProject({ ...files, 'orchestration/definitions.ts': shown })
  const definitionsFile = () => join(project.dir, 'orchestration/definitions.ts')
  const health = () => project.up.get<{ broken?: { file: string; since: string; error: { at?: object } }[] }>('/health')
  const keys = async () => (await project.up.get<{ assets: { key: string }[] }>('/assets')).assets.map(({ key }) => key)
  const ticks = async (name: string) =>
    (await project.up.get<{ ticks: { at: string; status: string; reason?: string }[] }>(`/automation/${name}/ticks`))
      .ticks
  const runsOf = async () =>
    (
      await project.up.get<{
        runs: { selection: string; status: string; createdAt: string; trigger: { name?: string } }[]
      }>('/runs')
    ).runs

  it('is shown as it was, makes nothing of its own, and says so', async () => {
    await eventually('it is read', async () => (await keys()).includes('reports/kept'))
    const evaluated = '/assets/reports%2Fasked/conditions'
    await eventually(
      'its condition is looked at',
      async () => (await project.up.get<{ evaluations: unknown[] }>(evaluated)).evaluations.length > 0,
    )
    await writeFile(definitionsFile(), `${shown}\nexport const = 1\n`)
    await eventually('it is told to be broken', async () => ((await health()).broken ?? []).length > 0)
    const [broken] = (await health()).broken ?? []
    expect(broken).toMatchObject({ file: 'orchestration/definitions.ts', error: { at: { line: expect.any(Number) } } })
    expect(await keys()).toEqual(expect.arrayContaining(['reports/kept', 'reports/asked', 'main/numbers']))
    await expect(requestRun(project.up, 'reports/kept')).rejects.toThrow(/cannot be loaded since/)
    await eventually('the sensor is told to stand still', async () =>
      (await ticks('looking')).some(({ status, reason = '' }) => status === 'failed' && /is not asked/.test(reason)),
    )
    const list = millrace(project.dir, ['assets'])
    expect([(await list.ended).code, list.output()]).toEqual([1, expect.stringContaining('reports/kept')])
  })

  it('goes on with what does not need it, and makes up for what did once it is mended', async () => {
    const model = await requestRun(project.up, 'main/numbers')
    expect((await ended(project.up, model)).status).toBe('succeeded')
    const isHeld = ({ status, reason = '' }: { status: string; reason?: string }) =>
      status === 'failed' && /cannot be loaded since/.test(reason)
    await eventually('an instant is held', async () => (await ticks('of_reports')).some(isHeld))
    const held = (await ticks('of_reports')).filter(isHeld)
    // One that was requested while nobody knew yet has failed.
    const known = Date.parse((await health()).broken?.[0]?.since ?? '') + 2_000
    const isLate = ({ selection, createdAt }: { selection: string; createdAt: string }) =>
      /kept/.test(selection) && Date.parse(createdAt) > known
    expect((await runsOf()).filter(isLate)).toEqual([])
    await project.restart()
    await eventually('it is still shown', async () => (await keys()).includes('reports/kept'))
    expect(((await health()).broken ?? []).length).toBe(1)
    await writeFile(definitionsFile(), shown)
    await eventually('it is mended', async () => ((await health()).broken ?? []).length === 0)
    await eventually('the instants are made good', async () => {
      const now = await ticks('of_reports')
      return held.every(({ at }) => now.some((one) => one.at === at && one.status === 'requested'))
    })
    // What the condition saw meanwhile was kept for it.
    await eventually('the condition asks', async () =>
      (await runsOf()).some(({ trigger }) => trigger.name === 'asset_conditions'),
    )
  })
})

describe('a dbt project that breaks', { timeout: 240_000 }, () => {
  const code = (more: string) => `import { asset, dbt, defineProject } from 'millrace'

export default defineProject(
  asset('reports/named', { deps: [dbt.models.numbers], run: ({ log }) => log('made of ' + dbt.models.numbers) }),
  ${more}
)
`
  const project = runningProject({ ...files, 'orchestration/definitions.ts': code('') })
  const broken = async () =>
    (await project.up.get<{ broken?: { file: string; error: { message: string } }[] }>('/health')).broken ?? []
  const keys = async () => (await project.up.get<{ assets: { key: string }[] }>('/assets')).assets.map(({ key }) => key)
  const model = () => join(project.dir, 'transformation/dbt/models/lost.sql')

  it('is shown as it was, and keeps only itself, and what needs what it has now, from being made', async () => {
    await eventually('it is read', async () => (await keys()).includes('main/numbers'))
    await writeFile(model(), "select * from {{ ref('nobody') }}")
    await eventually('it is told to be broken', async () => (await broken()).length > 0)
    expect(await broken()).toMatchObject([
      { file: 'transformation/dbt', error: { message: expect.stringMatching(/nobody/) } },
    ])
    expect(await keys()).toEqual(expect.arrayContaining(['main/numbers', 'reports/named']))
    await expect(requestRun(project.up, 'main/numbers')).rejects.toThrow(/transformation\/dbt cannot be loaded since/)
    const run = await requestRun(project.up, 'reports/named')
    expect((await ended(project.up, run)).status).toBe('succeeded')
    expect((await eventsOf(project.up, run)).map(({ message }) => message)).toContain('made of "main"."numbers"')

    await writeFile(
      join(project.dir, 'orchestration/definitions.ts'),
      code("asset('reports/waiting', { deps: [dbt.models.lost], run: ({ log }) => log('made') }),"),
    )
    await eventually('the other one is known', async () => (await keys()).includes('reports/waiting'))
    expect((await broken()).map(({ file }) => file)).toEqual(['transformation/dbt'])
    await expect(requestRun(project.up, 'reports/waiting')).rejects.toThrow(
      /transformation\/dbt cannot be loaded since/,
    )
  })

  it('is so after a restart as well, and whole once it is mended', async () => {
    await project.restart()
    await eventually('it is still shown', async () => (await keys()).includes('main/numbers'))
    await writeFile(model(), "select * from {{ ref('numbers') }}")
    await eventually('it is mended', async () => (await broken()).length === 0)
    const run = await requestRun(project.up, 'main/numbers+')
    expect((await ended(project.up, run)).status).toBe('succeeded')
  })
})
