import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isProcessAlive } from '../../src/base/index.js'
import { eventually, millrace, startUp, type Up } from '../support/millrace.js'
import { pidOf, type Role } from './pid-of.js'
import { ended, eventsOf, madeCounts, type RunView, requestRun, type SlowProject, slowProject } from './slow-project.js'

let project: SlowProject

const everythingOnce = {
  'raw/orders': 1,
  'main/revenue': 1,
  'main/last': 1,
  'reports/slow': 1,
  'reports/last': 1,
}

describe('kill -9 in the middle of a run loses nothing, does nothing twice, and nothing stays stuck', {
  timeout: 180_000,
}, () => {
  // It starts again what was killed, and goes on from one test to the next. The pauses before that grow, until it is started anew itself.
  let up: Up
  beforeAll(async () => {
    project = await slowProject()
    up = await startUp(project.dir)
  }, 60_000)
  beforeEach(() => project.hold())
  afterEach(() => project.go())
  afterAll(async () => {
    await up?.stop()
    await project.remove()
  })

  const kill = async (...roles: Role[]) => {
    const pids = await Promise.all(roles.map((role) => pidOf(role, project.dir, up)))
    for (const pid of pids) process.kill(pid, 'SIGKILL')
  }

  it.each([
    { roles: ['engine'] },
    { roles: ['server'] },
    { roles: ['postgres'] },
    { roles: ['engine', 'server', 'postgres'] },
  ] as { roles: Role[] }[])('$roles', async ({ roles }) => {
    const runId = await requestRun(up)
    await project.hasBegun()
    await kill(...roles)
    await project.go()
    const run = await ended(up, runId)
    expect(run).toMatchObject({ status: 'succeeded', attempt: roles.includes('engine') ? 2 : 1 })
    expect(await madeCounts(up, runId)).toEqual(everythingOnce)
    // The page is where it was.
    expect((await up.get<{ engine: { status: string } }>('/health')).engine.status).toBe('up')
  })
  it('a run that waits in the queue', async () => {
    await kill('engine')
    const runId = await requestRun(up)
    await kill('postgres')
    await project.go()
    expect(await ended(up, runId)).toMatchObject({ status: 'succeeded', attempt: 1 })
  })
  it('a run that is being cancelled', async () => {
    const runId = await requestRun(up)
    await project.hasBegun()
    const engine = await pidOf('engine', project.dir, up)
    await up.post(`/runs/${runId}/cancel`, {})
    process.kill(engine, 'SIGKILL')
    expect(await ended(up, runId)).toMatchObject({ status: 'cancelled' })
  })
  it.each([{ roles: ['supervisor'] }, { roles: ['supervisor', 'engine', 'server', 'postgres'] }] as {
    roles: Role[]
  }[])('$roles, and the next `up`', async ({ roles }) => {
    const runId = await requestRun(up)
    await project.hasBegun()
    await kill(...roles)
    await up.ended
    if (roles.includes('engine')) {
      // Nobody goes on with it meanwhile.
      const doctor = millrace(project.dir, ['doctor'])
      await doctor.ended
      expect(doctor.output()).toMatch(new RegExp(`warning Runs: 1 run whose engine is gone .*: ${runId.slice(-8)}\\.`))
    }
    up = await startUp(project.dir)
    await project.go()
    expect(await ended(up, runId)).toMatchObject({ status: 'succeeded' })
    expect(await madeCounts(up, runId)).toEqual(everythingOnce)
  })
  it('a run that takes its engine down again and again is given up, and names the step', async () => {
    const runId = await requestRun(up)
    const isNoted = async () => {
      const run = await up.get<RunView>(`/runs/${runId}`).catch(() => undefined)
      return run?.steps.some(({ key, status }) => key === 'ts:reports/slow' && status === 'running')
    }
    for (let i = 0; i < 3; i++) {
      await project.hasBegun()
      // What a step is doing is written in batches.
      await eventually('the store knows the step', isNoted)
      await kill('engine')
    }
    const run = await ended(up, runId)
    expect(run).toMatchObject({ status: 'failed', error: { code: 'RUN_LOST' } })
    expect(run.error?.message).toContain('ts:reports/slow')
    expect(run.steps.filter((step) => ['pending', 'running'].includes(step.status))).toEqual([])
    const events = await eventsOf(up, runId)
    const failed = events.filter(({ type }) => type === 'asset_failed')
    expect(failed.map(({ asset, step }) => [asset, step])).toEqual([['reports/slow', 'ts:reports/slow']])
    const skipped = events.filter(({ type }) => type === 'step_skipped')
    expect(skipped.map(({ step }) => step).sort()).toEqual(
      run.steps.flatMap(({ key, status }) => (status === 'skipped' ? [key] : [])).sort(),
    )
  })
  it('`up` says that it runs already, and where', async () => {
    const second = millrace(project.dir, ['up', '--port', '0'])
    expect((await second.ended).code).toBe(2)
    expect(second.output()).toContain('PROJECT_IN_USE')
    expect(second.output()).toContain(`process ${up.process.pid}, at ${up.url.replace('127.0.0.1', 'localhost')}`)
    expect((await up.get<{ engine: { status: string } }>('/health')).engine.status).toBe('up')
    await eventsOf(up, await requestRun(up, 'raw/orders'))
  })
})

describe('commands without `up`', { timeout: 120_000 }, () => {
  beforeEach(async () => {
    project = await slowProject()
  })
  afterEach(async () => {
    await project.go()
    await project.remove()
  })

  it('the store that a killed command left behind is ended by the next one', async () => {
    const killed = millrace(project.dir, ['materialize', '*'])
    await project.hasBegun()
    const store = await pidOf('postgres', project.dir, undefined)
    killed.process.kill('SIGKILL')
    await killed.ended
    expect(isProcessAlive(store)).toBe(true)
    const runs = millrace(project.dir, ['runs', '--json'])
    expect(await runs.ended).toMatchObject({ code: 0 })
    expect(JSON.parse(runs.output())).toMatchObject([{ selection: '*', status: 'running' }])
    expect(isProcessAlive(store)).toBe(false)
  })

  it('share what is there, at once', async () => {
    await project.go()
    const commands = [
      ['materialize', 'raw/orders'],
      ['materialize', 'raw/orders'],
      ['query', 'select 1 as one'],
      ['assets'],
    ].map((args) => millrace(project.dir, args))
    for (const command of commands) {
      const { code } = await command.ended
      expect(code, command.output()).toBe(0)
    }
  })
})
