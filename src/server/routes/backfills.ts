import { Hono } from 'hono'
import { missingPartitions, planBackfill, withDbtSelections, withoutDbt } from '../../orchestrate/index.js'
import { noteFacts, noteMade, noteNothing } from '../access/index.js'
import { backfillRequestSchema } from '../contract/index.js'
import { serverErrors } from '../errors.js'
import { definitionsOf, type Services } from '../services.js'
import { notFound, positive, readBody } from './request.js'

export function backfillRoutes(services: Services): Hono {
  const { store, engine } = services
  const app = new Hono()
  const unknown = (id: string) => notFound(`backfill ${id}`, 'The Runs page lists them.')

  app.get('/backfills', async (c) => {
    const found = await store.listBackfills({ limit: positive(c.req.query('limit'), 50, 500) })
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
    if (chosen === undefined)
      throw serverErrors.create('SERVER_INVALID', {
        message: 'Nothing is missing: every partition was made.',
        hint: 'Leave onlyMissing out to make them anew.',
        data: { isNothingMissing: true },
      })
    const planned = planBackfill(
      definitions,
      { ...wish, partitions: chosen },
      await store.dynamicPartitions(),
      services.clock.now(),
    )
    const { selection: _, fullRefresh: __, tags: ___, ...answer } = planned
    if (dryRun) {
      noteNothing(c)
      return c.json(answer)
    }
    noteFacts(c, `${planned.selection}; ${planned.partitions}`)
    const { id } = await store.requestBackfill(planned)
    noteMade(c, `backfill ${id}`)
    return c.json({ backfillId: id, ...answer })
  })

  app.post('/backfills/:id/cancel', async (c) => {
    const found = await store.cancelBackfill(c.req.param('id'))
    if (!found) throw unknown(c.req.param('id'))
    return c.json(found)
  })
  return app
}
