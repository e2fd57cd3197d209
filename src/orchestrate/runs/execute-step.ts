import { type Clock, type ErrorJson, type MillraceError, toMillraceError } from '../../base/index.js'
import type { AssetKey, NewRunEvent, Run, RunStep, StepContext, StepExecutor, StepSpec } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import type { RunLog } from './run-log.js'
import { checkKey, type RunProgress } from './run-progress.js'

export interface StepSurroundings {
  readonly run: Run
  /** The step as the project defines it now. */
  readonly spec: StepSpec
  readonly codeVersionOf: (asset: AssetKey) => string | undefined
  readonly executors: readonly StepExecutor[]
  readonly log: RunLog
  readonly progress: RunProgress
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called when something was made, failed or was checked: other steps may start now. */
  readonly onProgress: () => void
}

/** One step of a run: its attempts, and what it reports while it works. */
export class StepExecution {
  readonly #step: RunStep
  readonly #spec: StepSpec
  readonly #around: StepSurroundings
  /** Outcomes of the running attempt; a later attempt starts anew. */
  #failures = new Map<AssetKey, ErrorJson>()
  #badChecks = new Map<string, MillraceError>()

  constructor(step: RunStep, around: StepSurroundings) {
    this.#step = step
    this.#around = around
    this.#spec = around.spec
  }

  /** Answers the error with which the step failed in the end; undefined when it succeeded. */
  async run(): Promise<MillraceError | undefined> {
    const { log, clock, signal, progress } = this.#around
    const { key } = this.#step
    const { max = 0, delayMs = 0, backoff = 'constant' } = this.#spec.retry ?? {}
    for (let retry = 0; ; retry++) {
      const attempt = this.#step.attempt + 1 + retry
      const isLast = retry >= max
      progress.setState(key, 'running')
      log.event({ type: 'step_started', step: key })
      log.step({ key, status: 'running', attempt, startedAt: clock.now().toISOString() })
      const error = await this.#attempt(attempt, isLast)
      if (!error || isLast || signal.aborted) return error ?? this.#firstBadCheck()
      const pauseMs = delayMs * (backoff === 'exponential' ? 2 ** retry : 1)
      const message = `Trying again in ${pauseMs} ms: ${error.message}`
      log.event({ type: 'step_retrying', step: key, level: 'warn', message, error: error.toJSON() })
      log.step({ key, status: 'retrying', error: error.toJSON() })
      await clock.sleep(pauseMs, { signal }).catch(() => {})
      if (signal.aborted) return error
    }
  }

  async #attempt(attempt: number, isLast: boolean): Promise<MillraceError | undefined> {
    const { executors } = this.#around
    this.#failures = new Map()
    this.#badChecks = new Map()
    try {
      const executor = executors.find((candidate) => candidate.kind === this.#step.kind)
      if (!executor)
        throw orchestrateErrors.create('STEP_EXECUTOR_MISSING', {
          message: `Nothing executes steps of the kind ${this.#step.kind}.`,
        })
      await executor.execute(this.#context(attempt, isLast))
      const [failed] = this.#failures.keys()
      if (failed === undefined) return undefined
      return orchestrateErrors.create('USER_CODE_FAILED', { message: `${failed} failed.` })
    } catch (thrown) {
      return toMillraceError(thrown)
    }
  }

  #firstBadCheck(): MillraceError | undefined {
    return [...this.#badChecks.values()][0]
  }

  #context(attempt: number, isLast: boolean): StepContext {
    const { run, signal, log, progress, onProgress } = this.#around
    const step = this.#step
    const tell = (event: NewRunEvent) => log.event({ ...event, step: step.key })
    return {
      runId: run.id,
      step: { ...this.#spec, checks: step.checks },
      // What an earlier attempt made stays made.
      assets: this.#spec.isSubsettable ? step.assets.filter((asset) => !progress.isMade(asset)) : step.assets,
      attempt,
      fullRefresh: run.fullRefresh,
      tags: run.tags,
      signal,
      materialized: (asset, metadata = {}) => {
        this.#failures.delete(asset)
        const version = this.#around.codeVersionOf(asset)
        const known = version === undefined ? metadata : { ...metadata, code_version: version }
        tell({ type: 'asset_materialized', asset, metadata: known })
        progress.made(asset)
        onProgress()
      },
      failed: (asset, error) => {
        this.#failures.set(asset, error)
        // While another attempt follows, nothing is decided.
        if (!isLast) {
          tell({ type: 'log', asset, level: 'warn', message: error.message })
          return
        }
        tell({ type: 'asset_failed', asset, level: 'error', message: error.message, error })
        progress.failed(asset)
        onProgress()
      },
      checked: (asset, check, { passed, severity, message, metadata, hint }) => {
        const isBad = !passed && severity === 'error'
        const level = passed ? 'info' : severity
        tell({ type: 'check_evaluated', asset, check, level, message, metadata })
        if (isBad) this.#badChecks.set(checkKey(asset, check), checkFailed(asset, check, message, hint))
        progress.checked(asset, check, !isBad)
        onProgress()
      },
      log: (level, message, fields) => tell({ type: 'log', level, message, metadata: fields }),
      progress: (asset, fraction, message) =>
        log.progress({
          type: 'progress',
          step: step.key,
          asset,
          message,
          metadata: { fraction: fraction ?? null },
        }),
    }
  }
}

function checkFailed(asset: AssetKey, check: string, message: string | undefined, hint: string | undefined) {
  return orchestrateErrors.create('CHECK_FAILED', {
    message: `The check ${check} of ${asset} failed${message ? `: ${message}` : ''}.`,
    hint: hint ?? 'The asset page shows the check and its history.',
  })
}
