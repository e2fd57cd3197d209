import { Hono } from 'hono'
import { toMillraceError } from '../../base/index.js'
import {
  type Definitions,
  nextTicks,
  planRun,
  selectForRun,
  sensorRequests,
  switchEvents,
} from '../../orchestrate/index.js'
import { noteFacts } from '../access/index.js'
import { type AutomationView, automationChangeSchema, type TestTick } from '../contract/index.js'
import { definitionsOf, type Services } from '../services.js'
import { targetOf } from '../views/lateness.js'
import { runSummary } from '../views/runs.js'
import { notFound, positive, readBody } from './request.js'

const ticksShown = 50
const runsShown = 20

export function automationRoutes(services: Services): Hono {
  const { store, engine } = services
  const app = new Hono()
  const find = async (name: string) => {
    const definitions = await definitionsOf(services)
    const schedule = definitions.schedules.find((one) => one.name === name)
    const sensor = definitions.sensors.find((one) => one.name === name)
    if (!schedule && !sensor) throw notFound(`schedule or sensor \`${name}\``, 'The Automation page lists them.')
    return { definitions, schedule, sensor }
  }

  app.get('/automation', async (c) => {
    const definitions = await definitionsOf(services)
    const states = new Map((await store.automationStates()).map((state) => [state.name, state]))
    const history = async (name: string) => {
      const [ticks, runs] = await Promise.all([
        store.listTicks({ automation: name, limit: ticksShown }),
        store.listRuns({ trigger: name, limit: runsShown }),
      ])
      return { ticks: ticks.map(tickView), runs: runs.map(runSummary) }
    }
    const isOn = (one: { name: string; isOnByDefault: boolean }) => states.get(one.name)?.isOn ?? one.isOnByDefault
    const schedules = definitions.schedules.map(
      async (schedule): Promise<AutomationView> => ({
        name: schedule.name,
        type: 'schedule',
        description: schedule.description,
        target: schedule.target,
        ...targetSize(definitions, schedule.target),
        isOn: isOn(schedule),
        cron: schedule.cron,
        timezone: schedule.timezone,
        nextTicks: isOn(schedule)
          ? nextTicks(schedule.cron, schedule.timezone, new Date(), 5).map((at) => at.toISOString())
          : [],
        ...(await history(schedule.name)),
      }),
    )
    const sensors = definitions.sensors.map(
      async (sensor): Promise<AutomationView> => ({
        name: sensor.name,
        type: 'sensor',
        description: sensor.description,
        target: sensor.target,
        ...targetSize(definitions, sensor.target),
        isOn: isOn(sensor),
        intervalMs: sensor.intervalMs,
        nextTicks: [],
        cursor: states.get(sensor.name)?.cursor,
        ...(await history(sensor.name)),
      }),
    )
    const views = await Promise.all([...schedules, ...sensors])
    return c.json({ automations: views })
  })

  app.get('/automation/:name/ticks', async (c) => {
    const limit = positive(c.req.query('limit'), 50, 500)
    const ticks = await store.listTicks({
      automation: c.req.param('name'),
      limit: limit + 1,
      before: c.req.query('before') || undefined,
    })
    return c.json({ ticks: ticks.slice(0, limit).map(tickView), hasMore: ticks.length > limit })
  })

  app.put('/automation/:name', async (c) => {
    const { isOn } = await readBody(c, automationChangeSchema)
    noteFacts(c, isOn ? 'on' : 'off')
    const { definitions, schedule } = await find(c.req.param('name'))
    const name = c.req.param('name')
    const noted = switchEvents(definitions, name, { isOn, by: 'web' })
    await store.setAutomation(name, schedule ? 'schedule' : 'sensor', isOn, noted)
    return c.json({ isOn })
  })

  app.post('/automation/:name/test', async (c) => {
    const { definitions, schedule, sensor } = await find(c.req.param('name'))
    const startedMs = performance.now()
    const answer = (test: Omit<TestTick, 'durationMs'>) =>
      c.json({ ...test, durationMs: Math.round(performance.now() - startedMs) } satisfies TestTick)
    try {
      if (schedule) {
        const next = nextTicks(schedule.cron, schedule.timezone, new Date(), 1)[0]
        return answer({
          status: 'requested',
          selections: [schedule.target],
          plans: [planOf(definitions, schedule.target)],
          ...(next ? { nextAt: next.toISOString() } : {}),
        })
      }
      if (!sensor) throw notFound('sensor', '')
      const state = (await store.automationStates()).find((one) => one.name === sensor.name)
      const result = await engine.evaluateSensor(sensor.name, state?.cursor)
      const selections = sensorRequests(sensor, result).map((request) => request.selection)
      return answer({
        status: selections.length > 0 ? 'requested' : 'skipped',
        ...(result.skip === undefined ? {} : { reason: result.skip }),
        selections,
        plans: [...new Set(selections)].map((selection) => planOf(definitions, selection)),
      })
    } catch (thrown) {
      return answer({ status: 'failed', selections: [], plans: [], error: toMillraceError(thrown).toJSON() })
    }
  })
  return app
}

function tickView({ cursor: _, ...tick }: Awaited<ReturnType<Services['store']['listTicks']>>[number]) {
  return { ...tick, runIds: [...tick.runIds] }
}

/** What a run of the selection would do. @throws as a run would be refused */
function planOf(definitions: Definitions, selection: string): TestTick['plans'][number] {
  const steps = planRun(definitions, selectForRun(definitions, selection))
  const sum = (of: 'assets' | 'checks') => steps.reduce((total, step) => total + step[of].length, 0)
  return { selection, assets: sum('assets'), checks: sum('checks') }
}

function targetSize(definitions: Definitions, target: string): { targetAssets?: number } {
  const { size } = targetOf(definitions, target)
  return size > 0 ? { targetAssets: size } : {}
}
