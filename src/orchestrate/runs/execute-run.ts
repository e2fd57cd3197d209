import { type ErrorJson, type Logger, type MillraceError, systemClock, toMillraceError } from '../../base/index.js'
import { AssetGraph } from '../assets/select-assets.js'
import type {
  AssetKey,
  Definitions,
  NewRunEvent,
  OrchestrateStore,
  Run,
  RunLease,
  RunStep,
  StepContext,
  StepExecutor,
  StepSpec,
} from '../contract.js'
import { orchestrateErrors } from '../errors.js'
import { EventWriter } from './event-writer.js'
import { assetsOfRun, planRun } from './plan-run.js'

export interface ExecuteRunOptions {
  readonly store: OrchestrateStore
  readonly executors: readonly StepExecutor[]
  readonly definitions: Definitions
  readonly run: Run
  readonly lease: RunLease
  readonly isResumed: boolean
  /** Aborts when the run is cancelled, or the engine shuts down (`isShutdown` tells which). */
  readonly signal: AbortSignal
  readonly isShutdown: () => boolean
  readonly maxConcurrentSteps: number
  readonly logger: Logger
}

type AssetOutcome = 'materialized' | 'failed'

/** Carries out one claimed run to its end. */
export async function executeRun(options: ExecuteRunOptions): Promise<void> {
  await new RunExecution(options).run()
}

class RunExecution {
  readonly #options: ExecuteRunOptions
  readonly #graph: AssetGraph
  readonly #events: EventWriter
  readonly #steps = new Map<string, RunStep & { state: RunStep['status'] }>()
  /** What became of each asset in this run. */
  readonly #outcomes = new Map<AssetKey, AssetOutcome>()
  readonly #producer = new Map<AssetKey, string>()
  readonly #blocking = new Map<AssetKey, { readonly name: string; readonly step: string }[]>()
  readonly #checkResults = new Map<string, boolean>()
  readonly #poolUse = new Map<string, number>()
  #wake: (() => void) | undefined
  #firstError: ErrorJson | undefined

  constructor(options: ExecuteRunOptions) {
    this.#options = options
    this.#graph = new AssetGraph(options.definitions.assets)
    this.#events = new EventWriter(options.store, options.lease)
  }

  async run(): Promise<void> {
    const { store, lease, signal } = this.#options
    try {
      await this.#plan()
      await store.setRunStatus(lease, signal.aborted ? 'cancelling' : 'running')
      await this.#loop()
      await this.#finishExecutors()
    } catch (thrown) {
      this.#firstError ??= toMillraceError(thrown).toJSON()
    }
    await this.#events.close()
    await this.#end()
  }

  async #end(): Promise<void> {
    const { store, lease, signal, isShutdown } = this.#options
    if (signal.aborted && isShutdown()) {
      await store.releaseRun(lease)
      return
    }
    const status = signal.aborted ? 'cancelled' : this.#firstError ? 'failed' : 'succeeded'
    await store.setRunStatus(lease, status, status === 'failed' ? this.#firstError : undefined)
  }

  async #finishExecutors(): Promise<void> {
    for (const executor of this.#options.executors) {
      if (!executor.finishRun) continue
      try {
        await executor.finishRun(this.#options.run.id)
      } catch (thrown) {
        const error = toMillraceError(thrown)
        this.#firstError ??= error.toJSON()
        this.#events.push({ type: 'log', level: 'error', message: error.message, error: error.toJSON() })
      }
    }
  }

  /** Plans a fresh run, or takes up the plan of one whose engine died: what succeeded stays. */
  async #plan(): Promise<void> {
    const { store, lease, run, definitions } = this.#options
    let steps = await store.listSteps(run.id)
    if (steps.length === 0) {
      const parent = run.parentRunId ? await store.listSteps(run.parentRunId) : []
      const planned = planRun(definitions, assetsOfRun(definitions, run, parent))
      await store.planSteps(lease, planned)
      steps = await store.listSteps(run.id)
    }
    for (const step of steps) {
      const state = step.status === 'succeeded' ? 'succeeded' : 'pending'
      this.#steps.set(step.key, { ...step, state })
      for (const asset of step.assets) {
        this.#producer.set(asset, step.key)
        if (state === 'succeeded') this.#outcomes.set(asset, 'materialized')
      }
      for (const check of step.checks)
        if (state === 'succeeded') this.#checkResults.set(`${check.asset} ${check.name}`, true)
    }
    for (const check of definitions.checks)
      if (check.isBlocking && this.#steps.has(check.step))
        this.#blocking.set(check.asset, [
          ...(this.#blocking.get(check.asset) ?? []),
          { name: check.name, step: check.step },
        ])
  }

  async #loop(): Promise<void> {
    const running = new Set<Promise<void>>()
    for (;;) {
      if (this.#options.signal.aborted) {
        await Promise.allSettled(running)
        await this.#leaveRest('cancelled', 'the run was cancelled')
        return
      }
      let started = false
      for (const step of this.#steps.values()) {
        if (step.state !== 'pending') continue
        const verdict = this.#readiness(step)
        if (verdict === 'wait') continue
        started = true
        if (verdict !== 'ready') {
          step.state = 'skipped'
          await this.#options.store.updateStep(this.#options.lease, step.key, {
            status: 'skipped',
            reason: verdict,
            endedAt: new Date().toISOString(),
          })
          this.#events.push({ type: 'step_skipped', step: step.key, message: verdict })
          continue
        }
        if (running.size >= this.#options.maxConcurrentSteps) break
        step.state = 'running'
        const work = this.#runStep(step).finally(() => {
          running.delete(work)
          this.#wake?.()
        })
        running.add(work)
      }
      if (
        started &&
        running.size < this.#options.maxConcurrentSteps &&
        [...this.#steps.values()].some((step) => step.state === 'pending')
      )
        continue
      if (running.size === 0) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        this.#options.signal.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }

  /** `ready`, `wait`, or why the step will not run. */
  #readiness(step: RunStep): string {
    const { definitions } = this.#options
    const own = new Set(step.assets)
    const needed = new Set<AssetKey>()
    for (const asset of step.assets) for (const dep of this.#graph.parents(asset)) needed.add(dep)
    for (const check of step.checks) {
      if (own.has(check.asset)) continue
      needed.add(check.asset)
      const spec = definitions.checks.find((one) => one.asset === check.asset && one.name === check.name)
      for (const dep of spec?.deps ?? []) needed.add(dep)
    }
    const isCheckStep = step.assets.length === 0
    for (const asset of needed) {
      const producer = this.#producer.get(asset)
      if (producer === undefined || own.has(asset)) continue
      const outcome = this.#outcomes.get(asset)
      const state = this.#steps.get(producer)?.state
      if (outcome === 'failed') return `upstream ${asset} failed`
      if (outcome === undefined) {
        if (state === 'skipped' || state === 'cancelled') return `upstream ${asset} was skipped`
        if (state === 'failed') return `upstream ${asset} failed`
        return 'wait'
      }
      if (isCheckStep) continue
      const blocked = this.#blockedBy(asset, step.key)
      if (blocked !== undefined) return blocked
    }
    return this.#hasRoom(step) ? 'ready' : 'wait'
  }

  /** A blocking check of an asset that has not passed yet. */
  #blockedBy(asset: AssetKey, step: string): string | undefined {
    for (const check of this.#blocking.get(asset) ?? []) {
      if (check.step === step) continue
      const result = this.#checkResults.get(`${asset} ${check.name}`)
      const state = this.#steps.get(check.step)?.state
      if (result === false) return `the check ${check.name} of ${asset} failed`
      if (result === undefined) {
        if (state === 'failed') return `the check ${check.name} of ${asset} could not be evaluated`
        if (state === 'skipped') continue
        return 'wait'
      }
    }
    return undefined
  }

  #specOf(step: RunStep): StepSpec {
    const found = this.#options.definitions.steps.find((spec) => spec.key === step.key)
    return found ?? { key: step.key, kind: step.kind, assets: step.assets, checks: step.checks, isSubsettable: false }
  }

  #hasRoom(step: RunStep): boolean {
    const { pool } = this.#specOf(step)
    if (pool === undefined) return true
    const limit = pool.startsWith('connection:') ? 1 : Number.POSITIVE_INFINITY
    return (this.#poolUse.get(pool) ?? 0) < limit
  }

  async #runStep(step: RunStep & { state: RunStep['status'] }): Promise<void> {
    const { store, lease } = this.#options
    const spec = this.#specOf(step)
    if (spec.pool !== undefined) this.#poolUse.set(spec.pool, (this.#poolUse.get(spec.pool) ?? 0) + 1)
    const tries = 1 + (spec.retry?.max ?? 0)
    let error: MillraceError | undefined
    try {
      for (let attempt = step.attempt + 1; attempt <= step.attempt + tries; attempt++) {
        await store.updateStep(lease, step.key, { status: 'running', attempt, startedAt: new Date().toISOString() })
        this.#events.push({ type: 'step_started', step: step.key })
        error = await this.#attempt(step, spec, attempt)
        if (!error || this.#options.signal.aborted || attempt === step.attempt + tries) break
        const delayMs = (spec.retry?.delayMs ?? 0) * (spec.retry?.backoff === 'exponential' ? 2 ** (attempt - 1) : 1)
        this.#events.push({
          type: 'step_retrying',
          step: step.key,
          level: 'warn',
          message: `Trying again in ${delayMs} ms: ${error.message}`,
          error: error.toJSON(),
        })
        await systemClock.sleep(delayMs, { signal: this.#options.signal }).catch(() => {})
      }
    } finally {
      if (spec.pool !== undefined) this.#poolUse.set(spec.pool, (this.#poolUse.get(spec.pool) ?? 1) - 1)
    }
    await this.#finishStep(step, error)
  }

  async #attempt(step: RunStep, spec: StepSpec, attempt: number): Promise<MillraceError | undefined> {
    const executor = this.#options.executors.find((candidate) => candidate.kind === step.kind)
    try {
      if (!executor)
        throw orchestrateErrors.create('STEP_EXECUTOR_MISSING', {
          message: `Nothing executes steps of the kind ${step.kind}.`,
        })
      await executor.execute(this.#context(step, spec, attempt))
      const failed = step.assets.find((asset) => this.#outcomes.get(asset) === 'failed')
      if (failed !== undefined) return orchestrateErrors.create('USER_CODE_FAILED', { message: `${failed} failed.` })
      return undefined
    } catch (thrown) {
      return toMillraceError(thrown)
    }
  }

  async #finishStep(step: RunStep & { state: RunStep['status'] }, error: MillraceError | undefined): Promise<void> {
    const { store, lease, signal } = this.#options
    const isCancelled = signal.aborted && error !== undefined
    step.state = isCancelled ? 'cancelled' : error ? 'failed' : 'succeeded'
    const json = error?.toJSON()
    if (error && !isCancelled) {
      this.#firstError ??= json
      for (const asset of step.assets)
        if (!this.#outcomes.has(asset)) {
          this.#outcomes.set(asset, 'failed')
          this.#events.push({
            type: 'asset_failed',
            step: step.key,
            asset,
            level: 'error',
            message: error.message,
            error: json,
          })
        }
      for (const check of step.checks)
        if (!this.#checkResults.has(`${check.asset} ${check.name}`))
          this.#checkResults.set(`${check.asset} ${check.name}`, false)
    }
    this.#events.push({
      type: isCancelled ? 'step_cancelled' : error ? 'step_failed' : 'step_succeeded',
      step: step.key,
      level: error ? 'error' : 'info',
      message: error?.message,
      error: json,
    })
    await this.#events.flush()
    await store.updateStep(lease, step.key, { status: step.state, endedAt: new Date().toISOString(), error: json })
  }

  async #leaveRest(status: 'cancelled', reason: string): Promise<void> {
    if (this.#options.isShutdown()) return
    for (const step of this.#steps.values()) {
      if (step.state !== 'pending') continue
      step.state = status
      await this.#options.store.updateStep(this.#options.lease, step.key, {
        status,
        reason,
        endedAt: new Date().toISOString(),
      })
    }
  }

  #context(step: RunStep, spec: StepSpec, attempt: number): StepContext {
    const { run, signal, definitions } = this.#options
    const push = (event: NewRunEvent) => this.#events.push({ ...event, step: step.key })
    return {
      runId: run.id,
      step: { ...spec, checks: step.checks },
      assets: step.assets,
      attempt,
      fullRefresh: run.fullRefresh,
      tags: run.tags,
      signal,
      materialized: (asset, metadata = {}) => {
        this.#outcomes.set(asset, 'materialized')
        const version = definitions.assets.find((one) => one.key === asset)?.codeVersion
        push({
          type: 'asset_materialized',
          asset,
          metadata: { ...metadata, ...(version === undefined ? {} : { code_version: version }) },
        })
        this.#wake?.()
      },
      failed: (asset, error) => {
        this.#outcomes.set(asset, 'failed')
        push({ type: 'asset_failed', asset, level: 'error', message: error.message, error })
        this.#firstError ??= error
        this.#wake?.()
      },
      checked: (asset, check, outcome) => {
        const blocks = !outcome.passed && outcome.severity === 'error'
        this.#checkResults.set(`${asset} ${check}`, !blocks)
        push({
          type: 'check_evaluated',
          asset,
          check,
          level: outcome.passed ? 'info' : outcome.severity,
          message: outcome.message,
          metadata: outcome.metadata,
        })
        if (blocks)
          this.#firstError ??= orchestrateErrors
            .create('CHECK_FAILED', {
              message: `The check ${check} of ${asset} failed${outcome.message ? `: ${outcome.message}` : ''}.`,
              hint: 'The asset page shows the check and its history.',
            })
            .toJSON()
        this.#wake?.()
      },
      log: (level, message, fields) => push({ type: 'log', level, message, metadata: fields }),
      progress: (asset, fraction, message) =>
        this.#events.progress({
          type: 'progress',
          step: step.key,
          asset,
          message,
          metadata: { fraction: fraction ?? null },
        }),
    }
  }
}
