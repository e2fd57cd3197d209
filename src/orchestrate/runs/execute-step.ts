import {
  type Clock,
  currentSpan,
  type ErrorJson,
  errorFromJson,
  type MillraceError,
  toMillraceError,
} from '../../base/index.js'
import { changesIn, changesMetadata, changesText } from '../assets/schema-changes.js'
import type {
  AssetKey,
  CheckSpec,
  ColumnChange,
  Metadata,
  NewRunEvent,
  Run,
  RunStep,
  StepChange,
  StepContext,
  StepExecutor,
  StepPartitions,
  StepSpec,
} from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { type FailedAttempt, Retries } from './retries.js'
import type { RunLog } from './run-log.js'
import type { RunPartitions } from './run-partitions.js'
import { checkKey, type RunProgress } from './run-progress.js'
import { figuresOf } from './run-spans.js'
import { isStoreAway } from './stop.js'

const storeAgainMs = 500

export interface StepSurroundings {
  readonly run: Run
  /** The step as the project defines it now. */
  readonly spec: StepSpec
  /** Its attempts that failed under a former engine, after which another one was to follow. */
  readonly formerAttempts: readonly FailedAttempt[]
  readonly codeVersionOf: (asset: AssetKey) => string | undefined
  readonly checkOf: (asset: AssetKey, name: string) => CheckSpec | undefined
  readonly executors: readonly StepExecutor[]
  readonly log: RunLog
  readonly progress: RunProgress
  /** Undefined where no asset of the run has any. */
  readonly partitions: RunPartitions | undefined
  /** See `StepContext`. */
  readonly inputPartitions: NonNullable<StepContext['inputPartitions']>
  readonly toldOf: NonNullable<StepContext['toldOf']>
  readonly history: (
    ...args: [...Parameters<NonNullable<StepContext['history']>>, isOwn: boolean]
  ) => ReturnType<NonNullable<StepContext['history']>>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Between two attempts the step is as the change says, and holds up nobody else. */
  readonly pause: (change: StepChange, durationMs: number) => Promise<void>
  /** Called when something was made, failed or was checked: other steps may start now. */
  readonly onProgress: () => void
}

/** One step of a run: its attempts, and what it reports while it works. */
export class StepExecution {
  readonly #step: RunStep
  readonly #spec: StepSpec
  readonly #around: StepSurroundings
  readonly #retries: Retries
  /** What another attempt does not mend. */
  readonly #failures = new Map<AssetKey, ErrorJson>()
  /** Of the attempt that was made last, and what it left of the one before. */
  #undecided = new Map<AssetKey, ErrorJson>()
  /** What its blocking checks found last. */
  readonly #badChecks = new Map<string, MillraceError>()
  #keptProgress = false
  #note: Metadata | undefined
  /** Of the running attempt: what it told of. */
  #told = new Set<AssetKey>()

  constructor(step: RunStep, around: StepSurroundings) {
    this.#step = step
    this.#around = around
    this.#spec = around.spec
    this.#note = step.note
    this.#retries = new Retries(around.spec.retry, around.formerAttempts)
  }

  /** Answers the error with which the step failed in the end; undefined when it succeeded. */
  async run(): Promise<MillraceError | undefined> {
    const { log, clock, signal, progress } = this.#around
    const { key } = this.#step
    // Of the first attempt: the others belong to it.
    const startedAt = this.#step.startedAt ?? clock.now().toISOString()
    for (let attempt = this.#step.attempt + 1; ; attempt++) {
      progress.setState(key, 'running')
      log.event({ type: 'step_started', step: key, metadata: { attempt } })
      log.step({ key, status: 'running', attempt, startedAt })
      currentSpan().set({ 'millrace.step.attempt': attempt })
      const error = await this.#attempt(attempt)
      const pauseMs = error && !signal.aborted ? this.#pauseAfter(error) : undefined
      if (!error || pauseMs === undefined) {
        if (!signal.aborted) for (const [asset, why] of this.#undecided) this.#fail(asset, why)
        return error ?? this.#firstFailure() ?? firstBadCheck(this.#step, this.#around, this.#badChecks)
      }
      const message = `Trying again in ${inWords(pauseMs)} (attempt ${attempt} failed): ${error.message}`
      const metadata = { attempt, pause_ms: pauseMs, kept_progress: this.#keptProgress }
      log.event({ type: 'step_retrying', step: key, level: 'warn', message, metadata, error: error.toJSON() })
      currentSpan().event('step_retrying', { ...metadata, 'error.type': error.code })
      await this.#around.pause({ key, status: 'retrying', error: error.toJSON() }, pauseMs)
      if (signal.aborted) return error
    }
  }

  /** How long to wait for another attempt; undefined where there is none, or it would mend nothing. */
  #pauseAfter(error: MillraceError): number | undefined {
    const hasTold = [...this.#undecided.keys()].some((asset) => this.#told.has(asset))
    const hasHope = this.#undecided.size > 0 || this.#failures.size === 0
    const isWorthIt = hasTold || (hasHope && this.#retries.mayMend(error))
    return isWorthIt ? this.#retries.next({ keptProgress: this.#keptProgress }) : undefined
  }

  async #attempt(attempt: number): Promise<MillraceError | undefined> {
    const { executors } = this.#around
    const again = this.#undecided
    this.#undecided = new Map()
    this.#told = new Set()
    this.#keptProgress = false
    try {
      const { kind } = this.#step
      const executor = executors.find((candidate) => candidate.kind === kind)
      const isClear = this.#around.run.clearData
      const work = isClear ? executor?.clear?.bind(executor) : executor?.execute.bind(executor)
      if (!work)
        throw orchestrateErrors.create('STEP_EXECUTOR_MISSING', {
          message: `Nothing ${isClear ? 'clears what is made by' : 'executes'} steps of the kind ${kind}.`,
        })
      await work(this.#context(attempt, again))
      const [failed] = this.#undecided.values()
      return failed && errorFromJson(failed)
    } catch (thrown) {
      // What it did not come to is as open as it was.
      for (const [asset, why] of again) if (!this.#told.has(asset)) this.#undecided.set(asset, why)
      return toMillraceError(thrown)
    }
  }

  async #keepNote(note: Metadata): Promise<void> {
    const { log, clock, signal } = this.#around
    log.step({ key: this.#step.key, status: 'running', note })
    for (;;) {
      try {
        await log.flush()
        signal.throwIfAborted()
        this.#note = note
        return
      } catch (thrown) {
        if (!isStoreAway(toMillraceError(thrown))) throw thrown
      }
      await clock.sleep(storeAgainMs, { signal })
    }
  }

  #firstFailure(): MillraceError | undefined {
    const [first] = this.#failures.values()
    return first && errorFromJson(first)
  }

  #fail(asset: AssetKey, error: ErrorJson): void {
    const { run, log, progress, onProgress } = this.#around
    this.#failures.set(asset, error)
    log.event({ ...assetFailed(run, this.#step, asset, error), ...this.#around.partitions?.eventOf(asset) })
    progress.failed(asset)
    onProgress()
  }

  /** Of an asset with partitions: what is to be made, and what its checks were not asked of. */
  #openOf(asset: AssetKey): StepPartitions | undefined {
    const { partitions, checkOf } = this.#around
    const asked = this.#step.checks.filter((check) => check.asset === asset && !checkOf(asset, check.name)?.isReported)
    return partitions?.openOf(
      asset,
      asked.map(({ name }) => name),
    )
  }

  #isUnasked(asset: AssetKey): boolean {
    return this.#around.progress.isMade(asset) && (this.#openOf(asset)?.partitions.length ?? 0) > 0
  }

  #context(attempt: number, again: ReadonlyMap<AssetKey, unknown>): StepContext {
    const { run, signal, log, progress, partitions, onProgress } = this.#around
    const step = this.#step
    const span = currentSpan()
    const tell = (event: NewRunEvent) => log.event({ ...event, step: step.key })
    return {
      runId: run.id,
      step: { ...this.#spec, checks: step.checks },
      // What an earlier attempt made stays made, and what it gave up is given up.
      assets: this.#spec.isSubsettable
        ? step.assets.filter((asset) => again.has(asset) || !progress.isDecided(asset) || this.#isUnasked(asset))
        : step.assets,
      attempt,
      fullRefresh: run.fullRefresh,
      tags: run.tags,
      requestedAt: run.createdAt,
      config: run.config,
      signal,
      stepsAhead: (fits) => progress.ahead(step, fits),
      partitionsOf: (asset) => this.#openOf(asset),
      inputPartitions: this.#around.inputPartitions,
      toldOf: this.#around.toldOf,
      history: (of, most, keys) => this.#around.history(of, most, keys, step.assets.includes(of.asset)),
      schemaChanged: (asset, changes) => tell(schemaChanged(asset, changes)),
      materialized: (asset, metadata = {}, keys, isAll = true) => {
        this.#told.add(asset)
        this.#keptProgress = true
        const version = this.#around.codeVersionOf(asset)
        const known = version === undefined ? metadata : { ...metadata, code_version: version }
        const ofSome = isAll ? undefined : ({ level: 'warn', message: 'only some of it' } as const)
        tell({ type: 'asset_materialized', asset, metadata: known, ...ofSome, ...partitions?.eventOf(asset, keys) })
        const areAllMade = partitions?.made(asset, keys) ?? true
        span.event('asset_materialized', { 'millrace.asset': asset, ...figuresOf(metadata) })
        if (!isAll || !areAllMade) return
        this.#failures.delete(asset)
        this.#undecided.delete(asset)
        progress.made(asset)
        onProgress()
      },
      keptProgress: () => {
        this.#keptProgress = true
      },
      note: this.#note,
      keepNote: (note) => this.#keepNote(note),
      failed: (asset, error) => {
        this.#told.add(asset)
        if (!this.#retries.mayMend(error)) {
          this.#fail(asset, error)
          return
        }
        // While another attempt may follow, nothing is decided.
        this.#undecided.set(asset, error)
        tell({ type: 'log', asset, level: 'warn', message: error.message })
      },
      checked: (asset, check, outcome, keys) => {
        const { passed, severity, message, metadata, hint, isBroken = false } = outcome
        const isBad = !passed && severity === 'error'
        const level = passed ? 'info' : severity
        const of = partitions?.eventOf(asset, keys ?? [])
        tell({ type: 'check_evaluated', asset, check, level, message, metadata, ...of })
        const changes = passed || isBroken ? [] : changesIn(metadata ?? {})
        if (changes.length > 0) tell({ ...schemaChanged(asset, changes), check })
        // Like Dagster: one that does not block fails nothing. That it failed is told all the same.
        if (isBad && this.#around.checkOf(asset, check)?.isBlocking)
          this.#badChecks.set(checkKey(asset, check), checkFailed(asset, check, { message, hint, ...of }))
        const isOfParts = keys !== undefined && step.assets.includes(asset) && !isBroken
        const isGood = isOfParts && partitions ? partitions.checked(asset, check, keys, !isBad) : !isBad
        if (isGood !== undefined) progress.checked(asset, check, isGood)
        span.event('check_evaluated', { 'millrace.asset': asset, 'millrace.check': check, 'millrace.passed': passed })
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

/**
 * The error of a step of which a blocking check failed: an earlier attempt, or engine, may have asked it, and nobody asks it again.
 * @param found how what was found is told, where it is known
 */
export function firstBadCheck(
  { checks }: Pick<RunStep, 'checks'>,
  { progress, checkOf }: Pick<StepSurroundings, 'progress' | 'checkOf'>,
  found: ReadonlyMap<string, MillraceError> = new Map(),
): MillraceError | undefined {
  const bad = checks.find(({ asset, name }) => progress.hasFailed(asset, name) && checkOf(asset, name)?.isBlocking)
  return bad && (found.get(checkKey(bad.asset, bad.name)) ?? checkFailed(bad.asset, bad.name))
}

/** An asset that could not be cleared says so: it holds what it held, and nothing that makes it failed. */
export const assetFailed = (run: Run, step: RunStep, asset: AssetKey, error: ErrorJson): NewRunEvent => ({
  type: 'asset_failed',
  step: step.key,
  asset,
  level: 'error',
  message: error.message,
  error,
  ...(run.clearData ? { metadata: { cleared: false } } : {}),
})

const schemaChanged = (asset: AssetKey, changes: readonly ColumnChange[]): NewRunEvent => ({
  type: 'schema_changed',
  asset,
  level: 'warn',
  message: changesText(changes),
  metadata: { schema_changes: changesMetadata(changes) },
})

function checkFailed(
  asset: AssetKey,
  check: string,
  { message, hint, partitions }: { message?: string | undefined; hint?: string | undefined; partitions?: string } = {},
) {
  const where = partitions === undefined ? '' : ` for ${partitions}`
  return orchestrateErrors.create('CHECK_FAILED', {
    message: `The check ${check} of ${asset} failed${where}${message ? `: ${message}` : ''}.`,
    hint: hint ?? 'The asset page shows the check and its history.',
  })
}

function inWords(durationMs: number): string {
  if (durationMs < 1000) return `${durationMs} ms`
  return durationMs < 120_000 ? `${Math.round(durationMs / 1000)} s` : `${Math.round(durationMs / 60_000)} min`
}
