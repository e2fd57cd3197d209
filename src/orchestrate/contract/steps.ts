import type { ErrorJson } from '../../base/index.js'
import type { AssetKey, StepSpec } from './definitions.js'
import type { CheckEvents, ColumnChange, HistoryQuestion } from './events.js'
import type { Metadata } from './metadata.js'
import type { RunConfig } from './runs.js'

/** One partition, as code that makes it sees it. */
export interface RunPartition {
  readonly key: string
  /** Its key in each dimension, where there are several. */
  readonly dimensions?: Readonly<Record<string, string>> | undefined
  /** ISO times: from the first, up to and without the second. */
  readonly window?: { readonly start: string; readonly end: string } | undefined
}

export interface StepPartitions {
  readonly partitions: readonly RunPartition[]
  readonly make: 'each' | 'together'
  /** Each of them reads earlier ones of the same asset: behind one that failed none can be made. */
  readonly readsItself?: boolean | undefined
}

/** What a running step may tell. All calls are buffered and written in order. */
export interface StepContext {
  readonly runId: string
  readonly step: StepSpec
  /** Which of the step's assets this run wants (subsettable steps). */
  readonly assets: readonly AssetKey[]
  readonly attempt: number
  readonly fullRefresh: boolean
  /** Of an asset that has some: those that this attempt is to make. */
  partitionsOf(asset: AssetKey): StepPartitions | undefined
  /** By the names of an asset's inputs: which of their partitions it is given, for one of its own or for itself as a whole. */
  inputPartitions?(asset: AssetKey, partition?: string): Promise<Readonly<Record<string, readonly string[]>>>
  readonly tags: Readonly<Record<string, string>>
  /** When the run was asked for: the partitions are those that there were then. */
  readonly requestedAt?: string | undefined
  /** What the run was asked of assets. */
  readonly config?: RunConfig | undefined
  readonly signal: AbortSignal
  /**
   * Steps of the same kind, in the order of the plan, that have not told anything yet and need nothing but what is there, what this step makes and
   * what others of them do: for an executor that starts something dear once for many of them.
   * @param fits whether it would take a step along
   */
  stepsAhead?(fits: (step: string) => boolean): readonly string[]
  /**
   * The asset is done and committed: its downstream may start now, even while the step goes on. Of an asset with partitions,
   * these of them; it is done when all are.
   * @param isAll false where nobody chose partitions, and the step fails behind these: they are made, the asset is not done
   */
  materialized(asset: AssetKey, metadata?: Metadata, partitions?: readonly string[], isAll?: boolean): void
  /** What this attempt did so far is kept, though no asset is done: another attempt goes on from there. */
  keptProgress(): void
  /** What was noted last of this step of this run, by this attempt or one before, also of an engine that died. */
  readonly note?: Metadata | undefined
  /**
   * Notes what whoever takes the step up has to know. It is kept when this resolves, and not kept where another engine has the run by then: so what
   * must happen once, somewhere else, is noted before it is done. A store that is away for a moment is waited for.
   * @throws METASTORE_LEASE_LOST; what the signal says where that aborts first
   */
  keepNote?(note: Metadata): Promise<void>
  /** This asset failed; the step may go on with others. */
  failed(asset: AssetKey, error: ErrorJson): void
  checked(
    asset: AssetKey,
    check: string,
    outcome: {
      passed: boolean
      severity: 'error' | 'warn'
      message?: string | undefined
      metadata?: Metadata | undefined
      /** What to do when it failed. */
      hint?: string | undefined
      /** It could not be asked: whoever makes the asset once more is to ask it again. */
      isBroken?: boolean | undefined
    },
    /** Of an asset with partitions: of which it was asked. */
    partitions?: readonly string[],
  ): void
  /** What this run told of an asset that another step made. */
  toldOf?(asset: AssetKey): Promise<{ readonly metadata: Metadata; readonly partitions: readonly RunPartition[] }>
  /**
   * What was before this run made an asset: earlier materializations, and what a check found.
   * @param most of each kind
   * @param partitions that are asked about: what this run did to others of its own step is before it, too
   */
  history?(of: HistoryQuestion, most: number, partitions?: readonly string[]): Promise<CheckEvents>
  /** The columns of what it makes are others than before; told once of each change. */
  schemaChanged?(asset: AssetKey, changes: readonly ColumnChange[]): void
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Metadata): void
  progress(asset: AssetKey | undefined, fraction: number | undefined, message: string): void
}

export type RunOutcome = 'ended' | 'goes_on'

/** Executes steps of one kind; `platform` provides one for sync and one for dbt, orchestrate one for TypeScript. */
export interface StepExecutor {
  readonly kind: StepSpec['kind']
  /** Resolves when the step ended well; throws when it failed (the error is recorded). */
  execute(context: StepContext): Promise<void>
  /** The same for a run that clears what its assets hold. Left out where a kind of steps has nothing that could be cleared. */
  clear?(context: StepContext): Promise<void>
  /**
   * Called once when this executor gets no more steps of a run: it has ended (hooks at the end of a run), or it was given
   * back to the queue or lost to another engine, and goes on elsewhere. The signal is the run's: aborted when it is cancelled,
   * before this or meanwhile.
   */
  finishRun?(runId: string, outcome: RunOutcome, signal: AbortSignal): Promise<void>
}
