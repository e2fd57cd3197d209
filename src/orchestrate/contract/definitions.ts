import type { ErrorJson, SourceLocation } from '../../base/index.js'
import type { AutomationCondition, AutomationSpec, FreshnessPolicy } from './conditions.js'
import type { Metadata } from './metadata.js'
import type { Monitored } from './monitored.js'
import type { PartitionMapping, PartitionsSpec } from './partitions.js'
import type { WebhookSpec } from './webhooks.js'

/** `schema/table` for what lies in the warehouse, any slash-separated path for TypeScript assets. */
export type AssetKey = string

export interface AssetColumn {
  readonly name: string
  readonly type?: string | undefined
  readonly description?: string | undefined
  /** Names of checks on this column. */
  readonly tests?: readonly string[] | undefined
}

/** A JSON Schema of an object, as far as it is read here. */
export interface JsonSchema {
  readonly type?: string | readonly string[] | undefined
  readonly format?: string | undefined
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly default?: unknown
  readonly enum?: readonly unknown[] | undefined
  readonly properties?: Readonly<Record<string, JsonSchema>> | undefined
  readonly required?: readonly string[] | undefined
  readonly additionalProperties?: unknown
  /** Of a property: its place among the others, which the store does not keep. */
  readonly order?: number | undefined
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
  readonly code?: { readonly language: 'sql' | 'python' | 'typescript' | 'yaml'; readonly text: string } | undefined
  readonly codeVersion?: string | undefined
  /** What its definition says of it besides, for its page. */
  readonly metadata?: Metadata | undefined
  /** How it is cut into parts that are made on their own. */
  readonly partitions?: PartitionsSpec | undefined
  /** Whether several partitions of a run are made at once, or one after the other. */
  readonly makesPartitions?: 'each' | 'together' | undefined
  /** Without a choice whoever makes it chooses, and tells which it made. */
  readonly choosesPartitions?: boolean | undefined
  /** By the asset that is read: which of its partitions; without one, those of the same key or time. */
  readonly partitionMappings?: Readonly<Record<AssetKey, PartitionMapping>> | undefined
  /** By the name that its code uses: the assets whose values it is given. One may be read in several ways. */
  readonly inputs?: Readonly<Record<string, AssetInput>> | undefined
  /** What a run may be asked of it. */
  readonly config?: JsonSchema | undefined
  /** When it is to be made by itself. */
  readonly condition?: AutomationCondition | undefined
  /** Until when it has to be made again. */
  readonly freshness?: FreshnessPolicy | undefined
  /** dbt unique_id, connection and stream … for the pages that link there. */
  readonly origin?: Readonly<Record<string, string>> | undefined
}

export interface AssetInput {
  readonly asset: AssetKey
  /** Which of its partitions; without one, those of the same key or time. */
  readonly mapping?: PartitionMapping | undefined
}

export interface CheckSpec {
  readonly asset: AssetKey
  /** Unique per asset. */
  readonly name: string
  readonly description: string
  /** A failing blocking check fails its step, and keeps the asset's downstream from starting in the same run. */
  readonly isBlocking: boolean
  /** A program reports it while it makes the asset; what it does not report is not evaluated. */
  readonly isReported?: boolean | undefined
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
  readonly retry?: RetryPolicy | undefined
  /** Of this pool it takes a place while it runs. */
  readonly pool?: string | undefined
  /** Where the code of an asset runs; in a thread of the engine when left out. */
  readonly executor?: 'process' | undefined
}

/** What becomes of a step that failed. */
export interface RetryPolicy {
  /** How many further attempts there are, one after the other. */
  readonly max: number
  readonly delayMs: number
  readonly backoff: 'constant' | 'exponential'
  /** By which an exponential pause grows; 2 when left out. */
  readonly factor?: number | undefined
  readonly maxDelayMs?: number | undefined
  /** How a pause is spread: anywhere up to it, or by up to `delayMs` to both sides. */
  readonly jitter?: 'full' | 'plus_minus' | undefined
  /** Only failures that may go away by themselves are worth another attempt. */
  readonly onlyRetryable?: boolean | undefined
  /** Of attempts that left nothing behind, in all; those between which others got on are not counted by `max` together. */
  readonly maxWithoutProgress?: number | undefined
  /** Of attempts that got on and left something that the next one goes on from. Where it is set, such an attempt begins the count of `max` anew. */
  readonly maxWithProgress?: number | undefined
}

/** When something is due: at the instants of one expression, or of any of several. */
export type CronTimes = string | readonly string[]

export interface ScheduleSpec {
  readonly name: string
  readonly cron: CronTimes
  readonly timezone: string
  /** Asset selection, see `selectAssets`. */
  readonly target: string
  readonly description: string
  /** After downtime: run none of the missed ticks, the latest, or all. */
  readonly catchUp: 'none' | 'latest' | 'all'
  /** While the previous run of this schedule is still going. */
  readonly overlap: 'skip' | 'queue' | 'allow'
  /** Of its runs. */
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly config?: Readonly<Record<AssetKey, unknown>> | undefined
  readonly isOnByDefault: boolean
  /** It is turned off after so many runs that failed in a row, or so many days with nothing else. */
  readonly autoDisable?: { readonly failedRuns: number; readonly days: number } | undefined
  readonly source?: SourceLocation | undefined
}

export interface SensorSpec {
  readonly name: string
  /** How often it looks; 0 for one that does not, but is told. */
  readonly intervalMs: number
  /** Who tells it, and how that is proven. */
  readonly webhook?: WebhookSpec | undefined
  /** What it is told of that happens in the project. */
  readonly monitored?: Monitored | undefined
  /** What its cursor has to be. */
  readonly cursor?: JsonSchema | undefined
  /** Of one that looks at an asset that others make, and starts nothing: the asset. */
  readonly observes?: AssetKey | undefined
  /** Empty where each of its runs names its own. */
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
  /** Of the tables in the warehouse; undefined where streams go elsewhere. */
  readonly destinationSchema?: string | undefined
  /** Its file as it stands, secrets masked. */
  readonly yaml: string
  readonly step: string
  readonly streams: readonly {
    readonly name: string
    readonly asset: AssetKey
    readonly syncMode: string
    readonly destinationSyncMode: string
    readonly cursorField?: readonly string[] | undefined
    readonly primaryKey?: readonly (readonly string[])[] | undefined
  }[]
  /** What becomes of it when its source changes, in the words of its file. */
  readonly schemaChanges?: string | undefined
  readonly schedule?: { readonly name: string; readonly cron: CronTimes; readonly timezone: string } | undefined
  /** Of one that another server keeps and executes: its syncs are asked for there, and it is changed there. */
  readonly remote?: RemoteConnection | undefined
}

/** A connection of a server of Airbyte. */
export interface RemoteConnection {
  /** As millrace.yaml calls it. */
  readonly server: string
  readonly id: string
  readonly workspaceId: string
  /** As people call it there. */
  readonly title: string
  /** Where people see it. */
  readonly page: string
  /** `active`, `inactive`, `locked` */
  readonly status: string
  /** When the server syncs it by itself, in its own words and, where cron can say it, in cron's. */
  readonly schedule?:
    | { readonly text: string; readonly cron?: readonly string[] | undefined; readonly timezone: string }
    | undefined
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
  readonly automations: readonly AutomationSpec[]
  readonly connections: readonly ConnectionSpec[]
  /** What was wrong with the project; the rest still works. */
  readonly problems: readonly ErrorJson[]
  /** What dbt's selectors in targets mean, by the selector: see `dbtSelectorsOf`. */
  readonly dbtSelections?: Readonly<Record<string, readonly AssetKey[]>> | undefined
  /** What is likely not meant, and keeps nothing from running. */
  readonly warnings?: readonly ErrorJson[] | undefined
  /** Parts that cannot be read now, and stand above as they were read last. Their errors are among the problems. */
  readonly broken?: readonly BrokenPart[] | undefined
}

/** A file of the project that could be read once and cannot be read now. */
export interface BrokenPart {
  /** Relative to the project. */
  readonly file: string
  /** Since when. */
  readonly since: string
  readonly error: ErrorJson
  /** All that it says is read: only secrets are missing with which its steps would be executed. */
  readonly isKnown?: boolean | undefined
  /** What cannot be executed until it is mended: the steps of its assets. */
  readonly steps: readonly string[]
  /** Sensors and webhooks, which its code answers. */
  readonly sensors: readonly string[]
}
