import { type Context, Hono } from 'hono'
import { didYouMean, plural } from '../../base/index.js'
import {
  checkOutcomes,
  eventTypes,
  type RunCriteria,
  type RunFilter,
  type RunStep,
  rerunRequest,
  selectionOf,
} from '../../orchestrate/index.js'
import { askedBy, noteFacts, noteMade, noteNothing } from '../access/index.js'
import {
  type CancelRunsAnswer,
  cancelRunsRequestSchema,
  logLevelSchema,
  type RunDetail,
  rerunRequestSchema,
  runStatusSchema,
  triggerTypeSchema,
} from '../contract/index.js'
import { serverErrors } from '../errors.js'
import type { Services } from '../services.js'
import { waitsFor } from '../views/deployment.js'
import { runSummary } from '../views/runs.js'
import { notFound, positive, readBody } from './request.js'

const mostChecks = 100_000
const mostChildren = 100
const mostFailedAssets = 1_000

export function runRoutes(services: Services): Hono {
  const { store } = services
  const app = new Hono()
  const runOf = async (id: string) => {
    const run = await store.getRun(id)
    if (!run) throw notFound(`run ${id}`, 'The Runs page lists them.')
    return run
  }

  app.get('/runs', async (c) => {
    const limit = positive(c.req.query('limit'), 50, 500)
    const runs = await store.listRuns({
      statuses: listedOf(c, 'status', runStatusSchema.options),
      asset: c.req.query('asset') || undefined,
      trigger: triggerOf(c.req.query('trigger')),
      tags: c.req.queries('tag')?.flatMap((text) => (text === '' ? [] : tagOf(text))),
      since: time('since', c.req.query('since')),
      until: time('until', c.req.query('until')),
      before: c.req.query('before') || undefined,
      limit: limit + 1,
    })
    const shown = runs.slice(0, limit)
    const bad = await store.badChecksOf(shown.map(({ id }) => id))
    return c.json({
      runs: shown.map((run) => ({ ...runSummary(run), ...(bad.has(run.id) ? { badChecks: bad.get(run.id) } : {}) })),
      hasMore: runs.length > limit,
    })
  })

  app.get('/runs/:id', async (c) => {
    const run = await runOf(c.req.param('id'))
    const [steps, children, progress, evaluated, failed, waiting] = await Promise.all([
      store.listSteps(run.id),
      store.listRuns({ parentRunId: run.id, limit: mostChildren }),
      store.readEvents({ runId: run.id, types: ['progress'], newestFirst: true, limit: 50 }),
      store.readEvents({ runId: run.id, types: ['check_evaluated'], limit: mostChecks, isBrief: true }),
      run.partitions === undefined
        ? []
        : store.readEvents({ runId: run.id, types: ['asset_failed'], limit: mostFailedAssets, isBrief: true }),
      waitsFor(services, run),
    ])
    const outcomes = checkOutcomes(evaluated)
    const detail: RunDetail = {
      ...runSummary(run),
      ...(run.config === undefined ? {} : { config: run.config }),
      steps: steps.map(({ runId: _, ...step }) => {
        const last = step.status === 'running' ? progress.find((event) => event.step === step.key) : undefined
        const fraction = last?.metadata?.fraction
        return {
          ...step,
          assets: [...step.assets],
          checks: step.checks.map((check) => ({ ...check, ...outcomes.get(`${check.asset} ${check.name}`) })),
          upstream: [...step.upstream],
          waits: step.waits.map((wait) => ({ ...wait })),
          ...(last
            ? { progress: { ...(typeof fraction === 'number' ? { fraction } : {}), message: last.message ?? '' } }
            : {}),
        }
      }),
      failedPartitions: failed.flatMap(({ asset, partitions }) =>
        asset !== undefined && partitions !== undefined ? { asset, partitions } : [],
      ),
      children: children.map(runSummary),
      ...(waiting === undefined ? {} : { waitsFor: waiting }),
    }
    return c.json(detail)
  })

  app.get('/runs/:id/events', async (c) => {
    const { id } = await runOf(c.req.param('id'))
    const after = eventId(c, 'after') ?? 0
    const limit = positive(c.req.query('limit'), 1000, 5000)
    const newestFirst = c.req.query('newest') === 'true'
    const text = c.req.query('find')?.trim()
    const found = await store.readEvents({
      runId: id,
      after,
      before: eventId(c, 'before'),
      newestFirst,
      types: listedOf(c, 'type', eventTypes),
      levels: listedOf(c, 'level', logLevelSchema.options),
      step: c.req.query('step') || undefined,
      find: text ? { text, steps: stepsCalled(await store.listSteps(id), text) } : undefined,
      limit: limit + 1,
    })
    const events = found.slice(0, limit)
    if (newestFirst) events.reverse()
    return c.json({ events, lastId: events.at(-1)?.id ?? after, hasMore: found.length > limit })
  })

  app.post('/runs/cancel', async (c) => {
    const { dryRun, ...filter } = await readBody(c, cancelRunsRequestSchema)
    const criteria: RunCriteria = {
      statuses: filter.status,
      asset: filter.asset,
      trigger: triggerOf(filter.trigger),
      tags: filter.tags?.map(tagOf),
      since: time('since', filter.since),
      until: time('until', filter.until),
    }
    if (dryRun) {
      noteNothing(c)
      const { queued, starting, running } = await store.countRuns(criteria)
      return c.json({ cancelled: queued, stopping: starting + running } satisfies CancelRunsAnswer)
    }
    noteFacts(c, filterWords(filter))
    const answer = await store.cancelRuns(criteria)
    noteMade(c, `${plural(answer.cancelled, 'run')} cancelled, ${answer.stopping} asked to stop`)
    return c.json(answer satisfies CancelRunsAnswer)
  })

  app.post('/runs/:id/cancel', async (c) => {
    await runOf(c.req.param('id'))
    const run = await store.requestCancel(c.req.param('id'))
    return c.json(run && runSummary(run))
  })

  app.post('/runs/:id/rerun', async (c) => {
    const request = await readBody(c, rerunRequestSchema)
    const parent = await runOf(c.req.param('id'))
    noteFacts(
      c,
      [request.mode, parent.fullRefresh && 'full refresh', parent.clearData && 'clears data']
        .filter(Boolean)
        .join('; '),
    )
    const selection =
      request.mode === 'steps' ? assetsOf(await store.listSteps(parent.id), request.steps) : parent.selection
    const mode = request.mode === 'from_failure' ? 'from_failure' : 'all'
    const { run } = await store.requestRun(rerunRequest(parent, mode, selection, askedBy(c)))
    noteMade(c, `run ${run.id}`)
    return c.json({ runId: run.id })
  })
  return app
}

/** For the audit log: `status queued, trigger files`. */
const filterWords = (filter: Readonly<Record<string, string | readonly string[] | undefined>>): string =>
  Object.entries(filter)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${[value].flat().join(' ')}`]))
    .join(', ')

/** A type of triggers, or else a name. */
function triggerOf(text: string | undefined): RunFilter['trigger'] {
  const type = triggerTypeSchema.safeParse(text)
  if (type.success) return { type: type.data }
  return text ? { name: text } : undefined
}

/** Values with commas between them; undefined where none is said. */
function listed(c: Context, name: string): string[] | undefined {
  const found = c.req.query(name)?.split(',').filter(Boolean)
  return found?.length ? found : undefined
}

/** The same where only some values mean anything. @throws SERVER_INVALID */
function listedOf<Known extends string>(c: Context, name: string, known: readonly Known[]): Known[] | undefined {
  return listed(c, name)?.map((value) => {
    const found = known.find((one) => one === value)
    if (found !== undefined) return found
    throw serverErrors.create('SERVER_INVALID', {
      message: `There is no ${name} \`${value}\`.`,
      hint: didYouMean(value, known) ?? `There are ${known.join(', ')}.`,
    })
  })
}

function eventId(c: Context, name: string): number | undefined {
  const id = Number(c.req.query(name))
  return Number.isSafeInteger(id) && id > 0 ? id : undefined
}

/** The steps that people call so: by what they make, or check. */
function stepsCalled(steps: readonly RunStep[], text: string): string[] {
  const isSo = (name: string) => name.toLowerCase().includes(text.toLowerCase())
  return steps.flatMap(({ key, assets, checks }) =>
    [...assets, ...checks.map(({ name }) => name)].some(isSo) ? [key] : [],
  )
}

/** `team=finance`, or `team` for any value. */
function tagOf(text: string) {
  const [, key = text, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  return { key, value }
}

/** @throws SERVER_INVALID */
function time(name: string, text: string | undefined): Date | undefined {
  if (!text) return undefined
  const found = new Date(text)
  if (!Number.isNaN(found.getTime())) return found
  throw serverErrors.create('SERVER_INVALID', {
    message: `${name} is \`${text}\`, which is no time.`,
    hint: 'Times are written as 2024-01-31T06:00:00Z, days as 2024-01-31.',
  })
}

/** The assets of some steps, as a selection. @throws SERVER_NOT_FOUND for a step that the run does not have */
function assetsOf(steps: readonly RunStep[], keys: readonly string[]): string {
  const byKey = new Map(steps.map((step) => [step.key, step]))
  const assets = keys.flatMap((key) => {
    const step = byKey.get(key)
    if (!step) throw notFound(`step \`${key}\` in this run`, 'The run lists its steps.')
    return step.assets.length > 0 ? step.assets : step.checks.map((check) => check.asset)
  })
  return selectionOf([...new Set(assets)])
}
