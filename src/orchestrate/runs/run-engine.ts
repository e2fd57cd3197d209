import { setMaxListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { Bell, type Clock, currentSpan, type Logger, toMillraceError } from '../../base/index.js'
import type {
  ClaimedRun,
  Definitions,
  OrchestrateStore,
  QueuedRun,
  RunLease,
  RunLimits,
  RunStatus,
  StepExecutor,
  StoreChange,
} from '../contract/index.js'
import { PoolGate } from '../limits/pool-gate.js'
import { settingsOfTags } from '../limits/run-tags.js'
import { whyStanding } from '../limits/standing-runs.js'
import { executeRun } from './execute-run.js'
import { giveUp, maxLostAttempts } from './give-up.js'
import { PoolRoom } from './pool-room.js'
import { inLaunchSpan, inRunSpan } from './run-spans.js'
import { isStoreAway, stop, stopReason } from './stop.js'

/** What starts runs in processes of their own, see `launchers`. */
export interface RunsElsewhere {
  /** How many it looks after. */
  readonly count: number
  launch(claimed: ClaimedRun, signal: AbortSignal): Promise<void>
  /** Looks after what was launched, also by others, until the signal aborts. */
  watch(signal: AbortSignal): Promise<void>
}

export interface RunEngineOptions {
  readonly store: OrchestrateStore
  readonly executors: readonly StepExecutor[]
  /** Asked at the start of every run, with what it selects. */
  readonly definitions: (selection?: string) => Promise<Definitions>
  /** The project as it was read last, for looks into the queue: they wait for no edit to be read. As at the start of a run, left out. */
  readonly lastDefinitions?: (() => Promise<Definitions>) | undefined
  readonly worker: string
  /** Whether the process of another worker is known to have ended; its runs are taken over at once. */
  readonly isGone: (worker: string) => boolean
  readonly maxConcurrentRuns: number
  readonly limits: RunLimits
  /** Whether other workers may write into the same warehouse: a step then waits for the same one of another run. Asked at the start of every run. */
  readonly takesTurns?: (() => Promise<boolean>) | undefined
  readonly clock: Clock
  readonly logger: Logger
  /** Is told of every run that it executes, and of their steps. */
  readonly journal?: Logger | undefined
  readonly signal: AbortSignal
  /** Starts a run worker for each run; without it they are executed here. */
  readonly launched?: RunsElsewhere | undefined
  /** Ends when there was nothing to do for so long. */
  readonly untilIdleMs?: number | undefined
}

/** For how long a claim is good, unless it is prolonged. */
export const leaseMs = 15_000
const heartbeatMs = 3_000
const pollMs = 1_000
/** Many runs may come at once: a look at the queue for each of them would be most of what the store does. */
const leastPauseMs = 20
const maxConcurrentSteps = 8
const hasEnded: ReadonlySet<RunStatus> = new Set(['succeeded', 'failed', 'cancelled'])

/** Claims queued runs and executes or launches them until the signal aborts; then gives back to the queue what was not handed over. */
export async function runEngine(options: RunEngineOptions): Promise<void> {
  await new RunLoop(options).run()
}

/** Executes one run whose lease was taken, and claims no other. Where the signal aborts, it is given back to the queue. */
export async function executeClaimedRun(
  options: Omit<RunEngineOptions, 'isGone' | 'maxConcurrentRuns' | 'launched' | 'untilIdleMs'>,
  claimed: ClaimedRun,
): Promise<void> {
  await new RunLoop({ ...options, isGone: () => false, maxConcurrentRuns: 1 }).runOnly(claimed)
}

interface ActiveRun {
  readonly lease: RunLease
  readonly work: AbortController
  leaseUntilMs: number
  /** Its last heartbeat was not answered. */
  isUnheard: boolean
  /** It is ended then. */
  readonly endsAtMs: number
}

class RunLoop {
  readonly #options: RunEngineOptions
  readonly #active = new Map<string, ActiveRun>()
  readonly #running = new Set<Promise<void>>()
  readonly #bell = new Bell()
  readonly #gate: PoolGate
  /** A run of this engine is to be cancelled, or was taken over by its run worker: its lease is to be looked at. */
  #hasLeaseNews = false
  /** That, or one of its runs has ended: there is room for another one. */
  #isUrgent = false
  /** Runs that were given back because the project is broken, and the project then: until it is read anew they are left in the queue. */
  readonly #standing = new Map<string, Definitions | undefined>()
  /** Heartbeats under way. */
  #unanswered = 0

  constructor(options: RunEngineOptions) {
    this.#options = options
    this.#gate = new PoolGate({ ...options, limits: options.limits.pools })
  }

  async run(): Promise<void> {
    const { signal, launched, clock, untilIdleMs = Number.POSITIVE_INFINITY } = this.#options
    let busyMs = clock.monotonicMs()
    await this.#attended(async () => {
      await this.#takeOver()
      while (!signal.aborted) {
        const room = this.#options.maxConcurrentRuns - this.#active.size
        const claimed = room > 0 ? await this.#claim(room) : 0
        if (claimed + this.#active.size + (launched?.count ?? 0) > 0) busyMs = clock.monotonicMs()
        if (claimed > 0 && claimed === room) continue
        if (clock.monotonicMs() - busyMs >= untilIdleMs) return
        await this.#hearOfLeases()
        await this.#pause()
      }
    })
  }

  async runOnly(claimed: ClaimedRun): Promise<void> {
    await this.#attended(async () => {
      this.#begin(claimed)
      while (!this.#options.signal.aborted && this.#active.size > 0) {
        await this.#hearOfLeases()
        await this.#pause()
      }
    })
  }

  /** With the heartbeat, and an ear for what happens to runs, while the work goes on; then what is left is given back. */
  async #attended(work: () => Promise<void>): Promise<void> {
    const { store, launched } = this.#options
    const ended = new AbortController()
    const signal = AbortSignal.any([this.#options.signal, ended.signal])
    const ring = () => this.#bell.ring()
    signal.addEventListener('abort', ring)
    const about = launched ? 'everything' : 'work'
    const subscription = store.subscribe((change) => this.#hear(change), signal, about)
    const watching = launched?.watch(signal)
    const beat = setInterval(() => void this.#heartbeat(), heartbeatMs)
    try {
      await work()
      for (const { work } of this.#active.values()) stop(work, 'shutdown')
      await Promise.all(this.#running)
    } finally {
      clearInterval(beat)
      ended.abort()
      signal.removeEventListener('abort', ring)
      await Promise.all([subscription, watching])
    }
  }

  /** A cancel should not wait for the next heartbeat. */
  async #hearOfLeases(): Promise<void> {
    if (!this.#hasLeaseNews) return
    this.#hasLeaseNews = false
    await this.#heartbeat()
  }

  #hear(change: StoreChange): void {
    if (change.type !== 'run') return
    // Its run worker may have taken it over.
    const isOwn = this.#options.launched && this.#active.has(change.runId)
    if (change.status === 'cancelling' || isOwn) this.#urge({ isOfLease: true })
    // Where one has ended, there may be room for the next. That others start and go on concerns nobody here.
    else if (change.status === 'queued' || hasEnded.has(change.status)) this.#bell.ring()
  }

  #urge({ isOfLease = false } = {}): void {
    if (isOfLease) this.#hasLeaseNews = true
    this.#isUrgent = true
    this.#bell.ring()
  }

  /** Until something happens, or it is time to look anyhow; unless it is urgent, two looks are never closer than the least pause. */
  async #pause(): Promise<void> {
    const { clock, signal } = this.#options
    const startedMs = clock.monotonicMs()
    await this.#bell.wait(pollMs)
    const restMs = leastPauseMs - (clock.monotonicMs() - startedMs)
    if (!this.#isUrgent && restMs > 0) await clock.sleep(restMs, { signal }).catch(() => {})
    this.#isUrgent = false
    // Runs whose ends were written together end together: there is room for all of them.
    await setImmediate()
  }

  /** Runs of this machine's engines that ended without a word need not wait until their leases end. */
  async #takeOver(): Promise<void> {
    const { store, isGone, logger } = this.#options
    try {
      const gone = (await store.leaseHolders()).filter(isGone)
      if (gone.length > 0) await store.expireLeases(gone)
    } catch (error) {
      logger.warn('Leases could not be read', { error })
    }
  }

  /** Which runs would only wait: for a part of the project that cannot be read, or for places in pools. */
  async #passedOver(): Promise<((run: QueuedRun) => boolean) | undefined> {
    const { store, limits } = this.#options
    const definitions = await this.#lastDefinitions()
    for (const [id, then] of this.#standing) if (then !== definitions) this.#standing.delete(id)
    // Asked with every look into the queue, and there may be ten thousand steps.
    const hasPools =
      limits.pools.size > 0 && definitions?.steps.some(({ pool }) => pool !== undefined && limits.pools.has(pool))
    const isBroken = (definitions?.problems.length ?? 0) > 0
    if (!definitions || (!hasPools && !isBroken && this.#standing.size === 0)) return undefined
    const room = hasPools ? await PoolRoom.now(store, definitions, limits) : undefined
    return (run) => {
      if (this.#standing.has(run.id) || whyStanding(definitions, run) !== undefined) return true
      const isPassed = room?.fullFor(run) !== undefined
      if (!isPassed) room?.admit(run)
      return isPassed
    }
  }

  async #lastDefinitions(): Promise<Definitions | undefined> {
    const { definitions, lastDefinitions = () => definitions() } = this.#options
    return lastDefinitions().catch(() => undefined)
  }

  /** Takes runs from the queue; answers how many: none also where the store does not answer. */
  async #claim(most: number): Promise<number> {
    const { store, worker, clock, logger, limits, launched, maxConcurrentRuns } = this.#options
    // Run workers outlive who launched them, so those of all are counted.
    const mostInAll = launched && maxConcurrentRuns
    // The lease ends by the store's clock, which has not to wait for the answer.
    let askedMs = clock.monotonicMs()
    const passedOver = async () => {
      const passesOver = await this.#passedOver()
      askedMs = clock.monotonicMs()
      return passesOver
    }
    let claimed: readonly ClaimedRun[]
    try {
      claimed = await store.claimRuns(worker, leaseMs, {
        most,
        limits: limits.tags,
        mostInAll,
        passesOver: passedOver,
      })
    } catch (error) {
      logger.warn('The store did not answer; trying again', { error })
      return 0
    }
    for (const one of claimed) this.#begin(one, askedMs)
    return claimed.length
  }

  /** @param sinceMs when its lease began at the earliest */
  #begin(claimed: ClaimedRun, sinceMs = this.#options.clock.monotonicMs()): void {
    const { clock, logger } = this.#options
    const work = new AbortController()
    // Every running step and query listens to it.
    setMaxListeners(0, work.signal)
    if (claimed.run.status === 'cancelling') stop(work, 'cancel')
    const { id } = claimed.run
    const nowMs = clock.monotonicMs()
    const endsAtMs = nowMs + this.#restOfRuntimeMs(claimed)
    const active = { lease: claimed.lease, work, leaseUntilMs: sinceMs + leaseMs, isUnheard: false, endsAtMs }
    this.#active.set(id, active)
    const task = this.#work(claimed, work.signal)
      .catch((error: unknown) => {
        if (!work.signal.aborted) logger.error(`The run ${id} could not be finished`, { run: id, error })
      })
      .then(() => this.#excuse(active))
      .finally(() => {
        // The same run may have been claimed again meanwhile, after its lease had ended.
        if (this.#active.get(id) === active) this.#active.delete(id)
        this.#running.delete(task)
        this.#urge()
      })
    this.#running.add(task)
  }

  /**
   * A run that was lost since the store was away, and not this engine, had no attempt: else a run that is long enough would be given up.
   * Said as soon as the store is there again.
   */
  async #excuse({ lease, work, isUnheard }: ActiveRun): Promise<void> {
    const { store, signal, launched, logger } = this.#options
    let isSaid = !isUnheard || launched !== undefined || stopReason(work.signal) !== 'lease_lost'
    while (!isSaid && !signal.aborted)
      try {
        await store.excuseAttempt(lease)
        isSaid = true
      } catch (error) {
        logger.warn('The store did not answer; trying again', { error })
        isSaid = !isStoreAway(toMillraceError(error))
      }
  }

  /** How long a run may go on; also of one that another engine began. When it waited in the queue to be taken up again it did not go on. */
  #restOfRuntimeMs({ run, workedMs }: ClaimedRun): number {
    const maxMs = settingsOfTags(run.tags).maxRuntimeMs ?? this.#options.limits.maxRuntimeMs
    return (maxMs ?? Number.POSITIVE_INFINITY) - workedMs
  }

  #work(claimed: ClaimedRun, signal: AbortSignal): Promise<void> {
    const { clock, launched } = this.#options
    if (launched && claimed.run.attempt <= maxLostAttempts)
      return inLaunchSpan(claimed, () => launched.launch(claimed, signal))
    return inRunSpan(claimed, clock, () => this.#execute(claimed, signal))
  }

  async #execute(claimed: ClaimedRun, signal: AbortSignal): Promise<void> {
    const { store, executors, clock, limits, journal } = this.#options
    if (claimed.run.attempt > maxLostAttempts) return giveUp(store, claimed, clock)
    // Before they are read for the run: what is read while it goes back to the queue may be what it waits for.
    const known = await this.#lastDefinitions()
    let definitions: Definitions
    try {
      definitions = await this.#options.definitions(claimed.run.selection)
    } catch (thrown) {
      const error = toMillraceError(thrown)
      currentSpan().fail(error)
      if (isStoreAway(error)) {
        await store.releaseRun(claimed.lease)
        throw error
      }
      await store.endRun(claimed.lease, 'failed', error.toJSON())
      return
    }
    const takesTurns = (await this.#options.takesTurns?.()) ?? false
    const around = { store, executors, definitions, signal, maxConcurrentSteps, clock, limits, takesTurns, journal }
    const onStands = () => void this.#standing.set(claimed.run.id, known)
    await executeRun({ ...claimed, ...around, gate: this.#gate, onStands })
  }

  /**
   * Prolongs the leases, and stops what was cancelled or taken over. While the store does not answer, work goes on until
   * its lease has ended: from then on another engine may have it.
   */
  async #heartbeat(): Promise<void> {
    const { store, clock, logger } = this.#options
    const asked = [...this.#active.values()]
    const sentMs = clock.monotonicMs()
    for (const one of asked) {
      if (sentMs >= one.endsAtMs) stop(one.work, 'max_runtime')
      // Where the network is cut, the heartbeats before this one still wait for their answers.
      if (this.#unanswered > 0) one.isUnheard = true
      if (this.#unanswered > 0 && sentMs > one.leaseUntilMs) stop(one.work, 'lease_lost')
    }
    this.#unanswered++
    try {
      const { held, cancelling } = await store.heartbeat(
        asked.map((one) => one.lease),
        leaseMs,
      )
      for (const one of asked) {
        if (cancelling.includes(one.lease.runId)) stop(one.work, 'cancel')
        if (held.includes(one.lease.runId)) {
          one.leaseUntilMs = sentMs + leaseMs
          if (!one.work.signal.aborted) one.isUnheard = false
        } else stop(one.work, 'lease_lost')
      }
    } catch (error) {
      logger.warn('The heartbeat of the runs was not heard', { error })
      for (const one of asked) {
        one.isUnheard = true
        if (clock.monotonicMs() > one.leaseUntilMs) stop(one.work, 'lease_lost')
      }
    } finally {
      this.#unanswered--
    }
  }
}
