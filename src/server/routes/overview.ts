import { Hono } from 'hono'
import { type FailedPartition, heldStatuses, openStatuses, runSlots } from '../../orchestrate/index.js'
import { knownProcesses } from '../../platform/index.js'
import type { Health, Overview } from '../contract/index.js'
import { definitionsOf, type Services } from '../services.js'
import { deployment, isDaemonUp, runsIn } from '../views/deployment.js'
import { engineHealth } from '../views/engine-health.js'
import { LoadedHours } from '../views/loaded-hours.js'
import { dayBefore, overviewOf } from '../views/overview.js'
import { sharedJson } from './request.js'

/** Of the past day, of those of it that failed, and of those that have not ended. */
const mostRuns = 200
const mostFailedRuns = 50

export function overviewRoutes(services: Services): Hono {
  const { store, project } = services
  const app = new Hono()

  const loadedHours = new LoadedHours(store)
  const readOverview = async (): Promise<Overview> => {
    const definitions = await definitionsOf(services)
    const now = services.clock.now()
    const since = dayBefore(now)
    const [states, ofTheDay, failed, open, runCounts, failedRuns, automations, loaded] = await Promise.all([
      services.states.of(definitions),
      store.listRuns({ since, limit: mostRuns }),
      store.listRuns({ since, statuses: ['failed'], limit: mostRuns }),
      store.listRuns({ statuses: openStatuses, limit: mostRuns }),
      store.countRuns({ since }),
      store.failedOfThemselves({ since, limit: mostFailedRuns }),
      store.automationStates(),
      loadedHours.of(definitions, now),
    ])
    const runs = [...ofTheDay, ...failed, ...open]
    const cut = [...states.partitions].flatMap(([key, counts]) => (counts.failed > 0 ? [key] : []))
    const failedPartitions = cut.length > 0 ? await store.lastFailedPartitions(cut) : new Map<string, FailedPartition>()
    return overviewOf({ definitions, states, runs, runCounts, failedRuns, failedPartitions, automations, loaded, now })
  }
  app.get('/overview', sharedJson(readOverview))

  app.get(
    '/deployment',
    sharedJson(() => deployment(services)),
  )

  app.get('/health', async (c) => {
    const definitions = await store.readDefinitions().catch(() => undefined)
    const up = await engineHealth(services, definitions !== undefined)
    const [open, processes = []] = await Promise.all([
      store.countRuns({ statuses: openStatuses }).catch(() => undefined),
      knownProcesses(store).catch(() => undefined),
    ])
    const queued = open?.queued ?? 0
    const running = open ? runsIn(open, heldStatuses) : 0
    const slots = runSlots(processes, running)
    const loop = await services.daemonLoopAt()
    // Where workers come when there is something to do, none is needed while nothing waits.
    const isWorkedOn = slots.workers > 0 || (queued === 0 && (up.status === 'up' || up.status === 'busy'))
    const health: Health = {
      status: isWorkedOn && open ? 'ok' : 'degraded',
      version: services.version,
      project: project.name,
      engine: up,
      store: open ? { status: 'up' } : { status: 'down', message: 'the store does not answer' },
      daemon: {
        status: (await isDaemonUp(services)) ? 'up' : 'down',
        ...(loop ? { lastLoopAt: loop.toISOString() } : {}),
      },
      slots,
      queue: { queued, running },
      ...(definitions ? { definitionsVersion: definitions.version, definitionsLoadedAt: definitions.loadedAt } : {}),
      problems: [...(definitions?.problems ?? [])],
      warnings: [...(definitions?.warnings ?? [])],
      broken: definitions?.broken
        ?.filter(({ isKnown }) => !isKnown)
        .map(({ file, since, error }) => ({ file, since, error })),
    }
    return c.json(c.get('actor') ? health : wordsOf(health))
  })
  return app
}

/** For who has no login: whether it works, and nothing of what it is. */
const wordsOf = ({ status, engine, store, daemon }: Health): Health => ({
  status,
  engine: { status: engine.status },
  store: { status: store.status },
  daemon: { status: daemon.status },
})

/** Load balancers do not wait: an engine that parses a large project answers late, and lives. */
