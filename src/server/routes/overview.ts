import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { nextTicks } from '../../orchestrate/index.js'
import type { Health, LiveEvent, Overview } from '../contract/index.js'
import type { LiveFeed } from '../live-feed.js'
import { definitionsOf, type Services } from '../services.js'
import { assetSummary, readStates } from '../views/assets.js'
import { runSummary } from '../views/runs.js'

const dayMs = 86_400_000

export function overviewRoutes(services: Services, feed: LiveFeed): Hono {
  const { store, engine, project } = services
  const app = new Hono()

  app.get('/overview', async (c) => {
    const definitions = await definitionsOf(services)
    const [states, runs, automations] = await Promise.all([
      readStates(store),
      store.listRuns({ limit: 200 }),
      store.automationStates(),
    ])
    const assets = definitions.assets.map((asset) => assetSummary(definitions, asset, states))
    const since = new Date(Date.now() - dayMs).toISOString()
    const recent = runs.filter((run) => run.createdAt >= since)
    const checks = { passed: 0, warned: 0, failed: 0, unknown: 0 }
    for (const asset of assets)
      for (const key of ['passed', 'warned', 'failed', 'unknown'] as const) checks[key] += asset.checks[key]
    const moved = await movedToday(services)
    const overview: Overview = {
      project: definitions.project,
      groups: [...new Set(assets.map((asset) => asset.group))].map((group) => {
        const members = assets.filter((asset) => asset.group === group)
        const health: Overview['groups'][number]['health'] = {
          never: 0,
          running: 0,
          fresh: 0,
          stale: 0,
          warning: 0,
          failed: 0,
          external: 0,
        }
        for (const member of members) health[member.health]++
        return { group, assets: members.length, health }
      }),
      checks,
      runs: recent.map(runSummary),
      upcoming: definitions.schedules
        .filter((schedule) => automations.find((state) => state.name === schedule.name)?.isOn ?? schedule.isOnByDefault)
        .flatMap((schedule) =>
          nextTicks(schedule.cron, schedule.timezone, new Date(), 2).map((at) => ({
            automation: schedule.name,
            at: at.toISOString(),
            target: schedule.target,
          })),
        )
        .sort((a, b) => (a.at < b.at ? -1 : 1))
        .slice(0, 10),
      failures: assets
        .filter((asset) => asset.health === 'failed')
        .map((asset) => {
          const state = states.assets.get(asset.key)
          return {
            asset: asset.key,
            runId: state?.lastRunId ?? '',
            at: state?.lastFailedAt ?? state?.lastMaterializedAt ?? '',
            ...(state?.lastError ? { error: state.lastError } : {}),
            message: asset.healthReason ?? 'failed',
          }
        }),
      stale: assets
        .filter((asset) => asset.health === 'stale')
        .map((asset) => ({
          asset: asset.key,
          reason: asset.healthReason ?? '',
          ...(asset.lastMaterializedAt ? { lastMaterializedAt: asset.lastMaterializedAt } : {}),
        })),
      ...moved,
      problems: [...definitions.problems],
    }
    return c.json(overview)
  })

  app.get('/health', async (c) => {
    const definitions = await store.readDefinitions().catch(() => undefined)
    const up = await engine.health().then(
      (health) => ({ status: 'up' as const, pid: health.pid }),
      (error: unknown) => ({
        status: 'down' as const,
        message: error instanceof Error ? error.message : String(error),
      }),
    )
    const active = await store
      .listRuns({ statuses: ['queued', 'starting', 'running', 'cancelling'], limit: 500 })
      .catch(() => undefined)
    const loop = services.daemonLoopAt()
    const health: Health = {
      status: up.status === 'up' && active ? 'ok' : 'degraded',
      version: services.version,
      project: project.name,
      engine: up,
      store: active ? { status: 'up' } : { status: 'down', message: 'the store does not answer' },
      daemon: {
        status: loop && Date.now() - loop.getTime() < 10_000 ? 'up' : 'down',
        ...(loop ? { lastLoopAt: loop.toISOString() } : {}),
      },
      queue: {
        queued: active?.filter((run) => run.status === 'queued').length ?? 0,
        running: active?.filter((run) => run.status !== 'queued').length ?? 0,
      },
      ...(definitions ? { definitionsVersion: definitions.version, definitionsLoadedAt: definitions.loadedAt } : {}),
      problems: [...(definitions?.problems ?? [])],
    }
    return c.json(health)
  })

  app.get('/events', (c) =>
    streamSSE(c, async (stream) => {
      let id = 0
      const send = (event: LiveEvent) =>
        void stream.writeSSE({ id: String(++id), data: JSON.stringify(event) }).catch(() => {})
      const leave = feed.join(send)
      // Proxies close what is silent.
      const beat = setInterval(() => void stream.write(': here\n\n').catch(() => {}), 15_000)
      // A browser that stays connected must not keep the process alive.
      beat.unref()
      await stream.write(': here\n\n')
      await new Promise<void>((resolve) => stream.onAbort(resolve))
      clearInterval(beat)
      leave()
    }),
  )
  return app
}

async function movedToday({ store }: Services): Promise<{ rowsToday: number; bytesToday: number }> {
  const start = new Date(new Date().setUTCHours(0, 0, 0, 0)).toISOString()
  const events = await store.readEvents({ types: ['asset_materialized'], newestFirst: true, limit: 1000 })
  const sum = (key: string) =>
    events.reduce(
      (total, event) =>
        total + (event.at >= start && typeof event.metadata?.[key] === 'number' ? (event.metadata[key] as number) : 0),
      0,
    )
  return { rowsToday: sum('rows_committed'), bytesToday: sum('bytes_read') }
}
