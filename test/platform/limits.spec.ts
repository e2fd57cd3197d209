import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deploymentSchema, runDetailSchema, runsSchema } from '../../src/server/contract/index.js'
import { eventually, millrace, removeProject, temporaryProject } from '../support/millrace.js'
import { runningProject } from './running-project.js'

const files = {
  'millrace.yaml': `name: limits
pools: { api: 1 }
max_concurrent_runs: 2
runs: { max_retries: 1, max_runtime: 10m, tag_limits: [{ key: team, per_value: true, limit: 1 }] }
`,
  'orchestration/definitions.ts': `import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { asset, defineProject } from 'millrace'

const wait = async ({ projectDir, signal }) => {
  while (!existsSync(join(projectDir, 'go'))) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
export default defineProject(
  asset('slow/x', { pool: 'api', run: wait }),
  asset('slow/y', { run: wait }),
  asset('bad', { run: () => { throw new Error('no luck') } }),
)
`,
}

async function ran(dir: string, args: readonly string[]) {
  const command = millrace(dir, args)
  return { ...(await command.ended), output: command.output() }
}

describe('limits of a project', { timeout: 60_000 }, () => {
  const project = runningProject(files)
  const deployment = async () => deploymentSchema.parse(await project.up.get('/deployment'))
  const materialize = (...args: string[]) => ran(project.dir, ['materialize', 'slow/x', 'slow/y', '--detach', ...args])

  it('are told with what they hold back, and why', async () => {
    for (const team of ['a', 'a', 'b', 'c']) await materialize('--tag', `team=${team}`)
    const shown = await eventually('a place is taken', async () => {
      const now = await deployment()
      return now.going.length === 2 && now.pools[0]?.taken.length === 1 && now
    })
    expect(shown).toMatchObject({
      slots: { workers: 1, lost: 0, total: 2, taken: 2 },
      maxRetries: 1,
      maxRuntimeMs: 600_000,
      tagLimits: [{ key: 'team' }],
    })
    expect(shown.queued.map(({ waitsFor }) => waitsFor)).toEqual([
      '1 of at most 1 runs with the tag team=a are going on',
      'it waits for a free slot: 1 worker, 2 of 2 slots taken, and 1 wait before it',
    ])
    const [held] = shown.queued
    expect(runDetailSchema.parse(await project.up.get(`/runs/${held?.id}`)).waitsFor).toContain('team=a')
    expect(shown.pools[0]?.waiting).toHaveLength(1)
    const { runId } = await project.up.post<{ runId: string }>('/materialize', { selection: 'slow/x' })
    expect(runDetailSchema.parse(await project.up.get(`/runs/${runId}`)).waitsFor).toBe(
      'all that it could begin with waits for places in a pool: api',
    )
    await project.up.post(`/runs/${runId}/cancel`, {})
  })

  it('are figures for Prometheus', async () => {
    const text = await (await fetch(`${project.up.url}/metrics`)).text()
    expect(text).toContain('millrace_runs{status="queued"} 2')
    expect(text).toContain('millrace_run_slots{kind="taken"} 2')
    expect(text).toContain('millrace_processes{kind="engine",status="up"} 1')
    expect(text).toContain('millrace_pool_places{pool="api",kind="taken"} 1')
    expect(text).toContain('route="/api/deployment"')
    expect(text).not.toMatch(/route="[^"]*[0-9a-f]{8}-/)
    expect((await fetch(`${project.up.url}/readyz`)).status).toBe(200)
  })

  it('let a failed run be tried again, once', async () => {
    await writeFile(join(project.dir, 'go'), '')
    await project.up.post('/materialize', { selection: 'bad' })
    const [retry] = await eventually('the second try ends', async () => {
      const { runs } = runsSchema.parse(await project.up.get('/runs?trigger=retry'))
      return runs[0]?.endedAt !== undefined && runs
    })
    expect(retry).toMatchObject({ selection: 'bad', tags: { 'millrace/retry_number': '1' }, status: 'failed' })
    expect(runsSchema.parse(await project.up.get('/runs?trigger=retry')).runs).toHaveLength(1)
  })

  it('refuse tags that make no sense', async () => {
    const refused = await materialize('--tag', 'millrace/priority=high')
    expect([refused.code, refused.output]).toEqual([2, expect.stringContaining('which is no whole number')])
    const unwritten = await materialize('--tag', 'urgent')
    expect([unwritten.code, unwritten.output]).toEqual([2, expect.stringContaining('Write it as key=value.')])
  })
})

it('a pool that millrace.yaml does not name holds nothing back, and is said of its asset', async () => {
  const dir = await temporaryProject({
    'millrace.yaml': 'name: pools\npools: { api: 1 }\n',
    'orchestration/definitions.ts':
      "import { asset, defineProject } from 'millrace'\nexport default defineProject(asset('x', { pool: 'apis', run: () => {} }))\n",
  })
  try {
    expect(await ran(dir, ['materialize', '*'])).toMatchObject({ code: 0 })
    const { output } = await ran(dir, ['doctor'])
    expect(output).toContain('x is made without a limit: its pool apis is not named in millrace.yaml.')
    expect(output).toContain(
      "Did you mean 'api'? Or add it to millrace.yaml, pools: { apis: 2 }, and start Millrace again.",
    )
  } finally {
    await removeProject(dir)
  }
}, 60_000)
