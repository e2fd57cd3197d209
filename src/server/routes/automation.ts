import { Hono } from 'hono'
import { toMillraceError } from '../../base/index.js'
import { allAutomations, checkCursor, type EvaluateSensor, switchEvents, testTick } from '../../orchestrate/index.js'
import type { Engine } from '../../platform/index.js'
import { noteFacts } from '../access/index.js'
import { automationChangeSchema, cursorChangeSchema, type TestTick } from '../contract/index.js'
import { definitionsOf, type Services } from '../services.js'
import { automationViews, tickView } from '../views/automation.js'
import { notFound, positive, readBody, sharedJson } from './request.js'

type Tested = Omit<TestTick, 'durationMs'>

const mostTestedRuns = 50

export function automationRoutes(services: Services): Hono {
  const { store, clock } = services
  const app = new Hono()
  const find = async (name: string) => {
    const definitions = await definitionsOf(services)
    const schedule = definitions.schedules.find((one) => one.name === name)
    const sensor = definitions.sensors.find((one) => one.name === name)
    const automation = allAutomations(definitions).find((one) => one.name === name)
    if (!schedule && !sensor && !automation)
      throw notFound(`schedule, sensor or automation \`${name}\``, 'The Automation page lists them.')
    return { definitions, schedule, sensor }
  }

  const readAutomations = async () => ({
    automations: await automationViews(services, await definitionsOf(services)),
  })
  app.get('/automation', sharedJson(readAutomations))

  app.get('/automation/names', async (c) => {
    const definitions = await definitionsOf(services)
    const all = [...definitions.schedules, ...definitions.sensors, ...allAutomations(definitions)]
    return c.json({ names: all.map(({ name }) => name) })
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
    const { definitions, schedule, sensor } = await find(c.req.param('name'))
    const name = c.req.param('name')
    const noted = switchEvents(definitions, name, { isOn, by: 'web' })
    await store.setAutomation(name, schedule ? 'schedule' : sensor ? 'sensor' : 'automation', isOn, noted)
    return c.json({ isOn })
  })

  const findSensor = async (name: string) => {
    const { sensor } = await find(name)
    if (sensor && !sensor.webhook) return sensor
    throw notFound(
      `sensor ${name} with a cursor`,
      'Sensors that look, or are told what happens in the project, have one.',
    )
  }

  app.put('/automation/:name/cursor', async (c) => {
    const { cursor } = await readBody(c, cursorChangeSchema)
    noteFacts(c, 'another cursor')
    const sensor = await findSensor(c.req.param('name'))
    checkCursor(sensor, cursor)
    await store.setSensorCursor(sensor.name, cursor)
    return c.json({ cursor })
  })

  app.delete('/automation/:name/cursor', async (c) => {
    noteFacts(c, 'no cursor')
    const sensor = await findSensor(c.req.param('name'))
    await store.setSensorCursor(sensor.name, undefined)
    return c.json({})
  })

  app.post('/automation/:name/test', async (c) => {
    const name = c.req.param('name')
    const { definitions } = await find(name)
    const startedMs = clock.monotonicMs()
    const test = async (): Promise<Tested> => {
      const { engine, signal } = services
      const evaluateSensor: EvaluateSensor = (sensor, question) => engine.evaluateSensor(sensor, question)
      const now = clock.now()
      const selectDbt: Engine['selectDbt'] = (selectors) => engine.selectDbt(selectors)
      const around = { definitions, store, now, signal, evaluateSensor, selectDbt }
      const { runs, newRuns, reason, nextAt, cursor } = await testTick(around, name)
      return {
        status: newRuns > 0 ? 'requested' : 'skipped',
        runCount: runs.length,
        newRuns,
        runs: runs.slice(0, mostTestedRuns) as Tested['runs'],
        reason,
        nextAt,
        cursor: cursor as Tested['cursor'],
      }
    }
    const answer = await test().catch(
      (thrown): Tested => ({
        status: 'failed',
        runCount: 0,
        newRuns: 0,
        runs: [],
        error: toMillraceError(thrown).toJSON(),
      }),
    )
    return c.json({ ...answer, durationMs: Math.round(clock.monotonicMs() - startedMs) } satisfies TestTick)
  })
  return app
}
