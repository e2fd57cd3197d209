import { Hono } from 'hono'
import { toMillraceError } from '../../base/index.js'
import { nextTicks, sensorRequests } from '../../orchestrate/index.js'
import { type AutomationView, automationChangeSchema } from '../contract/index.js'
import { definitionsOf, type Services } from '../services.js'
import { notFound, positive, readBody } from './request.js'

export function automationRoutes(services: Services): Hono {
  const { store, engine } = services
  const app = new Hono()
  const find = async (name: string) => {
    const definitions = await definitionsOf(services)
    const schedule = definitions.schedules.find((one) => one.name === name)
    const sensor = definitions.sensors.find((one) => one.name === name)
    if (!schedule && !sensor) throw notFound(`schedule or sensor \`${name}\``, 'The Automation page lists them.')
    return { schedule, sensor }
  }

  app.get('/automation', async (c) => {
    const definitions = await definitionsOf(services)
    const states = new Map((await store.automationStates()).map((state) => [state.name, state]))
    const views: AutomationView[] = []
    for (const schedule of definitions.schedules) {
      const isOn = states.get(schedule.name)?.isOn ?? schedule.isOnByDefault
      views.push({
        name: schedule.name,
        type: 'schedule',
        description: schedule.description,
        target: schedule.target,
        isOn,
        cron: schedule.cron,
        timezone: schedule.timezone,
        nextTicks: isOn ? nextTicks(schedule.cron, schedule.timezone, new Date(), 3).map((at) => at.toISOString()) : [],
        ticks: await store.listTicks({ automation: schedule.name, limit: 20 }).then((ticks) => ticks.map(tickView)),
      })
    }
    for (const sensor of definitions.sensors) {
      const state = states.get(sensor.name)
      views.push({
        name: sensor.name,
        type: 'sensor',
        description: sensor.description,
        target: sensor.target,
        isOn: state?.isOn ?? sensor.isOnByDefault,
        intervalMs: sensor.intervalMs,
        nextTicks: [],
        cursor: state?.cursor,
        ticks: await store.listTicks({ automation: sensor.name, limit: 20 }).then((ticks) => ticks.map(tickView)),
      })
    }
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
    const { schedule } = await find(c.req.param('name'))
    await store.setAutomation(c.req.param('name'), schedule ? 'schedule' : 'sensor', isOn)
    return c.json({ isOn })
  })

  app.post('/automation/:name/test', async (c) => {
    const { schedule, sensor } = await find(c.req.param('name'))
    if (schedule) return c.json({ status: 'requested', selections: [schedule.target] })
    if (!sensor) throw notFound('sensor', '')
    try {
      const state = (await store.automationStates()).find((one) => one.name === sensor.name)
      const result = await engine.evaluateSensor(sensor.name, state?.cursor)
      const requests = sensorRequests(sensor, result)
      return c.json({
        status: requests.length > 0 ? 'requested' : 'skipped',
        ...(result.skip === undefined ? {} : { reason: result.skip }),
        selections: requests.map((request) => request.selection),
      })
    } catch (thrown) {
      return c.json({ status: 'failed', selections: [], error: toMillraceError(thrown).toJSON() })
    }
  })
  return app
}

function tickView({ cursor: _, ...tick }: Awaited<ReturnType<Services['store']['listTicks']>>[number]) {
  return { ...tick, runIds: [...tick.runIds] }
}
