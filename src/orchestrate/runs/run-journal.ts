import type { ErrorJson, Logger, LogLevel } from '../../base/index.js'
import type { NewRunEvent, Run, RunStatus } from '../contract/index.js'

/** Events that are told: how loud where they do not say so themselves, and in which words. */
const told: Readonly<Partial<Record<NewRunEvent['type'], readonly [level: LogLevel, message: string]>>> = {
  step_started: ['debug', 'Step started'],
  step_succeeded: ['info', 'Step succeeded'],
  step_failed: ['error', 'Step failed'],
  step_skipped: ['info', 'Step skipped'],
  step_cancelled: ['warn', 'Step cancelled'],
  step_retrying: ['warn', 'Step is tried again'],
  asset_materialized: ['debug', 'Asset materialized'],
  asset_failed: ['warn', 'Asset failed'],
  check_evaluated: ['debug', 'Check evaluated'],
}

/** What an engine's own log tells of a run. What its code prints stays in the log of the run. */
export class RunJournal {
  readonly #logger: Logger
  readonly #run: Run

  constructor(logger: Logger, run: Run) {
    this.#logger = logger.with({ run: run.id })
    this.#run = run
  }

  started(): void {
    const { selection, trigger, attempt } = this.#run
    this.#logger.info('Run started', { selection, trigger: trigger.type, attempt })
  }

  event({ type, step, asset, check, level, message: reason, error }: NewRunEvent): void {
    const [usual, message] = told[type] ?? []
    if (usual === undefined || message === undefined) return
    const isBad = level === 'warn' || level === 'error'
    this.#logger[isBad ? level : usual](message, {
      ...connectionOf(step),
      step,
      asset,
      check,
      ...(error ? { error } : { reason }),
    })
  }

  /** Its end, as far as this engine had it. */
  ended(status: RunStatus, error: ErrorJson | undefined): void {
    const message = status === 'queued' ? 'Run goes back to the queue' : `Run ${status}`
    this.#logger[status === 'failed' ? 'error' : 'info'](message, { status, ...(error ? { error } : {}) })
  }
}

/** A sync's step is called by its connection. */
const connectionOf = (step: string | undefined) =>
  step?.startsWith('sync:') ? { connection: step.slice('sync:'.length) } : {}
