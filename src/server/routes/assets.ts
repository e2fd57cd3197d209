import { Hono } from 'hono'
import { type Definitions, planRun, selectForRun } from '../../orchestrate/index.js'
import { type AssetDetail, materializeRequestSchema } from '../contract/index.js'
import { definitionsOf, type Services } from '../services.js'
import { assetSummary, checkSummaries, columnViews, readStates } from '../views/assets.js'
import { runSummary } from '../views/runs.js'
import { jsonTable } from '../views/table.js'
import { notFound, positive, readBody } from './request.js'

export function assetRoutes(services: Services): Hono {
  const { store, engine } = services
  const app = new Hono()

  app.get('/assets', async (c) => {
    const definitions = await definitionsOf(services)
    const states = await readStates(store)
    return c.json({
      project: definitions.project,
      assets: definitions.assets.map((asset) => assetSummary(definitions, asset, states)),
    })
  })

  app.get('/assets/:key', async (c) => {
    const key = c.req.param('key')
    const definitions = await definitionsOf(services)
    const asset = definitions.assets.find((one) => one.key === key)
    if (!asset) throw notFound(`asset \`${key}\``, 'The Lineage page shows every asset.')
    const states = await readStates(store)
    const [events, runs, compiled] = await Promise.all([
      store.readEvents({
        asset: key,
        types: ['asset_materialized', 'asset_failed', 'check_evaluated'],
        newestFirst: true,
        limit: 300,
      }),
      store.listRuns({ asset: key, limit: 20 }),
      engine.compiledCode(key).catch(() => undefined),
    ])
    const state = states.assets.get(key)
    const summary = (one: (typeof definitions.assets)[number]) => assetSummary(definitions, one, states)
    const detail: AssetDetail = {
      ...summary(asset),
      columns: columnViews(asset, state),
      ...(asset.relation ? { relation: { schema: asset.relation.schema, identifier: asset.relation.identifier } } : {}),
      ...(asset.source
        ? {
            source: {
              file: asset.source.file,
              ...(asset.source.line === undefined ? {} : { line: asset.source.line }),
            },
          }
        : {}),
      ...(asset.code ? { code: { ...asset.code } } : {}),
      ...(compiled === undefined ? {} : { compiledCode: compiled }),
      ...(asset.origin ? { origin: { ...asset.origin } } : {}),
      upstream: definitions.assets.filter((one) => asset.deps.includes(one.key)).map(summary),
      downstream: definitions.assets.filter((one) => one.deps.includes(key)).map(summary),
      checkList: checkSummaries(definitions, key, states),
      events: events.slice(0, 50),
      plots: plots(events),
      ...(state?.lastError ? { lastError: state.lastError } : {}),
      runs: runs.map(runSummary),
    }
    return c.json(detail)
  })

  app.get('/assets/:key/sample', async (c) =>
    c.json(jsonTable(await engine.sample(c.req.param('key'), positive(c.req.query('limit'), 20, 500)))),
  )

  app.post('/materialize', async (c) => {
    const request = await readBody(c, materializeRequestSchema)
    const definitions = await definitionsOf(services)
    const assets = selectForRun(definitions, request.selection)
    const steps = planRun(definitions, assets)
    const planned = steps.flatMap((step) => [...step.assets])
    const answer = {
      assets: planned,
      kinds: kindCounts(definitions, new Set(planned)),
      checks: steps.reduce((sum, step) => sum + step.checks.length, 0),
      steps: steps.length,
    }
    if (request.dryRun) return c.json(answer)
    const { run } = await store.requestRun({
      selection: request.selection,
      trigger: { type: 'manual', name: 'web' },
      fullRefresh: request.fullRefresh,
      tags: request.tags,
    })
    return c.json({ runId: run.id, ...answer })
  })
  return app
}

function kindCounts(definitions: Definitions, keys: ReadonlySet<string>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const asset of definitions.assets) {
    const kind = asset.kinds[0] ?? 'asset'
    if (keys.has(asset.key)) counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/** Every number in the metadata over time, oldest first. */
function plots(
  events: readonly {
    at: string
    runId: string
    type: string
    metadata?: Readonly<Record<string, unknown>> | undefined
  }[],
): AssetDetail['plots'] {
  const series = new Map<string, AssetDetail['plots'][number]['points']>()
  for (const event of [...events].reverse()) {
    if (event.type !== 'asset_materialized') continue
    for (const [name, value] of Object.entries(event.metadata ?? {})) {
      if (typeof value !== 'number') continue
      series.set(name, [...(series.get(name) ?? []), { at: event.at, value, runId: event.runId }])
    }
  }
  return [...series].map(([name, points]) => ({ name, points }))
}
