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
