import { toMillraceError } from '../../base/index.js'
import type { CronTimes, FreshnessPolicy, Metadata, PartitionMapping, PartitionsSpec } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { settingsOfTags } from '../limits/run-tags.js'
import { nextTicks } from '../schedules/cron.js'
import { type ConfigPart, type ConfigSchema, requireConfig } from './config.js'
import { type Inputs, type InputValues, type NoInputs, requireInputs } from './inputs.js'
import type { IoManager } from './io-manager.js'
import { assetKinds, automationKinds, externalKinds, requireKinds, scheduleKinds } from './option-kinds.js'
import { requirePartitions } from './partitions.js'
import { invalid, requireExecutor, requireFunction, requireName } from './require.js'
import { type NoResources, type Resources, type ResourceValues, requireResources } from './resource.js'
import type { AssetName, MaybeOpen, Table } from './tables.js'
import { type Target, targetText } from './target.js'
import { type Condition, requireCondition } from './when.js'

/** What a TypeScript asset, check or sensor can use while it runs. */
export interface RunContext {
  /** Runs SQL on the project's warehouse, through the engine that owns it. */
  query<Row = Record<string, unknown>>(sql: string): Promise<Row[]>
  /** Adds to the metadata of this materialization; numbers are plotted over time. */
  metadata(values: Metadata): void
  /**
   * Says which version of its data this materialization is: a checksum, the number of a snapshot. Where the one before had the same,
   * nothing has changed for what reads it.
   */
  dataVersion(version: string): void
  log(message: string): void
  readonly projectDir: string
  readonly runId: string
  /** Of the run: what a sensor, a person or a program gave it. */
  readonly tags: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** For the header of that name of requests, which then belong to the run's trace; undefined where traces are off. */
  readonly traceparent?: string | undefined
  /**
   * Runs a program that reports by Dagster Pipes: what it says that it made, checked and logged counts as said here. Answers
   * its messages of its own. @throws PIPES_FAILED
   */
  pipes(command: readonly string[], options?: PipesCall): Promise<{ readonly messages: readonly unknown[] }>
}

export interface PipesCall {
  readonly env?: Readonly<Record<string, string>>
  /** Relative to the project. */
  readonly cwd?: string
  /** What the program finds as `context.extras`; JSON. */
  readonly extras?: Readonly<Record<string, unknown>>
}

/** What an asset with partitions can use besides. */
export interface PartitionedRunContext extends RunContext {
  /** The one that is to be made; of an asset that makes several at once the first of `partitions`. */
  readonly partition: Partition
  /** All that this call is to make. */
  readonly partitions: readonly Partition[]
}

/** One part of an asset. */
export interface Partition {
  readonly key: string
  /** Its key in each dimension, where there are several. */
  readonly dimensions: Readonly<Record<string, string>>
  /** Of one that stands for a time: from `start`, up to and without `end`. */
  readonly window: { readonly start: Date; readonly end: Date } | undefined
}

/** An asset that is read: itself or its key, and which of its partitions where these are not those of the same key or time. */
export type AssetDep =
  | AssetName
  | AnyAsset
  | ExternalAssetDefinition
  | Table
  | { readonly asset: AssetName | AnyAsset | Table; readonly mapping: PartitionMapping }
  | MaybeOpen

/** The context of something that asks for resources. */
export type WithResources<Context, R extends Resources> = Context & { readonly resources: ResourceValues<R> }

/** What the function of an asset is given. */
export type AssetContext<
  P extends PartitionsSpec | undefined = undefined,
  R extends Resources = NoResources,
  C extends ConfigSchema | undefined = undefined,
  I extends Inputs = NoInputs,
> = WithResources<P extends PartitionsSpec ? PartitionedRunContext : RunContext, R> &
  ConfigPart<C> & { readonly inputs: InputValues<I, P> }

/** What becomes of a step that failed: further attempts. */
export interface RetryOptions {
  readonly max: number
  readonly delayMs?: number
  readonly backoff?: 'constant' | 'exponential'
  /** So that many do not come at once: anywhere up to the pause (`full`), or up to `delayMs` earlier or later (`plus_minus`). */
  readonly jitter?: 'full' | 'plus_minus'
}

export interface AssetOptions<
  P extends PartitionsSpec | undefined = undefined,
  R extends Resources = NoResources,
  C extends ConfigSchema | undefined = undefined,
  I extends Inputs = NoInputs,
  O = unknown,
> {
  /** The assets it reads: assets of this file, tables (`dbt.models.mart_x`), or keys (`main/mart_x`). */
  readonly deps?: readonly AssetDep[]
  readonly description?: string
  readonly kinds?: readonly string[]
  readonly group?: string
  readonly owners?: readonly string[]
  readonly tags?: readonly string[]
  /** What its page shows besides: links, texts, numbers, tables. */
  readonly metadata?: Metadata
  readonly retry?: RetryOptions
  /** Says when its code makes something else; without it every other text of `run` is another version. */
  readonly codeVersion?: string
  /** When it is to be made by itself: `when.eager()`. */
  readonly automation?: Condition
  /** Until when it has to be made again: `freshness.timeWindow({ fail: '1d' })`. */
  readonly freshness?: FreshnessPolicy
  /** The pool of millrace.yaml in which it takes a place while it is made. */
  readonly pool?: string
  /** Where `run` runs: in a thread of the engine, or in a process of its own, which takes nothing with it when native code crashes there. */
  readonly executor?: 'thread' | 'process'
  /** How it is cut into parts that are made, and known, on their own. */
  readonly partitions?: P
  /** Of several partitions that are asked for at once: a call for each, one after the other, or one call for all. */
  readonly makesPartitions?: 'each' | 'together'
  /** What it works with, opened before it runs and closed after: `{ api: myResource }`. */
  readonly resources?: R
  /** What a run may ask of it, `z.object({ … })`: an object with a default for each field, or fields that every run has to give. */
  readonly config?: C
  /** Assets whose values it is given, and tables whose rows, by name: `{ rows: otherAsset }`. It depends on them. */
  readonly inputs?: I
  /** Where the value that `run` answers is kept; as JSON when left out and another asset reads it. */
  readonly io?: IoManager<O>
  run(context: AssetContext<P, R, C, I>): Promise<O> | O
}

export interface AssetDefinition<
  P extends PartitionsSpec | undefined = undefined,
  R extends Resources = NoResources,
  C extends ConfigSchema | undefined = undefined,
  I extends Inputs = NoInputs,
  O = unknown,
> extends AssetOptions<P, R, C, I, O> {
  readonly type: 'asset'
  readonly key: string
}

/** An asset with whatever partitions and resources, or none. */
export type AnyAsset = Omit<
  AssetDefinition<PartitionsSpec>,
  'partitions' | 'resources' | 'config' | 'inputs' | 'io' | 'run'
> & {
  readonly partitions?: PartitionsSpec | undefined
  readonly resources?: Resources | undefined
  readonly config?: ConfigSchema | undefined
  readonly inputs?: Inputs | undefined
  readonly io?: IoManager | undefined
  run(context: never): Promise<unknown> | unknown
}

/** Something that a function makes: a report, a file, a call to another system. */
export function asset<
  const P extends PartitionsSpec | undefined = undefined,
  R extends Resources = NoResources,
  C extends ConfigSchema | undefined = undefined,
  I extends Inputs = NoInputs,
  O = unknown,
>(key: string, options: AssetOptions<P, R, C, I, O>): AssetDefinition<P, R, C, I, O> {
  requireName('asset', key)
  requireKinds(`The asset ${key}`, options, assetKinds)
  requireFunction(`The asset ${key}`, 'run', options.run)
  requirePartitions(key, options.partitions)
  requireResources(`The asset ${key}`, options.resources)
  requireConfig(`The asset ${key}`, options.config)
  requireInputs(key, options)
  requireExecutor(key, options.executor)
  if (options.io !== undefined) {
    requireFunction(`The IO manager of ${key}`, 'store', options.io?.store)
    requireFunction(`The IO manager of ${key}`, 'load', options.io?.load)
  }
  if (options.automation !== undefined) requireCondition(`The automation of ${key}`, options.automation)
  return { type: 'asset', key, ...options }
}

/** What a look at something that others make finds. */
export interface Seen {
  /** A text that is the same where the data is: an etag, the number of a snapshot. Another one than before makes what reads it stale. */
  readonly dataVersion: string
  readonly metadata?: Metadata
}

/** What every asset says of itself. */
export type Described = Pick<AssetOptions, 'deps' | 'description' | 'kinds' | 'group' | 'owners' | 'tags' | 'metadata'>

export type ExternalAssetOptions<R extends Resources = NoResources> = Described &
  (
    | { readonly observe?: undefined; readonly every?: undefined; readonly resources?: undefined }
    | {
        /** Looks which version of its data there is. */
        readonly observe: (
          context: WithResources<Pick<RunContext, 'query' | 'projectDir' | 'signal'>, R>,
        ) => Promise<Seen> | Seen
        /** How often it looks: `5m`. */
        readonly every: string
        readonly resources?: R
      }
  )

export interface ExternalAssetDefinition extends Described {
  readonly observe?: ((context: never) => Promise<Seen> | Seen) | undefined
  readonly every?: string | undefined
  readonly resources?: Resources | undefined
  readonly type: 'external'
  readonly key: string
}

/** Something that others make, or use: it is part of the lineage, and is never run. */
export function externalAsset<R extends Resources = NoResources>(
  key: string,
  options: ExternalAssetOptions<R> = {},
): ExternalAssetDefinition {
  requireName('asset', key)
  requireKinds(`The external asset ${key}`, options, externalKinds)
  if (options.observe !== undefined) {
    requireFunction(`The external asset ${key}`, 'observe', options.observe)
    requireResources(`The external asset ${key}`, options.resources)
    if (options.every === undefined)
      throw invalid(
        `The external asset ${key} lacks \`every\`: how often it is looked at.`,
        "For example: every: '5m'.",
      )
  }
  return { type: 'external', key, ...options }
}

export interface ScheduleOptions {
  /** Five fields; or several, of which one is enough. */
  readonly cron: string | readonly [string, ...string[]]
  readonly timezone?: string
  /** Asset selection, such as `*` or `group:marts`; assets and tables do as well. */
  readonly target: Target
  readonly description?: string
  readonly catchUp?: 'none' | 'latest' | 'all'
  readonly overlap?: 'skip' | 'queue' | 'allow'
  /** Of its runs: what limits them, and who asks. */
  readonly tags?: Readonly<Record<string, string>>
  /** By asset: what its runs ask of it. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly on?: boolean
}
export interface ScheduleDefinition extends ScheduleOptions {
  readonly type: 'schedule'
  readonly name: string
  readonly target: string
}

export function schedule(name: string, options: ScheduleOptions): ScheduleDefinition {
  requireName('schedule', name)
  requireKinds(`The schedule ${name}`, options, scheduleKinds)
  const target = targetText(`The schedule ${name}`, options.target)
  requireCron(`The schedule ${name}`, options.cron, options.timezone)
  settingsOfTags(options.tags ?? {})
  return { type: 'schedule', name, ...options, target }
}

/** @throws CRON_INVALID that says whose expression it is */
function requireCron(what: string, cron: CronTimes, timezone = 'UTC'): void {
  try {
    nextTicks(cron, timezone, new Date(), 1)
  } catch (thrown) {
    const { code, message, hint } = toMillraceError(thrown)
    if (code !== 'CRON_INVALID') throw thrown
    throw orchestrateErrors.create('CRON_INVALID', { message: `${what}: ${message}`, hint, cause: thrown })
  }
}

export interface AutomationOptions {
  /** Asset selection: streams, dbt nodes and assets of this file. One with a condition of its own keeps that. */
  readonly target: Target
  readonly condition: Condition
  readonly description?: string
  readonly on?: boolean
}
export interface AutomationDefinition extends AutomationOptions {
  readonly type: 'automation'
  readonly name: string
  readonly target: string
}

/** Makes the assets of a selection when a condition says so. */
export function automation(name: string, options: AutomationOptions): AutomationDefinition {
  requireName('automation', name)
  requireKinds(`The automation ${name}`, options, automationKinds)
  const target = targetText(`The automation ${name}`, options.target)
  requireCondition(`The condition of the automation ${name}`, options.condition)
  return { type: 'automation', name, ...options, target }
}
