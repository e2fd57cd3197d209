import { setMaxListeners } from 'node:events'
import {
  Bell,
  type Clock,
  currentSpan,
  type ErrorJson,
  type Logger,
  type MillraceError,
  silentLogger,
  toMillraceError,
} from '../../base/index.js'
import { AssetGraph } from '../assets/select-assets.js'
import type {
  AssetKey,
  CheckSpec,
  ClaimedRun,
  Definitions,
  OrchestrateStore,
  RunLimits,
  RunOutcome,
  RunStep,
  StepChange,
  StepExecutor,
  StepSpec,
} from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { Admission } from '../limits/admission.js'
import { PoolGate } from '../limits/pool-gate.js'
import { isProjectBroken } from '../limits/standing-runs.js'
import { historyOf, toldOf } from './check-facts.js'
import { assetFailed, firstBadCheck, StepExecution } from './execute-step.js'
import { inputPartitions } from './input-partitions.js'
import { maxRuntimeError } from './max-runtime.js'
import { dynamicPartitions, planClaimedRun } from './plan-claimed-run.js'
import { ReadySteps } from './ready-steps.js'
import type { FailedAttempt } from './retries.js'
import { retryRequest } from './retry-request.js'
import { RunJournal } from './run-journal.js'
import { RunLog } from './run-log.js'
import type { RunPartitions } from './run-partitions.js'
import { checkKey, RunProgress } from './run-progress.js'
import { inStepSpan } from './run-spans.js'
import { checksByKey, specsByKey } from './specs-by-key.js'
import { isForGood, isStoreAway, stop, stopReason } from './stop.js'
import { takenUpEvents, takeUp } from './take-up.js'

export interface ExecuteRunOptions extends ClaimedRun {
  readonly store: OrchestrateStore
  readonly executors: readonly StepExecutor[]
  readonly definitions: Definitions
  /** Aborted by `stop`, which says why. */
  readonly signal: AbortSignal
  readonly maxConcurrentSteps: number
  readonly clock: Clock
  readonly limits: RunLimits
  /** Whether other workers may write into the same tables. */
  readonly takesTurns: boolean
  /** That of the engine, for all of its runs; one of its own without. */
  readonly gate?: PoolGate | undefined
  /** Told before the run goes back to the queue, as the project is broken. */
  readonly onStands?: (() => void) | undefined
  /** See `RunEngineOptions`. */
  readonly journal?: Logger | undefined
}

/**
 * Carries out one claimed run to its end, or to where it is stopped. It `stands`, and is in the queue again, where it needs a part of the project
 * that cannot be read.
 * @throws what the store throws
 */
export async function executeRun(options: ExecuteRunOptions): Promise<void> {
  return new RunExecution(options).run()
}

class RunExecution {
  readonly #options: ExecuteRunOptions
  readonly #journal: RunJournal
  readonly #log: RunLog
  readonly #specs: ReadonlyMap<string, StepSpec>
  readonly #checks: ReadonlyMap<string, CheckSpec>
  readonly #checkOf = (asset: AssetKey, name: string) => this.#checks.get(checkKey(asset, name))
  readonly #graph: AssetGraph
  readonly #admission: Admission
  #progress: RunProgress
  #partitions: RunPartitions | undefined
  #dynamicKeys: ReturnType<OrchestrateStore['dynamicPartitions']> | undefined
  /** The error of the first step that failed is the run's. */
  #error: ErrorJson | undefined
  #isPlanned = false
  #hasBegun = false
  readonly #news = new Bell()
  readonly #breaking = new AbortController()
  /** By step: which failed under a former engine. */
  #formerAttempts: ReadonlyMap<string, readonly FailedAttempt[]> = new Map()

  constructor(options: ExecuteRunOptions) {
    const signal = AbortSignal.any([options.signal, this.#breaking.signal])
    // Every running step and query listens to it.
    setMaxListeners(0, signal)
    this.#options = { ...options, signal }
    this.#journal = new RunJournal(options.journal ?? silentLogger, options.run)
    this.#log = new RunLog(options.store, options.lease, this.#journal)
    const { steps, assets, checks } = options.definitions
    this.#specs = specsByKey(steps)
    this.#checks = checksByKey(checks)
    this.#graph = AssetGraph.of(assets)
    const gate = options.gate ?? new PoolGate({ ...options, limits: options.limits.pools })
    this.#admission = new Admission({ ...this.#options, gate, specs: this.#specs, log: this.#log })
    this.#progress = new RunProgress(options.definitions, [])
  }

  async run(): Promise<void> {
    const { signal } = this.#options
    const nudge = () => this.#news.ring()
    signal.addEventListener('abort', nudge)
    this.#journal.started()
    try {
      await this.#work()
      if (stopReason(signal) !== 'lease_lost') await this.#end()
    } catch (thrown) {
      if (isProjectBroken(thrown)) {
        // Before it is in the queue, where the next look may find it.
        this.#options.onStands?.()
        await this.#giveBack(`It waits in the queue: ${thrown.message}`)
        return
      }
      // Given back it was no attempt: a run that meets an absent store again and again is not what ends engines.
      const isAway = !signal.aborted && isStoreAway(toMillraceError(thrown))
      if (isAway && !this.#hasBegun) await this.#options.store.releaseRun(this.#options.lease)
      throw thrown
    } finally {
      signal.removeEventListener('abort', nudge)
      this.#log.discard()
    }
  }

  async #work(): Promise<void> {
    const { steps, partitions, error } = await planClaimedRun(this.#options, this.#log)
    this.#partitions = partitions
    this.#error = error
    this.#isPlanned = steps.length > 0
    this.#progress = new RunProgress(this.#options.definitions, steps)
    await this.#takeUp(steps)
    this.#hasBegun = true
    try {
      await this.#executeSteps()
    } catch (thrown) {
      await this.#finishExecutors('goes_on')
      throw thrown
    }
    const why = stopReason(this.#options.signal)
    await this.#finishExecutors(why === 'shutdown' || why === 'lease_lost' ? 'goes_on' : 'ended')
  }

  async #end(): Promise<void> {
    const { store, lease, signal, run, limits } = this.#options
    if (stopReason(signal) === 'shutdown') return this.#giveBack()
    const record = await this.#log.rest()
    const why = stopReason(signal)
    const error = why === 'max_runtime' ? maxRuntimeError() : why === 'cancel' ? undefined : this.#error
    const status = why === 'cancel' ? 'cancelled' : error ? 'failed' : 'succeeded'
    currentSpan().set({ 'millrace.run.status': status })
    if (error) currentSpan().fail(error)
    // What could not even be planned is no better the next time.
    const retry = error && this.#isPlanned ? retryRequest(run, limits) : undefined
    await store.endRun(lease, status, error, { record, retry })
    this.#journal.ended(status, error)
  }

  /** To the queue, for whoever takes it next. */
  async #giveBack(why?: string): Promise<void> {
    const { store, lease } = this.#options
    currentSpan().set({ 'millrace.run.status': 'queued' })
    if (why !== undefined) this.#log.event({ type: 'log', level: 'warn', message: why })
    await this.#log.flush()
    await store.releaseRun(lease)
    this.#journal.ended('queued', undefined)
  }

  /** Those that there were when the run was asked for, like the ones that it makes. */
  async #inputPartitions(asset: AssetKey, partition: string | undefined) {
    const { run, definitions } = this.#options
    if (!this.#graph.assets.get(asset)?.inputs) return {}
    this.#dynamicKeys ??= dynamicPartitions(this.#options)
    const moment = { now: new Date(run.createdAt), dynamicKeys: await this.#dynamicKeys }
    return inputPartitions(definitions, asset, partition, moment)
  }

  async #takeUp(steps: readonly RunStep[]): Promise<void> {
    if (steps.every((step) => step.status === 'pending' && step.attempt === 0)) return
    const { store, run } = this.#options
    for (const step of steps) this.#admission.takeUp(step)
    const events = await store.readEvents({ runId: run.id, types: takenUpEvents, limit: 1_000_000 })
    const around = { specs: this.#specs, progress: this.#progress, partitions: this.#partitions }
    const { error, attempts, whole } = takeUp({ steps, events, ...around })
    this.#error ??= error
    this.#formerAttempts = attempts
    for (const step of whole)
      this.#finish(step, firstBadCheck(step, { progress: this.#progress, checkOf: this.#checkOf }))
  }

  async #executeSteps(): Promise<void> {
    const { signal, maxConcurrentSteps } = this.#options
    const running = new Set<Promise<void>>()
    let broken: { readonly error: unknown } | undefined
    const admission = this.#admission
    // What still runs would go on beside the same steps of whoever takes the run up.
    const onError = (error: unknown) => {
      broken ??= { error }
      stop(this.#breaking, 'broken_off')
    }
    const ready = new ReadySteps(this.#progress, { admission, onNews: () => this.#news.ring(), onError })
    while (!signal.aborted) {
      this.#skipHopeless()
      while (running.size < maxConcurrentSteps) {
        const step = ready.take()
        if (!step) break
        const work = this.#execute(step)
          .then(() => admission.leave(step))
          .catch(onError)
          .finally(() => {
            running.delete(work)
            this.#news.ring()
          })
        running.add(work)
      }
      if (running.size === 0 && !ready.areWaiting) break
      await this.#news.wait()
    }
    await Promise.all(running)
    await ready.settled()
    if (broken) throw broken.error
    this.#leaveRest()
  }

  #skipHopeless(): void {
    for (let found = this.#progress.hopeless(); found.length > 0; found = this.#progress.hopeless())
      for (const { step, reason } of found) {
        this.#settle(step, { key: step.key, status: 'skipped', reason })
        this.#log.event({ type: 'step_skipped', step: step.key, message: reason })
      }
  }

  async #execute(step: RunStep): Promise<void> {
    const { run, executors, clock, signal } = this.#options
    const execution = new StepExecution(step, {
      run,
      spec: this.#specs.get(step.key) ?? { ...step, isSubsettable: false },
      formerAttempts: this.#formerAttempts.get(step.key) ?? [],
      codeVersionOf: (asset) => this.#graph.assets.get(asset)?.codeVersion,
      checkOf: this.#checkOf,
      executors,
      clock,
      signal,
      log: this.#log,
      progress: this.#progress,
      partitions: this.#partitions,
      inputPartitions: (asset, partition) => this.#inputPartitions(asset, partition),
      pause: (change, durationMs) => this.#admission.pause(change, durationMs),
      toldOf: (asset) => toldOf(this.#factsAround(), asset),
      history: (of, most, keys, isOwn) => historyOf(this.#factsAround(), of, { most, keys, isOwn }),
      onProgress: () => this.#news.ring(),
    })
    const work = () =>
      inStepSpan(step, async (span) => {
        const error = await execution.run()
        this.#finish(step, error)
        span.set({ 'millrace.step.status': this.#progress.stateOf(step.key) })
        if (error) span.fail(error)
      })
    await this.#admission.inTurn(step, work)
  }

  #factsAround() {
    const { store, run } = this.#options
    return { store, run, log: this.#log, partitions: this.#partitions }
  }

  #finish(step: RunStep, error: MillraceError | undefined): void {
    const { key } = step
    const why = stopReason(this.#options.signal)
    if (error && isForGood(why)) {
      this.#log.event({ type: 'step_cancelled', step: key, level: 'warn', message: error.message })
      this.#settle(step, { key, status: 'cancelled' })
      return
    }
    if (error && why !== undefined) {
      this.#log.event({ type: 'log', step: key, level: 'warn', message: `Interrupted: ${error.message}` })
      return
    }
    if (!error) {
      this.#log.event({ type: 'step_succeeded', step: key, level: 'info' })
      this.#settle(step, { key, status: 'succeeded' })
      return
    }
    const json = error.toJSON()
    this.#error ??= json
    for (const asset of step.assets) {
      if (this.#progress.isDecided(asset)) continue
      this.#progress.failed(asset)
      const open = this.#partitions?.eventOf(asset)
      this.#log.event({ ...assetFailed(this.#options.run, step, asset, json), ...open })
    }
    this.#log.event({ type: 'step_failed', step: key, level: 'error', message: json.message, error: json })
    this.#settle(step, { key, status: 'failed', error: json })
  }

  #settle(step: RunStep, change: StepChange): void {
    this.#progress.setState(step.key, change.status)
    this.#log.step({ ...change, endedAt: this.#options.clock.now().toISOString() })
  }

  /** What did not start: after a cancel it is cancelled; else nothing was left to wait for, which should not happen. */
  #leaveRest(): void {
    const why = stopReason(this.#options.signal)
    if (why !== undefined && !isForGood(why)) return
    for (const step of this.#progress.pending())
      if (why !== undefined) this.#settle(step, { key: step.key, status: 'cancelled', reason: reasons[why] })
      else
        this.#finish(
          step,
          orchestrateErrors.create('STEP_NEVER_READY', {
            message: `${step.key} waits for something that waits for it.`,
            hint: 'Look at what it needs on the Lineage page, and at the checks there.',
          }),
        )
  }

  async #finishExecutors(outcome: RunOutcome): Promise<void> {
    const { signal } = this.#options
    for (const executor of this.#options.executors) {
      try {
        await executor.finishRun?.(this.#options.run.id, outcome, signal)
      } catch (thrown) {
        const error = toMillraceError(thrown).toJSON()
        this.#error ??= error
        this.#log.event({ type: 'log', level: 'error', message: error.message, error })
      }
    }
  }
}

const reasons = {
  cancel: 'the run was cancelled',
  max_runtime: 'the run took too long',
} as const
