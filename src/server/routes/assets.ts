import { Hono } from 'hono'
import {
  type AssetSpec,
  assetPartitions,
  checkRunConfig,
  partitionMatrix,
  planRun,
  RunPartitions,
  reportAsset,
  selectAssets,
  selectForRun,
  withDbtSelections,
} from '../../orchestrate/index.js'
import { askedBy, noteFacts, noteMade, noteNothing } from '../access/index.js'
import { materializeRequestSchema, reportRequestSchema } from '../contract/index.js'
import { definitionsOf, type Services } from '../services.js'
import { assetDetail } from '../views/asset-detail.js'
import { assetSummaries } from '../views/assets.js'
import { assetConditions } from '../views/automation.js'
import { codeChanges } from '../views/code-changes.js'
import { assetWhy } from '../views/gather-why.js'
import { planView } from '../views/materialize-plan.js'
import { partitionDetail } from '../views/partitions.js'
import { jsonTable } from '../views/table.js'
import { notFound, positive, readBody, sharedJson } from './request.js'

const holdMark = 'hold.'

export function assetRoutes(services: Services): Hono {
  const { store, engine, clock } = services
  const app = new Hono()

  const assetOf = async (key: string): Promise<AssetSpec> => {
    const { assets } = await definitionsOf(services)
    const asset = assets.find((one) => one.key === key)
    if (!asset) throw notFound(`asset \`${key}\``, 'The Assets page lists every asset.')
    return asset
  }

  const readAssets = async () => {
    const definitions = await definitionsOf(services)
    const states = await services.states.of(definitions)
    return { project: definitions.project, assets: assetSummaries(definitions, states) }
  }
  app.get('/assets', sharedJson(readAssets))

  app.get('/selection', async (c) => {
    const selection = c.req.query('q') ?? ''
    const definitions = await withDbtSelections(await definitionsOf(services), selection, (selectors) =>
      engine.selectDbt(selectors),
    )
    return c.json({ keys: [...selectAssets(definitions, selection)] })
  })

  app.get('/assets/:key', async (c) => {
    const asset = await assetOf(c.req.param('key'))
    return c.json(await assetDetail(services, await definitionsOf(services), asset))
  })

  app.get('/assets/:key/conditions', async (c) => {
    const { key } = await assetOf(c.req.param('key'))
    const conditions = await assetConditions(store, await definitionsOf(services), key)
    if (!conditions) throw notFound(`automation condition of \`${key}\``, 'docs/automation.md tells how it gets one.')
    return c.json(conditions)
  })

  app.post('/assets/:key/report', async (c) => {
    const report = await readBody(c, reportRequestSchema)
    const { key } = await assetOf(c.req.param('key'))
    noteFacts(c, [key, report.partitions, report.dataVersion].filter(Boolean).join('; '))
    await reportAsset(store, await definitionsOf(services), { ...report, asset: key }, clock.now())
    return c.json({ asset: key })
  })

  app.get('/assets/:key/why', async (c) =>
    c.json(await assetWhy(services, await definitionsOf(services), await assetOf(c.req.param('key')))),
  )

  app.get('/assets/:key/partitions', async (c) =>
    c.json(await assetPartitions(store, await assetOf(c.req.param('key')))),
  )

  app.get('/assets/:key/partition-matrix', async (c) => {
    const { across, down, ...more } = c.req.query()
    const held = Object.entries(more).flatMap(([name, key]) =>
      name.startsWith(holdMark) ? [[name.slice(holdMark.length), key] as const] : [],
    )
    const asset = await assetOf(c.req.param('key'))
    return c.json(await partitionMatrix(store, asset, { across, down, held: Object.fromEntries(held) }))
  })

  app.get('/assets/:key/partitions/:partition', async (c) =>
    c.json(await partitionDetail(store, await assetOf(c.req.param('key')), c.req.param('partition'))),
  )

  app.get('/assets/:key/sample', async (c) =>
    c.json(jsonTable(await engine.sample(c.req.param('key'), positive(c.req.query('limit'), 20, 500)))),
  )

  app.get('/assets/:key/code-changes', async (c) =>
    c.json(await codeChanges(services, await assetOf(c.req.param('key')))),
  )

  app.get('/assets/:key/fields', async (c) => c.json(await engine.fieldLineage(c.req.param('key'))))

  app.get('/assets/:key/fields/:column', async (c) => {
    const direction = c.req.query('direction')
    return c.json(
      await engine.traceField(
        c.req.param('key'),
        c.req.param('column'),
        direction === 'up' || direction === 'down' ? direction : 'both',
      ),
    )
  })

  app.post('/materialize', async (c) => {
    const request = await readBody(c, materializeRequestSchema)
    const definitions = await withDbtSelections(await definitionsOf(services), request.selection, (selectors) =>
      engine.selectDbt(selectors),
    )
    const chosen = selectForRun(definitions, request.selection)
    const { partitions, config } = request
    const createdAt = clock.now().toISOString()
    // What it means is told before anything is queued.
    const cut = new RunPartitions(definitions, { partitions, createdAt }, chosen, await store.dynamicPartitions())
    const assets = cut.makeable(chosen)
    const steps = planRun(definitions, assets)
    const planned = steps.flatMap((step) => [...step.assets])
    const answer = {
      ...planView(definitions, steps, {
        madeBefore: await store.assetStates(planned),
        automations: await store.automationStates(),
      }),
      ...(cut.count > 0 ? { partitions: { text: cut.textOf(assets), count: cut.count } } : {}),
    }
    if (request.dryRun) {
      noteNothing(c)
      return c.json(answer)
    }
    checkRunConfig(definitions, new Set(planned), config)
    noteFacts(c, [request.selection, partitions, request.fullRefresh && 'full refresh'].filter(Boolean).join('; '))
    const { run } = await store.requestRun({
      selection: request.selection,
      trigger: { type: 'manual', name: askedBy(c) },
      partitions,
      config,
      fullRefresh: request.fullRefresh,
      tags: request.tags,
    })
    noteMade(c, `run ${run.id}`)
    return c.json({ runId: run.id, ...answer })
  })
  return app
}
