import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock } from '../../base/index.js'
import { heldStatuses, type OrchestrateStore, runSlots, switches } from '../../orchestrate/index.js'
import { knownProcesses } from '../../platform/index.js'
import type { Services } from '../services.js'
import { assetSummaries } from '../views/assets.js'
import { runsIn } from '../views/deployment.js'
import { engineHealth } from '../views/engine-health.js'
import { lateAssets } from '../views/lateness.js'
import { RunFigures } from './run-figures.js'
import { scheduleLagSeconds } from './schedule-lag.js'

/** What is asked of the store is asked at most this often, however many scrape. */
const freshForMs = 5_000

/** Figures of the installation, in the text that Prometheus and what understands it reads. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #services: Services
  readonly #requests: Histogram<'method' | 'route' | 'status'>
  readonly #scrapes: Counter<'outcome'>
  readonly #clock: Pick<Clock, 'now' | 'monotonicMs'>
  #collecting: Promise<void> | undefined
  #collectedMs: number | undefined

  readonly #runs = this.#gauge('runs', 'Runs that are kept, by status', ['status'])
  readonly #oldest = this.#gauge('queue_oldest_seconds', 'How long the run that waits longest has waited')
  readonly #lag = this.#gauge(
    'schedule_lag_seconds',
    'How long the most overdue instant of a schedule waits for its tick',
  )
  readonly #workers = this.#gauge('workers', 'Engines that carry out runs right now')
  readonly #processes = this.#gauge(
    'processes',
    'Processes of the installation: those that are there, and those that are lost',
    ['kind', 'status'],
  )
  readonly #slots = this.#gauge(
    'run_slots',
    'Runs that all workers together may carry out at once, and how many they do',
    ['kind'],
  )
  readonly #events = this.#gauge('event_log_events', 'About how many events the log holds')
  readonly #eventBytes = this.#gauge('event_log_size_bytes', 'How large the event log is, with its indexes')
  readonly #storeBytes = this.#gauge('store_size_bytes', 'How large the metadata store is')
  readonly #build = this.#gauge('build_info', 'Always 1; the version stands beside it', ['version'])
  readonly #pools = this.#gauge('pool_places', 'Places of pools: how many there are, are taken, and are waited for', [
    'pool',
    'kind',
  ])
  readonly #assets = this.#gauge('assets', 'Assets, by health', ['health'])
  readonly #late = this.#gauge('assets_late', 'Assets that a schedule or a freshness policy wants to be newer')
  readonly #checks = this.#gauge('checks', 'Checks, by their last outcome', ['status'])
  readonly #made = this.#gauge(
    'asset_last_materialized_timestamp_seconds',
    'When an asset was made last, in seconds since 1970',
    ['asset'],
  )
  readonly #up = this.#gauge('up', 'Whether a part of the installation works', ['part'])
  readonly #loop = this.#gauge('daemon_last_loop_timestamp_seconds', 'The last round of the daemon')
  readonly #problems = this.#gauge('project_problems', 'What is wrong with the project')
  readonly #engineMemory = this.#gauge('engine_resident_memory_bytes', 'Memory of the engine that answers here')
  readonly #ticks: Counter<'type' | 'status'>
  readonly #runFigures: RunFigures

  constructor(services: Services, clock: Pick<Clock, 'now' | 'monotonicMs'>) {
    this.#services = services
    this.#clock = clock
    this.#requests = new Histogram({
      name: 'millrace_http_request_duration_seconds',
      help: 'Requests that the server answered',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers: [this.#registry],
    })
    this.#scrapes = new Counter({
      name: 'millrace_scrapes_total',
      help: 'How often the store was asked for these figures',
      labelNames: ['outcome'],
      registers: [this.#registry],
    })
    this.#ticks = new Counter({
      name: 'millrace_ticks_total',
      help: 'Ticks of schedules and sensors, by what came of them',
      labelNames: ['type', 'status'],
      registers: [this.#registry],
    })
    this.#runFigures = new RunFigures(this.#registry, services.store)
    this.#build.set({ version: services.version }, 1)
  }

  /** The same store, with the ticks that are written through it counted. */
  countingTicks(store: OrchestrateStore): OrchestrateStore {
    return {
      ...store,
      commitTick: async (...args) => {
        const tick = await store.commitTick(...args)
        // One that was there before was counted then.
        if (tick && tick.id === args[0].id) this.#ticks.inc({ type: tick.automationType, status: tick.status })
        return tick
      },
    }
  }

  /** Times requests by their route, never by their path: an address must not become a series. */
  readonly middleware: MiddlewareHandler = async (c, next) => {
    const end = this.#requests.startTimer({ method: c.req.method })
    await next()
    // Besides its own, handlers for everything match.
    const route = matchedRoutes(c).find(({ path }) => !path.endsWith('*'))?.path ?? 'page'
    end({ route, status: String(c.res.status) })
  }

  async text(): Promise<{ readonly body: string; readonly contentType: string }> {
    // They watch the process from now on; who is never asked need not.
    if (this.#collectedMs === undefined) collectDefaultMetrics({ register: this.#registry })
    const nowMs = this.#clock.monotonicMs()
    if (this.#collectedMs === undefined || (!this.#collecting && nowMs - this.#collectedMs > freshForMs)) {
      this.#collectedMs = nowMs
      // Two at once would count the same runs twice, so the next one waits, however long a slow store takes.
      this.#collecting = this.#collect().finally(() => {
        this.#collecting = undefined
      })
    }
    await this.#collecting
    return { body: await this.#registry.metrics(), contentType: this.#registry.contentType }
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: readonly Label[] = []): Gauge<Label> {
    return new Gauge({ name: `millrace_${name}`, help, labelNames: [...labelNames], registers: [this.#registry] })
  }

  async #collect(): Promise<void> {
    const { daemonLoopAt } = this.#services
    const engine = await engineHealth(this.#services, true, ({ rssBytes }) => this.#engineMemory.set(rssBytes))
    this.#up.set({ part: 'engine' }, engine.status === 'down' ? 0 : 1)
    const loopAt = await daemonLoopAt()
    if (loopAt) this.#loop.set(loopAt.getTime() / 1_000)
    try {
      await this.#collectRuns()
      await this.#collectAssets()
      await this.#collectPools()
      this.#up.set({ part: 'store' }, 1)
      this.#scrapes.inc({ outcome: 'answered' })
    } catch {
      // What does not answer is told as such; the figures are those of before.
      this.#up.set({ part: 'store' }, 0)
      this.#scrapes.inc({ outcome: 'failed' })
    }
  }

  async #collectPools(): Promise<void> {
    const slots = await this.#services.store.poolSlots()
    for (const [pool, limit] of this.#services.project.limits.pools) {
      this.#pools.set({ pool, kind: 'limit' }, limit)
      const own = slots.filter((slot) => slot.pool === pool)
      const taken = own.filter(({ since }) => since !== undefined).length
      this.#pools.set({ pool, kind: 'taken' }, taken)
      this.#pools.set({ pool, kind: 'wanted' }, own.length - taken)
    }
  }

  async #collectProcesses(counts: Awaited<ReturnType<OrchestrateStore['countRuns']>>): Promise<void> {
    const processes = await knownProcesses(this.#services.store)
    this.#processes.reset()
    for (const { kind, isLost } of processes) this.#processes.inc({ kind, status: isLost ? 'lost' : 'up' })
    const { total, taken } = runSlots(processes, runsIn(counts, heldStatuses))
    this.#slots.set({ kind: 'limit' }, total)
    this.#slots.set({ kind: 'taken' }, taken)
  }

  async #collectRuns(): Promise<void> {
    const { store } = this.#services
    const [counts, { oldestQueuedAt, workers, events, sizeBytes }] = await Promise.all([
      store.countRuns(),
      store.figures(),
      this.#runFigures.collect(),
    ])
    for (const [status, count] of Object.entries(counts)) this.#runs.set({ status }, count)
    await this.#collectProcesses(counts)
    this.#oldest.set(
      oldestQueuedAt === undefined
        ? 0
        : Math.max(0, (this.#clock.now().getTime() - Date.parse(oldestQueuedAt)) / 1_000),
    )
    this.#workers.set(workers)
    if (events.count !== undefined) this.#events.set(events.count)
    this.#eventBytes.set(events.sizeBytes)
    this.#storeBytes.set(sizeBytes)
  }

  async #collectAssets(): Promise<void> {
    const { store, states: latest } = this.#services
    const definitions = await store.readDefinitions()
    if (!definitions) return
    const [states, automations] = await Promise.all([latest.of(definitions), store.automationStates()])
    for (const gauge of [this.#assets, this.#checks, this.#made]) gauge.reset()
    for (const { key, health, checks, lastMaterializedAt } of assetSummaries(definitions, states)) {
      this.#assets.inc({ health })
      for (const [status, count] of Object.entries(checks)) this.#checks.inc({ status }, count)
      if (lastMaterializedAt !== undefined) this.#made.set({ asset: key }, Date.parse(lastMaterializedAt) / 1_000)
    }
    this.#late.set(lateAssets(definitions, switches(automations), states, this.#clock.now()).size)
    this.#lag.set(scheduleLagSeconds(definitions, automations, this.#clock.now()))
    this.#problems.set(definitions.problems.length)
  }
}
