import {
  type Clock,
  currentSpan,
  type ErrorJson,
  type Logger,
  type MillraceError,
  toMillraceError,
} from '../../base/index.js'
import {
  type ClaimedRun,
  type NewRunEvent,
  type OrchestrateStore,
  otherVersionExitCode,
  type Run,
  type RunLauncher,
  type RunLease,
  type RunLimits,
  type RunWorker,
  type RunWorkerState,
  runWorkerName,
  runWorkerOf,
  type StepChange,
} from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { maxRuntimeError } from '../runs/max-runtime.js'
import { retryRequest } from '../runs/retry-request.js'
import { stopReason } from '../runs/stop.js'
import { launchFailed } from './launch-failed.js'

export interface LaunchedRunsOptions {
  readonly launcher: RunLauncher
  readonly store: OrchestrateStore
  readonly clock: Clock
  readonly logger: Logger
  /** How long a run worker may take until it has taken its run over. */
  readonly startTimeoutMs: number
  readonly limits: Pick<RunLimits, 'maxRetries'>
  /** How long a run waits for another run worker after one that is older than the store: 30 s where nothing is said. */
  readonly otherVersionPauseMs?: number | undefined
}

/** Why a run worker will never take its run over. */
type Failure = MillraceError | 'killed' | 'other version'

/** How often it is looked for run workers that another process launched, which may have ended. */
const adoptEveryMs = 10_000
const relaunchAfterMs = 2_000
const otherVersionPauseMs = 30_000

interface Watched {
  readonly worker: RunWorker
  /** It was found at least once: where it is found no more, it is gone. */
  wasSeen: boolean
}

/** The runs that were handed to run workers: each is launched, and then looked after (run monitoring) until it has ended. */
export class LaunchedRuns {
  readonly #options: LaunchedRunsOptions
  readonly #watched = new Map<string, Watched>()
  /** Who launches them looks after them until they have taken their runs over. */
  readonly #starting = new Set<string>()
  #adoptedMs = Number.NEGATIVE_INFINITY
  /** What was last said of run workers that cannot be looked at. */
  #said = ''

  constructor(options: LaunchedRunsOptions) {
    this.#options = options
  }

  /** Run workers that are known to be there. */
  get count(): number {
    return [...this.#watched.values()].filter(({ wasSeen }) => wasSeen).length
  }

  /**
   * Launches a run worker for a claimed run, and resolves once it has taken the run over. Whoever calls keeps the lease alive until
   * then; losing it means that it was taken. Every other end of the signal ends the start.
   */
  async launch({ run, lease }: ClaimedRun, signal: AbortSignal): Promise<void> {
    const { launcher, store } = this.#options
    const worker = { name: runWorkerName(lease), runId: run.id, token: lease.token }
    if (stopReason(signal) !== undefined) return this.#giveBack(run, lease, worker, signal)
    this.#starting.add(worker.name)
    try {
      const message = `Launched as ${launcher.describe(worker.name)}`
      await store.record(lease, { events: [{ type: 'run_launched', message }], steps: [] })
      const failure = await this.#start(worker, lease, signal)
      if (failure && failure !== 'killed' && failure !== 'other version') currentSpan().fail(failure)
      if (failure === 'other version') await this.#leaveToOthers(run, lease, worker, signal)
      else if (failure) await this.#fail(run, lease, worker, failure)
      else if (signal.aborted) await this.#giveBack(run, lease, worker, signal)
    } finally {
      this.#starting.delete(worker.name)
    }
  }

  /** Resolves when the signal aborts, or with why the run worker will never take the run over. */
  async #start(worker: RunWorker, lease: RunLease, signal: AbortSignal): Promise<Failure | undefined> {
    const { launcher, clock, startTimeoutMs } = this.#options
    const deadlineMs = clock.monotonicMs() + startTimeoutMs
    const isLate = new AbortController()
    const timer = setTimeout(() => isLate.abort(), startTimeoutMs)
    const stopped = AbortSignal.any([signal, isLate.signal])
    let reason: string | undefined
    const note = async (text: string | undefined) => {
      if (text === undefined || text === reason) return
      reason = text
      await this.#note(lease, { type: 'log', level: 'warn', message: `The run worker does not start yet: ${text}` })
    }
    try {
      let isLaunched = false
      while (!signal.aborted) {
        if (clock.monotonicMs() >= deadlineMs) return this.#startTimedOut(worker, isLaunched, reason)
        try {
          if (!isLaunched) {
            await launcher.launch(worker, { signal: stopped })
            isLaunched = true
            this.#watched.set(worker.name, { worker, wasSeen: true })
          }
          const state = await launcher.state(worker.name, { signal: stopped })
          if (state.status === 'ended') return failureOf(worker, state)
          if (state.status === 'unknown') return 'killed'
          if (state.status === 'starting' && state.isHopeless)
            return launchFailed(`The ${launcher.describe(worker.name)} cannot start: ${state.reason}`)
          if (state.status === 'starting') await note(state.reason)
        } catch (thrown) {
          if (stopped.aborted) continue
          const error = toMillraceError(thrown)
          if (!isLaunched && !error.retryable) return error
          await note(error.message)
        }
        await clock.sleep(isLaunched ? launcher.pollMs : relaunchAfterMs, { signal: stopped }).catch(() => {})
      }
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  #startTimedOut({ name }: RunWorker, isLaunched: boolean, reason: string | undefined): MillraceError {
    const { launcher, startTimeoutMs } = this.#options
    const what = isLaunched
      ? `The ${launcher.describe(name)} did not take the run up`
      : 'No run worker could be launched'
    return orchestrateErrors.create('RUN_START_TIMEOUT', {
      message: `${what} within ${startTimeoutMs / 1000} s${reason === undefined ? '.' : `: ${reason}`}`,
      hint: 'Mend what holds it up and run again; `start_timeout` below `runs.launcher` in millrace.yaml gives it more time.',
    })
  }

  /** The run ends with the error, unless its run worker has it by now. One that was killed is launched anew, as another attempt. */
  async #fail(run: Run, lease: RunLease, worker: RunWorker, failure: Exclude<Failure, 'other version'>): Promise<void> {
    const { store } = this.#options
    if (failure === 'killed') {
      await this.#forget(worker.name)
      // The last thing: a heartbeat that comes later would prolong the lease.
      await store.expireLease(lease, `The run worker ${worker.name} was lost before it took the run up`)
      return
    }
    if (!(await this.#end(run, lease, 'failed', failure.toJSON()))) return
    await (failure.code === 'RUN_WORKER_FAILED' ? this.#forget(worker.name) : this.#terminate(worker.name))
  }

  /**
   * In the middle of a rolling upgrade: a run worker of the new version will do it, which another process may launch. Not at once, or
   * the same old one would be launched again and again.
   */
  async #leaveToOthers(run: Run, lease: RunLease, worker: RunWorker, signal: AbortSignal): Promise<void> {
    const { store, clock, logger, otherVersionPauseMs: pauseMs = otherVersionPauseMs } = this.#options
    const message = `The run worker ${worker.name} is older than the store; the run goes back to the queue after ${pauseMs / 1000} s`
    logger.warn(message, { run: lease.runId })
    await this.#note(lease, { type: 'log', level: 'warn', message })
    await clock.sleep(pauseMs, { signal }).catch(() => {})
    if (signal.aborted) return this.#giveBack(run, lease, worker, signal)
    await this.#underLease(() => store.releaseRun(lease))
    await this.#forget(worker.name)
  }

  /** What is to become of a run whose start was stopped. */
  async #giveBack(run: Run, lease: RunLease, worker: RunWorker, signal: AbortSignal): Promise<void> {
    const { store } = this.#options
    const why = stopReason(signal)
    if (why === 'lease_lost') return
    const isDone =
      why === 'cancel'
        ? await this.#end(run, lease, 'cancelled')
        : why === 'max_runtime'
          ? await this.#end(run, lease, 'failed', maxRuntimeError())
          : await this.#underLease(() => store.releaseRun(lease))
    if (isDone) await this.#terminate(worker.name)
  }

  /** Also of the steps that a former run worker left. */
  async #end(run: Run, lease: RunLease, status: 'cancelled' | 'failed', error?: ErrorJson): Promise<boolean> {
    const { store, clock, limits } = this.#options
    const endedAt = clock.now().toISOString()
    const planned = await store.listSteps(lease.runId)
    const retry = error && retryRequest(run, limits, { isPlanned: planned.length > 0 })
    const left = planned.filter((step) => step.endedAt === undefined)
    const [ending, event] =
      status === 'cancelled'
        ? ([{ status }, { type: 'step_cancelled' }] as const)
        : ([
            { status: 'skipped', reason: notTakenUp },
            { type: 'step_skipped', message: notTakenUp },
          ] as const)
    const record = {
      events: left.map(({ key }): NewRunEvent => ({ ...event, step: key })),
      steps: left.map(({ key }): StepChange => ({ ...ending, key, endedAt })),
    }
    return this.#underLease(() => store.endRun(lease, status, error, { record, retry }))
  }

  /** Whether it was still ours: a run worker that took the run over meanwhile hears of everything by itself. */
  async #underLease(write: () => Promise<void>): Promise<boolean> {
    try {
      await write()
      return true
    } catch (error) {
      if (toMillraceError(error).code === 'METASTORE_LEASE_LOST') return false
      throw error
    }
  }

  async #note(lease: RunLease, event: NewRunEvent): Promise<void> {
    await this.#underLease(() => this.#options.store.record(lease, { events: [event], steps: [] }))
  }

  async #terminate(name: string): Promise<void> {
    this.#watched.delete(name)
    await this.#options.launcher.terminate(name).catch((error: unknown) => this.#say(toMillraceError(error).message))
  }

  async #forget(name: string): Promise<void> {
    this.#watched.delete(name)
    await this.#options.launcher.forget?.(name).catch((error: unknown) => this.#say(toMillraceError(error).message))
  }

  /** Looks after all run workers until the signal aborts: the run of one that ended without an end of its run is freed at once. */
  async watch(signal: AbortSignal): Promise<void> {
    const { launcher, clock } = this.#options
    await launcher.tidy?.().catch((error: unknown) => this.#say(toMillraceError(error).message))
    while (!signal.aborted) {
      const problems: string[] = []
      // One that cannot be looked at must not hold up the others.
      const tried = async (work: () => Promise<void>) => {
        await work().catch((error: unknown) => problems.push(toMillraceError(error).message))
      }
      await tried(() => this.#adopt())
      for (const watched of [...this.#watched.values()])
        if (!this.#starting.has(watched.worker.name)) await tried(() => this.#look(watched, signal))
      const [problem] = problems
      if (problem === undefined) this.#said = ''
      else if (!signal.aborted) this.#say(problem)
      await clock.sleep(launcher.pollMs, { signal }).catch(() => {})
    }
  }

  #say(message: string): void {
    if (this.#said !== message) this.#options.logger.warn(`Run workers could not be looked after: ${message}`)
    this.#said = message
  }

  /** Those that another process launched, which may have ended. */
  async #adopt(): Promise<void> {
    const { store, clock } = this.#options
    if (clock.monotonicMs() - this.#adoptedMs < adoptEveryMs) return
    this.#adoptedMs = clock.monotonicMs()
    for (const holder of await store.leaseHolders()) {
      const worker = runWorkerOf(holder)
      if (worker && !this.#watched.has(holder)) this.#watched.set(holder, { worker, wasSeen: false })
    }
  }

  async #look(watched: Watched, signal: AbortSignal): Promise<void> {
    const { launcher, store } = this.#options
    const { worker } = watched
    const state = await launcher.state(worker.name, { signal })
    const lost = lostBecause(state, watched)
    if (lost === undefined && state.status !== 'unknown') {
      watched.wasSeen = true
      return
    }
    if (lost !== undefined)
      await store.expireLease({ runId: worker.runId, worker: worker.name }, `The run worker ${worker.name} ${lost}`)
    if (state.status === 'ended') await this.#forget(worker.name)
    else this.#watched.delete(worker.name)
  }
}

const notTakenUp = 'no run worker took the run up again'

/** Why its run, if it still has one, is to be taken from it; of what was never found here, only its lease tells. */
function lostBecause(state: RunWorkerState, { wasSeen }: Watched): string | undefined {
  if (state.status === 'ended') return state.reason
  return state.status === 'unknown' && wasSeen ? 'is gone' : undefined
}

function failureOf({ name }: RunWorker, state: Extract<RunWorkerState, { status: 'ended' }>): Failure {
  const { reason, isKilled, exitCode } = state
  if (isKilled) return 'killed'
  if (exitCode === otherVersionExitCode) return 'other version'
  return orchestrateErrors.create('RUN_WORKER_FAILED', {
    message: `The run worker ${name} ${reason}, before it took the run up.`,
    hint: 'Its own words say why. It needs the project, and the address of the metadata store: see docs/workers.md.',
  })
}
