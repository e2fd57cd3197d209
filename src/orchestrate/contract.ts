import type { ErrorJson, SourceLocation } from '../base/index.js'

/**
 * The orchestrate role's model: assets, checks, steps, runs, events, automation, and the ports through which it is
 * stored (implemented by `metastore`) and executed (implemented by `platform`). It knows neither EL nor dbt.
 */

/** `schema/table` for what lies in the warehouse, any slash-separated path for TypeScript assets. */
export type AssetKey = string

export interface AssetColumn {
  readonly name: string
  readonly type?: string | undefined
  readonly description?: string | undefined
  /** Names of checks on this column. */
  readonly tests?: readonly string[] | undefined
}

/** One asset of the project's graph; plain data, so that the server can show it without running user code. */
export interface AssetSpec {
  readonly key: AssetKey
  /** `stream`, `model`, `seed`, `snapshot`, `source`, `exposure`, `typescript` … the first one is the main kind. */
  readonly kinds: readonly string[]
  readonly group: string
  readonly description: string
  readonly owners: readonly string[]
  readonly tags: readonly string[]
  readonly deps: readonly AssetKey[]
  readonly columns: readonly AssetColumn[]
  /** False for what others produce (external assets, exposures): shown, never run. */
  readonly isExecutable: boolean
  /** The step that produces it; absent when not executable. */
  readonly step?: string | undefined
  /** `schema.table` when the asset is a relation in the warehouse. */
  readonly relation?: { readonly schema: string; readonly identifier: string; readonly database?: string } | undefined
  readonly source?: SourceLocation | undefined
  /** The SQL or TypeScript that a person wrote, for the asset page. */
  readonly code?: { readonly language: 'sql' | 'typescript' | 'yaml'; readonly text: string } | undefined
  readonly codeVersion?: string | undefined
  /** dbt unique_id, connection and stream … for the pages that link there. */
  readonly origin?: Readonly<Record<string, string>> | undefined
}

export interface CheckSpec {
  readonly asset: AssetKey
  /** Unique per asset. */
  readonly name: string
  readonly description: string
  /** A failing blocking check keeps the asset's downstream from starting in the same run. */
  readonly isBlocking: boolean
  readonly column?: string | undefined
  /** Other assets that the check reads. */
  readonly deps: readonly AssetKey[]
  /** The step that evaluates it; a check that is produced by the asset's own step names that step. */
  readonly step: string
  readonly source?: SourceLocation | undefined
  readonly origin?: Readonly<Record<string, string>> | undefined
}

/** What the engine executes at once: a sync with its streams, one dbt node, one TypeScript asset, one test. */
export interface StepSpec {
  /** Unique and stable: `sync:flights`, `dbt:model.flights.mart_x`, `ts:reports/x`. */
  readonly key: string
  readonly kind: 'sync' | 'dbt' | 'typescript'
  readonly assets: readonly AssetKey[]
  readonly checks: readonly { readonly asset: AssetKey; readonly name: string }[]
  /** Where the step can run some of its assets only (a sync with chosen streams). */
  readonly isSubsettable: boolean
  /** Bounds how many steps of one pool run at once, over all runs. */
  readonly pool?: string | undefined
  readonly retry?:
    | { readonly max: number; readonly delayMs: number; readonly backoff: 'constant' | 'exponential' }
    | undefined
}

export interface ScheduleSpec {
  readonly name: string
  readonly cron: string
  readonly timezone: string
  /** Asset selection, see `selectAssets`. */
  readonly target: string
  readonly description: string
  /** After downtime: run none of the missed ticks, the latest, or all. */
  readonly catchUp: 'none' | 'latest' | 'all'
  /** While the previous run of this schedule is still going. */
  readonly overlap: 'skip' | 'queue' | 'allow'
  readonly isOnByDefault: boolean
  readonly source?: SourceLocation | undefined
}

export interface SensorSpec {
  readonly name: string
  readonly intervalMs: number
  readonly target: string
  readonly description: string
  readonly isOnByDefault: boolean
  readonly source?: SourceLocation | undefined
}

/** A connection as the Connections page shows it. */
export interface ConnectionSpec {
  readonly name: string
  readonly file: string
  readonly sourceConnector: string
  readonly destinationConnector: string
  readonly destinationSchema: string
  readonly step: string
  readonly streams: readonly {
    readonly name: string
    readonly asset: AssetKey
    readonly syncMode: string
    readonly destinationSyncMode: string
    readonly cursorField?: readonly string[] | undefined
    readonly primaryKey?: readonly (readonly string[])[] | undefined
  }[]
  readonly schedule?: { readonly cron: string; readonly timezone: string } | undefined
}

/**
 * Everything the engine found in the project, as plain data. The engine publishes it to the store at start and after
 * each reload; server and daemon work from it.
 */
export interface Definitions {
  readonly project: string
  readonly projectDir: string
  readonly loadedAt: string
  /** Hash over everything below. */
  readonly version: string
  readonly assets: readonly AssetSpec[]
  readonly checks: readonly CheckSpec[]
  readonly steps: readonly StepSpec[]
  readonly schedules: readonly ScheduleSpec[]
  readonly sensors: readonly SensorSpec[]
  readonly connections: readonly ConnectionSpec[]
  /** What was wrong with the project; the rest still works. */
  readonly problems: readonly ErrorJson[]
}

export type RunStatus = 'queued' | 'starting' | 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled'
export type StepStatus = 'pending' | 'running' | 'retrying' | 'succeeded' | 'failed' | 'skipped' | 'cancelled'

export interface RunTrigger {
  readonly type: 'manual' | 'schedule' | 'sensor' | 'rerun' | 'cli' | 'start'
  /** Schedule or sensor name, or who asked. */
  readonly name?: string | undefined
}

export interface RunRequest {
  /** Asset selection (`*`, `key+`, `group:x`, space or comma separated); expanded when the run is planned. */
  readonly selection: string
  readonly trigger: RunTrigger
  readonly priority?: number | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly fullRefresh?: boolean | undefined
  /** At most one run per key exists; a second request answers the first run. */
  readonly runKey?: string | undefined
  /** Re-execution: only what did not succeed in this run. */
  readonly parentRunId?: string | undefined
  readonly rerun?: 'all' | 'from_failure' | undefined
}

export interface Run {
  readonly id: string
  readonly selection: string
  readonly trigger: RunTrigger
  readonly status: RunStatus
  readonly priority: number
  readonly tags: Readonly<Record<string, string>>
  readonly fullRefresh: boolean
  readonly runKey?: string | undefined
  readonly parentRunId?: string | undefined
  /** How a re-execution relates to its parent. */
  readonly rerun?: 'all' | 'from_failure' | undefined
  readonly createdAt: string
  readonly startedAt?: string | undefined
  readonly endedAt?: string | undefined
  readonly stepCounts: Readonly<Record<StepStatus, number>>
  readonly error?: ErrorJson | undefined
  /** How often an engine took it up; above 1 = it was resumed after a crash. */
  readonly attempt: number
}

export interface RunStep {
  readonly runId: string
  readonly key: string
  readonly kind: StepSpec['kind']
  readonly status: StepStatus
  readonly attempt: number
  readonly assets: readonly AssetKey[]
  readonly checks: readonly { readonly asset: AssetKey; readonly name: string }[]
  /** Steps of the same run that must end before this one can start (for the Gantt's order; release is per asset). */
  readonly upstream: readonly string[]
  readonly startedAt?: string | undefined
  readonly endedAt?: string | undefined
  readonly error?: ErrorJson | undefined
  /** Why it was skipped. */
  readonly reason?: string | undefined
}

/** Typed metadata: what the UI shows and plots. Numbers are plotted over time. */
export type MetadataValue =
  | null
  | boolean
  | number
  | string
  | { readonly type: 'markdown'; readonly text: string }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'path'; readonly path: string }
  | { readonly type: 'json'; readonly value: unknown }
  | { readonly type: 'sql'; readonly text: string }
  /** The columns of a table or view as they are in the warehouse. */
  | { readonly type: 'columns'; readonly columns: readonly { readonly name: string; readonly type: string }[] }
export type Metadata = Readonly<Record<string, MetadataValue>>

export type EventType =
  | 'run_queued'
  | 'run_started'
  | 'run_resumed'
  | 'run_cancel_requested'
  | 'run_succeeded'
  | 'run_failed'
  | 'run_cancelled'
  | 'step_started'
  | 'step_retrying'
  | 'step_succeeded'
  | 'step_failed'
  | 'step_skipped'
  | 'step_cancelled'
  | 'asset_materialized'
  | 'asset_failed'
  | 'check_evaluated'
  | 'progress'
  | 'log'

/** One line of the append-only event log. `progress` events are streamed but not kept. */
export interface RunEvent {
  /** Rising; the cursor for reading on. */
  readonly id: number
  readonly at: string
  readonly runId: string
  readonly type: EventType
  readonly step?: string | undefined
  readonly asset?: AssetKey | undefined
  readonly check?: string | undefined
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | undefined
  readonly message?: string | undefined
  readonly metadata?: Metadata | undefined
  readonly error?: ErrorJson | undefined
}
export type NewRunEvent = Omit<RunEvent, 'id' | 'at' | 'runId'>

/** Latest state of one asset, kept beside the log. */
export interface AssetState {
  readonly key: AssetKey
  readonly lastMaterializedAt?: string | undefined
  readonly lastRunId?: string | undefined
  readonly lastMetadata?: Metadata | undefined
  readonly lastCodeVersion?: string | undefined
  readonly lastFailedAt?: string | undefined
  readonly lastError?: ErrorJson | undefined
  /** Set while a run has it in progress. */
  readonly inProgressRunId?: string | undefined
}

export interface CheckState {
  readonly asset: AssetKey
  readonly name: string
  readonly passed: boolean
  readonly severity: 'error' | 'warn'
  readonly at: string
  readonly runId: string
  readonly message?: string | undefined
  readonly metadata?: Metadata | undefined
}

export interface Tick {
  readonly id: string
  readonly automation: string
  readonly automationType: 'schedule' | 'sensor'
  /** The cron instant, or when the sensor was evaluated. */
  readonly at: string
  readonly status: 'started' | 'requested' | 'skipped' | 'failed'
  /** Why it was skipped, or what it found. */
  readonly reason?: string | undefined
  readonly runIds: readonly string[]
  readonly cursor?: unknown
  readonly error?: ErrorJson | undefined
  readonly durationMs?: number | undefined
}

export interface AutomationState {
  readonly name: string
  readonly type: 'schedule' | 'sensor'
  readonly isOn: boolean
  readonly cursor?: unknown
  readonly lastTickAt?: string | undefined
}

/** A claim on a run. Every write made under it checks the token: a writer that lost its lease is refused (fencing). */
export interface RunLease {
  readonly runId: string
  readonly token: number
  readonly worker: string
}

export interface SensorResult {
  readonly cursor?: unknown
  readonly skip?: string | undefined
  readonly runs: readonly {
    readonly key?: string | undefined
    readonly selection?: string | undefined
    readonly tags?: Readonly<Record<string, string>> | undefined
  }[]
}

/** What orchestrate needs to be kept. Implemented by `metastore` on PostgreSQL. */
export interface OrchestrateStore {
  // definitions
  publishDefinitions(definitions: Definitions): Promise<void>
  readDefinitions(): Promise<Definitions | undefined>
  // runs
  /** Inserts a queued run (or answers the run that has the same `runKey`) and its `run_queued` event. */
  requestRun(request: RunRequest): Promise<{ run: Run; isNew: boolean }>
  getRun(id: string): Promise<Run | undefined>
  listRuns(filter: RunFilter): Promise<Run[]>
  listSteps(runId: string): Promise<RunStep[]>
  /** Asks a run to stop; a queued one is cancelled at once. Answers the run, undefined when there is none. */
  requestCancel(runId: string): Promise<Run | undefined>
  /** Takes the next queued run, or one whose lease ran out; undefined when there is none. */
  claimRun(worker: string, leaseMs: number): Promise<{ run: Run; lease: RunLease; isResumed: boolean } | undefined>
  /** The workers that hold a lease. */
  leaseHolders(): Promise<string[]>
  /** Ends the leases of workers that are gone: their runs can be claimed at once. */
  expireLeases(workers: readonly string[]): Promise<void>
  /** Prolongs leases; answers the ids still held, and which of them were asked to cancel. */
  heartbeat(leases: readonly RunLease[], leaseMs: number): Promise<{ held: string[]; cancelling: string[] }>
  /** Stores the plan of a claimed run. */
  planSteps(lease: RunLease, steps: readonly Omit<RunStep, 'runId' | 'status' | 'attempt'>[]): Promise<void>
  updateStep(
    lease: RunLease,
    key: string,
    change: Partial<Pick<RunStep, 'status' | 'attempt' | 'startedAt' | 'endedAt' | 'error' | 'reason'>>,
  ): Promise<void>
  setRunStatus(lease: RunLease, status: RunStatus, error?: ErrorJson): Promise<void>
  /** Gives a run back to the queue (orderly shutdown): the next engine resumes it. */
  releaseRun(lease: RunLease): Promise<void>
  // events
  /** Appends under the lease, and brings asset and check states up to date in the same transaction. */
  appendEvents(lease: RunLease, events: readonly NewRunEvent[]): Promise<RunEvent[]>
  readEvents(filter: EventFilter): Promise<RunEvent[]>
  assetStates(keys?: readonly AssetKey[]): Promise<AssetState[]>
  checkStates(asset?: AssetKey): Promise<CheckState[]>
  // automation
  automationStates(): Promise<AutomationState[]>
  setAutomation(name: string, type: 'schedule' | 'sensor', isOn: boolean): Promise<void>
  /** Writes tick, cursor and run requests in ONE transaction. */
  commitTick(tick: Tick, requests: readonly RunRequest[]): Promise<Tick>
  listTicks(filter: {
    automation?: string | undefined
    limit?: number | undefined
    before?: string | undefined
  }): Promise<Tick[]>
  // waking up
  /** Calls back on new runs, events and changes (LISTEN, with a poll as fallback) until the signal aborts. */
  subscribe(onChange: (change: StoreChange) => void, signal: AbortSignal): Promise<void>
}

export type StoreChange =
  | { readonly type: 'run'; readonly runId: string }
  | { readonly type: 'events'; readonly runId: string; readonly lastEventId: number }
  | { readonly type: 'definitions' }
  | { readonly type: 'automation'; readonly name: string }

export interface RunFilter {
  readonly statuses?: readonly RunStatus[] | undefined
  readonly asset?: AssetKey | undefined
  readonly trigger?: string | undefined
  readonly limit?: number | undefined
  /** Runs created before this run id (ids sort by time). */
  readonly before?: string | undefined
}

export interface EventFilter {
  readonly runId?: string | undefined
  readonly asset?: AssetKey | undefined
  readonly types?: readonly EventType[] | undefined
  readonly after?: number | undefined
  readonly limit?: number | undefined
  readonly newestFirst?: boolean | undefined
}

/** What a running step may tell. All calls are buffered and written in order. */
export interface StepContext {
  readonly runId: string
  readonly step: StepSpec
  /** Which of the step's assets this run wants (subsettable steps). */
  readonly assets: readonly AssetKey[]
  readonly attempt: number
  readonly fullRefresh: boolean
  readonly tags: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** The asset is done and committed: its downstream may start now, even while the step goes on. */
  materialized(asset: AssetKey, metadata?: Metadata): void
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
    },
  ): void
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Metadata): void
  progress(asset: AssetKey | undefined, fraction: number | undefined, message: string): void
}

/** Executes steps of one kind; `platform` provides one for sync and one for dbt, orchestrate one for TypeScript. */
export interface StepExecutor {
  readonly kind: StepSpec['kind']
  /** Resolves when the step ended well; throws when it failed (the error is recorded). */
  execute(context: StepContext): Promise<void>
  /** Called once when a run that this executor worked on has no more steps to run (hooks at the end of a run). */
  finishRun?(runId: string): Promise<void>
}
