import { setMaxListeners } from 'node:events'
import { type Logger, systemClock, toMillraceError } from '../../base/index.js'
import type { Definitions, OrchestrateStore, RunLease, StepExecutor } from '../contract.js'
import { executeRun } from './execute-run.js'
import { giveUp, maxLostAttempts } from './give-up.js'

export interface RunEngineOptions {
  readonly store: OrchestrateStore
  readonly executors: readonly StepExecutor[]
  /** Asked at the start of every run. */
  readonly definitions: () => Promise<Definitions>
  readonly worker: string
  /** Whether the process of another worker is known to have ended; its runs are taken over at once. */
  readonly isGone: (worker: string) => boolean
  readonly maxConcurrentRuns: number
  readonly logger: Logger
  readonly signal: AbortSignal
}

const leaseMs = 15_000
const heartbeatMs = 3_000
const pollMs = 1_000
const maxConcurrentSteps = 8

interface Active {
  readonly lease: RunLease
  readonly abort: AbortController
}

/** Claims queued runs and executes them until the signal aborts; then gives running ones back to the queue. */
export async function runEngine(options: RunEngineOptions): Promise<void> {
  const { store, signal, logger } = options
  const active = new Map<string, Active>()
  const work = new Set<Promise<void>>()
  let wake: (() => void) | undefined
  const nudge = () => wake?.()
  const subscription = store.subscribe((change) => {
    if (change.type === 'run') nudge()
  }, signal)
  const beat = setInterval(
    () => void heartbeat().catch((error) => logger.warn('Heartbeat failed', { error: String(error) })),
    heartbeatMs,
  )

  setMaxListeners(0, signal)

  async function heartbeat(): Promise<void> {
    const { held, cancelling } = await store.heartbeat(
      [...active.values()].map((one) => one.lease),
      leaseMs,
    )
    for (const [id, one] of active) if (!held.includes(id) || cancelling.includes(id)) one.abort.abort()
  }

  async function start(): Promise<boolean> {
    const claimed = await store.claimRun(options.worker, leaseMs)
    if (!claimed) return false
    const abort = new AbortController()
    // Every running step and query listens to it.
    setMaxListeners(0, abort.signal)
    const stop = () => abort.abort()
    signal.addEventListener('abort', stop)
    active.set(claimed.run.id, { lease: claimed.lease, abort })
    const task = run(claimed, abort.signal)
      .catch((error: unknown) => logger.error(`Run ${claimed.run.id} could not be finished`, { error: String(error) }))
      .finally(() => {
        signal.removeEventListener('abort', stop)
        active.delete(claimed.run.id)
        work.delete(task)
        nudge()
      })
    work.add(task)
    return true
  }

  async function run(
    claimed: NonNullable<Awaited<ReturnType<OrchestrateStore['claimRun']>>>,
    runSignal: AbortSignal,
  ): Promise<void> {
    if (claimed.run.attempt > maxLostAttempts) return giveUp(store, claimed.run, claimed.lease)
    let definitions: Definitions
    try {
      definitions = await options.definitions()
    } catch (error) {
      await store.setRunStatus(claimed.lease, 'failed', toMillraceError(error).toJSON())
      return
    }
    await executeRun({
      ...claimed,
      store,
      executors: options.executors,
      definitions,
      signal: runSignal,
      isShutdown: () => signal.aborted,
      maxConcurrentSteps,
      logger,
    })
  }

  const takeOver = async () => {
    const gone = (await store.leaseHolders()).filter(options.isGone)
    if (gone.length > 0) await store.expireLeases(gone)
  }
  await takeOver().catch((error) => logger.warn('Leases could not be read', { error: String(error) }))

  try {
    while (!signal.aborted) {
      try {
        if (active.size < options.maxConcurrentRuns && (await start())) continue
        // A cancel should not wait for the next heartbeat.
        if (active.size > 0) await heartbeat()
      } catch (error) {
        logger.warn('The store did not answer; trying again', { error: String(error) })
        await systemClock.sleep(pollMs).catch(() => {})
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
        signal.addEventListener('abort', wake, { once: true })
        if (signal.aborted) wake()
      })
    }
    await Promise.allSettled(work)
  } finally {
    clearInterval(beat)
    await subscription
  }
}
