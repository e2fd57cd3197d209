import type { ErrorJson } from '../../base/index.js'
import type { AutomationState, AutomationType, DynamicPartitionChanges, Observation, Tick } from './automation.js'
import type { Backfill, BackfillRequest, BackfillRun, SkippedRuns } from './backfills.js'
import type {
  ConditionCommit,
  ConditionCursor,
  ConditionEvaluation,
  ConditionMemory,
  ConditionNews,
} from './condition-evaluations.js'
import type { FreshnessState } from './conditions.js'
import type { ConnectionEvent, NewConnectionEvent } from './connection-events.js'
import type { AssetKey, Definitions, ScheduleSpec } from './definitions.js'
import type { Delivery, NewDelivery } from './deliveries.js'
import type {
  AssetState,
  CheckState,
  EventFilter,
  FailedPartition,
  KnownColumn,
  LatestStates,
  NewRunEvent,
  PartitionState,
  PartitionStates,
  RunEvent,
} from './events.js'
import type { EndedRuns, LoadedInHour, StoreFigures } from './figures.js'
import type { KnownProcess, ProcessReport } from './processes.js'
import type {
  PlannedStep,
  Run,
  RunCriteria,
  RunFilter,
  RunningStep,
  RunRequest,
  RunStatus,
  RunStep,
  StepChange,
  TagLimit,
} from './runs.js'

/** A claim on a run. Every write made under it checks the token: a writer that lost its lease is refused (fencing). */
export interface RunLease {
  readonly runId: string
  readonly token: number
  readonly worker: string
}

export interface ClaimedRun {
  readonly run: Run
  readonly lease: RunLease
  /** Its former worker was lost in the middle of it. */
  readonly isResumed: boolean
}

/** What is known of a run that was not begun. */
export type QueuedRun = Pick<Run, 'id' | 'selection' | 'rerun' | 'stepCounts' | 'priority'>

/** A step that wants a place in a pool. */
export interface PoolAsk {
  readonly lease: RunLease
  readonly step: string
}

export interface PoolSlot {
  readonly pool: string
  readonly runId: string
  readonly step: string
  readonly askedAt: string
  /** Of its run. */
  readonly priority: number
  /** When it got the place; left out while it stands in line. */
  readonly since?: string | undefined
}

/** What a worker tells of its run in one write. */
export interface RunRecord {
  readonly events: readonly NewRunEvent[]
  readonly steps: readonly StepChange[]
}

/**
 * What orchestrate needs to be kept. Implemented by `metastore` on PostgreSQL. A write is applied once or not at all,
 * also when the connection is lost in the middle of it.
 */
export interface OrchestrateStore {
  // definitions
  /** Also notes which connections were made, changed and removed since the definitions before. */
  publishDefinitions(definitions: Definitions): Promise<void>
  readDefinitions(): Promise<Definitions | undefined>

  // what was done to connections
  noteConnectionEvents(events: readonly NewConnectionEvent[]): Promise<void>
  /** Newest first. @param since not older, @param before older: times */
  connectionEvents(filter: {
    connection: string
    since?: Date | undefined
    before?: Date | undefined
    limit?: number | undefined
  }): Promise<ConnectionEvent[]>

  // runs, as everybody sees them
  /** Inserts a queued run (or answers the run that has the same `runKey`) and its `run_queued` event. */
  requestRun(request: RunRequest): Promise<{ run: Run; isNew: boolean }>
  getRun(id: string): Promise<Run | undefined>
  listRuns(filter: RunFilter): Promise<Run[]>
  /** By the run's id: how many of its checks found something, where some did; of one that was asked again the last time counts. */
  badChecksOf(
    runIds: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly failed: number; readonly warned: number }>>
  /** Runs whose id begins or ends so, newest first. */
  findRuns(idPart: string, limit: number): Promise<Run[]>
  /** How many there are of each status, of those that are kept and meant. */
  countRuns(criteria?: RunCriteria): Promise<Readonly<Record<RunStatus, number>>>
  /** How many of those that wait are taken before this one: by priority, then by age. */
  queuedBefore(runId: string): Promise<number>
  /** Those requested since that failed although no step of theirs did, and that no later run of the same made good, or is about to; newest first. */
  failedOfThemselves(filter: { since: Date; limit: number }): Promise<Run[]>
  /** @param asset only those that make it */
  listSteps(runId: string, asset?: AssetKey): Promise<RunStep[]>
  runningSteps(): Promise<readonly RunningStep[]>
  /** The runs of one step, newest first. @param before older than this run */
  stepHistory(filter: {
    step: string
    before?: string | undefined
    limit?: number | undefined
  }): Promise<{ readonly run: Run; readonly step: RunStep }[]>
  /** Asks a run to stop; a queued one is cancelled at once. Answers the run, undefined when there is none. */
  requestCancel(runId: string): Promise<Run | undefined>
  /** The same for all that are meant and were requested by now, little by little; answers how many ended at once and how many are to stop. */
  cancelRuns(criteria: RunCriteria): Promise<{ readonly cancelled: number; readonly stopping: number }>

  // runs, as a worker sees them
  /**
   * Takes the next queued runs, and such whose lease ran out, at most so many; none where there are none.
   * @param wish.mostInAll how many may be held at once by all workers together, these included
   * @param wish.passesOver asked once it is likely that there are some: which of them are left in the queue for now; undefined where none is
   */
  claimRuns(
    worker: string,
    leaseMs: number,
    wish: {
      readonly most: number
      readonly limits?: readonly TagLimit[] | undefined
      readonly mostInAll?: number | undefined
      readonly passesOver?: (() => Promise<((run: QueuedRun) => boolean) | undefined>) | undefined
    },
  ): Promise<ClaimedRun[]>
  /**
   * Takes over a run that was claimed to be launched: from then on the lease is this worker's, under a new token. It is taken
   * once: undefined where somebody took it with the token before, or the run was taken away from whoever claimed it.
   */
  takeLease(claim: Pick<RunLease, 'runId' | 'token'>, worker: string, leaseMs: number): Promise<ClaimedRun | undefined>
  /** The workers that hold a lease. */
  leaseHolders(): Promise<string[]>
  /** Ends the leases of workers that are gone: their runs can be claimed at once. */
  expireLeases(workers: readonly string[]): Promise<void>
  /** The same for one run, with a word why; answers whether it had not ended, and was still this worker's. */
  expireLease(holder: Pick<RunLease, 'runId' | 'worker'>, reason: string): Promise<boolean>
  /** The worker of a lease lives: what it lost while the store was away was no attempt of a run, unless that has ended. */
  excuseAttempt(lease: RunLease): Promise<void>
  /** Prolongs leases; answers the ids still held, and which of them were asked to cancel. */
  heartbeat(leases: readonly RunLease[], leaseMs: number): Promise<{ held: string[]; cancelling: string[] }>
  /**
   * Marks a claimed run as running and keeps its plan; answers the steps, also those planned by a former worker.
   * @param partitions those that it makes, written out
   */
  startRun(lease: RunLease, plan: readonly PlannedStep[], partitions?: string): Promise<RunStep[]>
  /** Appends events and changes steps, and brings asset and check states up to date, in one transaction. */
  record(lease: RunLease, record: RunRecord): Promise<void>
  /**
   * The last write under the lease: later ones are refused.
   * @param also what was not recorded yet, and a run that is requested together with it
   */
  endRun(
    lease: RunLease,
    status: 'succeeded' | 'failed' | 'cancelled',
    error?: ErrorJson,
    also?: { readonly record?: RunRecord | undefined; readonly retry?: RunRequest | undefined },
  ): Promise<void>
  /** Gives a run back to the queue (orderly shutdown): the next worker goes on. One that was to be cancelled, ends. */
  releaseRun(lease: RunLease): Promise<void>

  // pools
  /**
   * Puts steps in line for places of a pool, those that are not yet, and answers for each whether it has one now. Places are given in
   * order: by the priority of the run, then to who asked first. A run that ended, or was lost, neither holds one nor stands in line.
   */
  takePoolSlots(pool: string, limit: number, asks: readonly PoolAsk[]): Promise<readonly boolean[]>
  /** Gives a place back, or leaves the line. */
  freePoolSlot(lease: RunLease, step: string): Promise<void>
  /** Whether it is this run's turn to carry out a step, which no other run does at the same time; one that ended, or was lost, has none. */
  takeTurn(lease: RunLease, step: string): Promise<boolean>
  endTurn(lease: RunLease, step: string): Promise<void>
  /** Those that have a place, then those that stand in line for one, both in order. */
  poolSlots(): Promise<readonly PoolSlot[]>

  // events and latest states
  readEvents(filter: EventFilter): Promise<RunEvent[]>
  assetStates(keys?: readonly AssetKey[]): Promise<AssetState[]>
  /** Columns that assets had when they were last made, whose names hold one of these texts, in whatever case; the shortest names first. */
  findColumns(texts: readonly string[], limit: number): Promise<readonly KnownColumn[]>
  partitionStates(asset: AssetKey): Promise<PartitionStates>
  partitionState(asset: AssetKey, key: string): Promise<PartitionState | undefined>
  /** By asset, of these: when one of the partitions that failed since they were made did last, and in which run. */
  lastFailedPartitions(assets: readonly AssetKey[]): Promise<ReadonlyMap<AssetKey, FailedPartition>>
  checkStates(asset?: AssetKey): Promise<CheckState[]>
  /** Of all, in short; or of those to which something happened after an event, where the log still goes that far. */
  latestStates(after?: number): Promise<LatestStates>
  /** Partitions that a check found bad the last time that it was asked of them. */
  badPartitions(): Promise<readonly { readonly asset: AssetKey; readonly keys: readonly string[] }[]>
  /** What checks found of these says nothing any more: they are gone. */
  forgetBadPartitions(asset: AssetKey, keys: readonly string[]): Promise<void>

  // backfills
  requestBackfill(request: BackfillRequest): Promise<Backfill>
  /** Newest first. @param isActive those that have not ended @param asset those whose runs make it */
  listBackfills(filter: {
    isActive?: boolean | undefined
    asset?: AssetKey | undefined
    limit?: number | undefined
  }): Promise<Backfill[]>
  getBackfill(id: string): Promise<Backfill | undefined>
  /** Asks it to stop: nothing more is requested, and its runs are to be cancelled. Answers it, undefined when there is none. */
  cancelBackfill(id: string): Promise<Backfill | undefined>
  /**
   * Requests the next runs of a backfill, leaves some out and notes how far it is, in one transaction; does nothing where it
   * stands elsewhere by now than `from`, since somebody else did it.
   */
  advanceBackfill(
    from: Pick<Backfill, 'id' | 'status' | 'requestedRuns' | 'skippedRuns'>,
    next: { readonly requests?: readonly RunRequest[]; readonly skipped?: readonly SkippedRuns[] },
    end?: { readonly status: 'succeeded' | 'failed' | 'cancelled'; readonly error?: ErrorJson | undefined },
  ): Promise<void>
  /** Its runs that have not succeeded, or not yet. */
  unsettledBackfillRuns(id: string): Promise<BackfillRun[]>
  /** Counts runs of backfills that ended for good, so that nobody who asks how they stand has to look at them again. */
  countSettledBackfillRuns(): Promise<void>

  // alerts
  /** The last event that a channel was told of; the last there is, the first time. */
  alertCursor(channel: string): Promise<number>
  moveAlertCursor(channel: string, eventId: number): Promise<void>

  // keys of dynamic partitions, in the order in which they came
  dynamicPartitions(names?: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /** Keys that are there already stay where they are. */
  addDynamicPartitions(name: string, keys: readonly string[]): Promise<void>
  /** What was made of them is forgotten by nobody. */
  removeDynamicPartitions(name: string, keys: readonly string[]): Promise<void>

  // automation
  /** @param withCursors also their cursors, which may be large */
  automationStates(options?: { readonly withCursors?: boolean | undefined }): Promise<AutomationState[]>
  /** With its cursor. */
  automationState(name: string): Promise<AutomationState | undefined>
  /** Switches it: from then on that counts, whatever the project says. @param noted what that is to connections, written together with it */
  setAutomation(name: string, type: AutomationType, isOn: boolean, noted?: readonly NewConnectionEvent[]): Promise<void>
  /** Since when each of these schedules has had its times: `now`, which is kept, for one that is new, had others when it was asked for last, or was seen by a clock that was ahead. */
  schedulesSeen(
    schedules: readonly Pick<ScheduleSpec, 'name' | 'cron' | 'timezone'>[],
    now: Date,
  ): Promise<ReadonlyMap<string, Date>>
  /**
   * Gives a sensor another cursor; without one it stands as if it were new, and is told of what happens from now on. What failed
   * before counts no more.
   */
  setSensorCursor(name: string, cursor: unknown): Promise<void>
  /** Where each of these sensors has got to in the events: of one that is new the last there is, which is kept. */
  sensorsTold(names: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** One of these assets that was not made after an event; undefined where all were. */
  unmadeSince(assets: readonly AssetKey[], eventId: number): Promise<AssetKey | undefined>
  /** There is nothing for these sensors up to an event. */
  passEvents(names: readonly string[], eventId: number): Promise<void>
  /**
   * Writes tick, cursor and run requests in ONE transaction. A tick whose requests were all made before (run keys) is
   * a skipped one; one that asks for what cannot be kept a failed one (METASTORE_VALUE_REFUSED); a schedule's instant that has its tick already
   * is answered, not written again.
   * @param also what is written together with it: the automation is turned off, and `noted` is what that is to connections;
   *   keys of dynamic partitions that came and are gone; `from`: as the sensor stood when it was asked. Where it stands elsewhere
   *   by now, another daemon was quicker: nothing is written, and undefined answered; `delivery`: what the tick is made of. Where that has
   *   a tick already, it is answered; `told`: of which events, `from` excluded. Where the sensor stands elsewhere among them by now, nothing
   *   is written, and undefined answered. A failed tick leaves it where it is. `isHeld`: it tells of what cannot be fired now, and will be: it moves nothing on, and gives way
   *   to what comes of its instant then; `observed`: an asset that others made
   */
  commitTick(
    tick: Tick,
    requests: readonly RunRequest[],
    also?: {
      readonly turnsOff?: { readonly noted: readonly NewConnectionEvent[] } | undefined
      readonly dynamicPartitions?: DynamicPartitionChanges | undefined
      readonly delivery?: string | undefined
      readonly from?: Pick<AutomationState, 'cursor' | 'lastTickAt'> | undefined
      readonly told?: { readonly from: number; readonly upTo: number } | undefined
      readonly isHeld?: boolean | undefined
      readonly observed?: Observation | undefined
    },
  ): Promise<Tick | undefined>
  /** Notes that somebody else made an asset, outside of runs. */
  noteMade(made: Pick<NewRunEvent, 'asset' | 'message' | 'metadata' | 'partitions' | 'partitionKeys'>): Promise<void>
  listTicks(filter: {
    automation?: string | undefined
    limit?: number | undefined
    before?: string | undefined
  }): Promise<Tick[]>

  // deliveries of webhooks: kept before anything is made of them, so that none is lost
  /**
   * Keeps one, which belongs to who keeps it for so long; answers the one that was kept before where the sender sends it again, and undefined
   * where so many of its sensor wait already.
   */
  keepDelivery(
    delivery: NewDelivery,
    limits: { readonly forMs: number; readonly mostWaiting: number },
  ): Promise<{ readonly delivery: Delivery; readonly isNew: boolean } | undefined>
  /**
   * Takes some that wait and belong to nobody now, the oldest first.
   * @param from the webhooks whose deliveries are wanted: these, or all others
   */
  claimDeliveries(limits: {
    readonly forMs: number
    readonly most: number
    readonly from: { readonly only: readonly string[] } | { readonly except: readonly string[] }
  }): Promise<Delivery[]>
  /** One that waits belongs to who has it for so long from now on, and is anybody's then. */
  holdDelivery(id: string, forMs: number): Promise<void>

  // the daemon
  /**
   * Lets this daemon be the one that works for so long, unless another one is; answers who it is.
   * @param gone daemons that are known to have ended: nobody waits for them
   */
  leadDaemon(daemon: string, leaseMs: number, gone?: readonly string[]): Promise<string>
  /** The next daemon need not wait. */
  resignDaemon(daemon: string): Promise<void>
  /** When a daemon last said that it works; undefined where none ever did, or the last one ended in order. */
  daemonBeatAt(): Promise<Date | undefined>

  // processes of the installation
  /** Says that a process is there; those that were not heard of for an hour are forgotten. @param isNew it has just started */
  reportProcess(report: ProcessReport, isNew: boolean): Promise<void>
  /** It ends in order: nobody is to look for it. */
  removeProcess(name: string): Promise<void>
  /** All that were heard of lately, the lost ones too, by kind and then by age. */
  processes(): Promise<readonly KnownProcess[]>

  // freshness
  /** As it was noted last. */
  freshnessStates(): Promise<ReadonlyMap<AssetKey, FreshnessState>>
  /** Each that is one becomes an event. */
  noteFreshness(
    changes: readonly { readonly asset: AssetKey; readonly state: FreshnessState; readonly message: string }[],
  ): Promise<void>

  // conditions
  conditionCursor(): Promise<ConditionCursor | undefined>
  conditionMemories(): Promise<ReadonlyMap<AssetKey, ConditionMemory>>
  /** The last event after this one that may change what conditions say, or is told to sensors; undefined where there is none. */
  conditionEventAfter(eventId: number): Promise<number | undefined>
  conditionNews(after: number): Promise<ConditionNews>
  /** Answers the runs that it requested, in order; undefined where another evaluation came first. */
  commitConditions(commit: ConditionCommit): Promise<readonly string[] | undefined>
  /** What the last evaluations found of an asset, where that changed: the newest first. */
  conditionEvaluations(filter: { asset: AssetKey; limit?: number | undefined }): Promise<readonly ConditionEvaluation[]>

  // figures
  figures(): Promise<StoreFigures>
  /** Hour by hour, oldest first, those in which something came. */
  loadedByHour(filter: { assets: readonly AssetKey[]; since: Date }): Promise<readonly LoadedInHour[]>
  /** Those that ended since a time, and are not among `except`; without a time only what time it is there. */
  endedRuns(filter: { since: string | undefined; except: readonly string[] }): Promise<EndedRuns>

  // waking up and tidying up
  /**
   * Calls back on new runs, events and changes until the signal aborts. Changes can get lost: look regularly, too.
   * @param about `work`: only runs that came into the queue, or are to be cancelled
   */
  subscribe(onChange: (change: StoreChange) => void, signal: AbortSignal, about?: 'everything' | 'work'): Promise<void>
  /**
   * Forgets what is older, little by little; latest states of assets and checks stay, and so does whatever has not ended.
   * @param signal ends it in the middle, which does no harm
   */
  prune(limits: RetentionLimits, signal?: AbortSignal): Promise<void>
}

export interface RetentionLimits {
  /** Log lines and step events of ended runs. */
  readonly logsBefore: Date
  /** Runs with everything that they recorded, ticks that requested or failed, what was done to connections. */
  readonly runsBefore: Date
  /** Ticks that found nothing to do. */
  readonly idleTicksBefore: Date
}

export type StoreChange =
  /** With the status that it has now. */
  | { readonly type: 'run'; readonly runId: string; readonly status: RunStatus }
  | { readonly type: 'events'; readonly runId: string; readonly lastEventId: number }
  | { readonly type: 'definitions' }
  | { readonly type: 'automation'; readonly name: string }
  | { readonly type: 'backfill'; readonly id: string }
