import { type Context, Hono } from 'hono'
import {
  type BackfillPlan,
  missingPartitions,
  planBackfill,
  planRetry,
  withDbtSelections,
  withoutDbt,
} from '../../orchestrate/index.js'
import { noteFacts, noteMade, noteNothing } from '../access/index.js'
import { backfillRequestSchema, backfillRetrySchema } from '../contract/index.js'
import { serverErrors } from '../errors.js'
import { definitionsOf, type Services } from '../services.js'
import { notFound, positive, readBody } from './request.js'

export function backfillRoutes(services: Services): Hono {
  const { store, engine } = services
  const app = new Hono()
  const unknown = (id: string) => notFound(`backfill ${id}`, 'The Runs page lists them.')

  /** Starts it, unless only what it would do is asked for. */
  const started = async (c: Context, planned: BackfillPlan, dryRun = false) => {
    const { selection, fullRefresh: _, tags: __, ...answer } = planned
    if (dryRun) {
      noteNothing(c)
      return answer
    }
    noteFacts(c, `${selection}; ${planned.partitions}`)
    const { id } = await store.requestBackfill(planned)
    noteMade(c, `backfill ${id}`)
    return { backfillId: id, ...answer }
  }

  app.get('/backfills', async (c) => {
    const found = await store.listBackfills({
      asset: c.req.query('asset') || undefined,
      limit: positive(c.req.query('limit'), 50, 500),
    })
    // A part may name ten thousand assets.
    return c.json({ backfills: found.map(({ parts: _, ...one }) => one) })
  })

  app.get('/backfills/:id', async (c) => {
    const found = await store.getBackfill(c.req.param('id'))
    if (!found) throw unknown(c.req.param('id'))
    return c.json(found)
  })

  app.post('/backfills', async (c) => {
    const { dryRun, onlyMissing, partitions = '*', ...asked } = await readBody(c, backfillRequestSchema)
    const definitions = await withDbtSelections(await definitionsOf(services), asked.selection, (selectors) =>
      engine.selectDbt(selectors),
    )
    const wish = { ...asked, selection: withoutDbt(definitions, asked.selection) }
    const chosen = onlyMissing ? await missingPartitions(store, definitions, wish.selection, partitions) : partitions
    if (chosen === undefined) throw nothingMissing('Leave onlyMissing out to make them anew.')
    const planned = planBackfill(
      definitions,
      { ...wish, partitions: chosen },
      await store.dynamicPartitions(),
      services.clock.now(),
    )
    return c.json(await started(c, planned, dryRun))
  })

  app.post('/backfills/:id/retry', async (c) => {
    const { dryRun } = await readBody(c, backfillRetrySchema)
    const former = await store.getBackfill(c.req.param('id'))
    if (!former) throw unknown(c.req.param('id'))
    if (former.endedAt === undefined)
      throw serverErrors.create('SERVER_INVALID', {
        message: `The backfill ${former.id} goes on: what it has not made may still come.`,
        hint: 'Cancel it first, or wait until it has ended.',
      })
    const planned = await planRetry(store, await definitionsOf(services), former, services.clock.now())
    if (planned === undefined) throw nothingMissing('There is nothing to run again.')
    return c.json(await started(c, planned, dryRun))
  })

  app.post('/backfills/:id/cancel', async (c) => {
    const found = await store.cancelBackfill(c.req.param('id'))
    if (!found) throw unknown(c.req.param('id'))
    return c.json(found)
  })
  return app
}

const nothingMissing = (hint: string) =>
  serverErrors.create('SERVER_INVALID', {
    message: 'Nothing is missing: every partition was made.',
    hint,
    data: { isNothingMissing: true },
  })
