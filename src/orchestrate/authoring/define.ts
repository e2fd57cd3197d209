import type { Metadata } from '../contract.js'

/** What a TypeScript asset, check or sensor can use while it runs. */
export interface RunContext {
  /** Runs SQL on the project's warehouse, through the engine that owns it. */
  query<Row = Record<string, unknown>>(sql: string): Promise<Row[]>
  /** Adds to the metadata of this materialization; numbers are plotted over time. */
  metadata(values: Metadata): void
  log(message: string): void
  readonly projectDir: string
  readonly signal: AbortSignal
}

export interface AssetOptions {
  /** Keys of the assets it reads (`main/mart_x`), or assets of this file. */
  readonly deps?: readonly (string | AssetDefinition)[]
  readonly description?: string
  readonly kinds?: readonly string[]
  readonly group?: string
  readonly owners?: readonly string[]
  readonly tags?: readonly string[]
  readonly retry?: { readonly max: number; readonly delayMs?: number; readonly backoff?: 'constant' | 'exponential' }
  run(context: RunContext): Promise<unknown> | unknown
}

export interface AssetDefinition extends AssetOptions {
  readonly type: 'asset'
  readonly key: string
}

/** Something that a function makes: a report, a file, a call to another system. */
export function asset(key: string, options: AssetOptions): AssetDefinition {
  return { type: 'asset', key, ...options }
}

export interface CheckOutcome {
  readonly passed: boolean
  readonly severity?: 'error' | 'warn'
  readonly message?: string
  readonly metadata?: Metadata
}
export interface CheckDefinition {
  readonly type: 'check'
  readonly asset: string
  readonly name: string
  readonly description: string
  readonly blocking: boolean
  readonly run: (context: RunContext) => Promise<CheckOutcome> | CheckOutcome
}

/** A question about an asset, asked each time it was made. A blocking one that fails keeps its downstream from starting. */
export function check(
  of: AssetDefinition | string,
  name: string,
  options: { readonly blocking?: boolean; readonly description?: string },
  run: CheckDefinition['run'],
): CheckDefinition {
  return {
    type: 'check',
    asset: typeof of === 'string' ? of : of.key,
    name,
    description: options.description ?? '',
    blocking: options.blocking ?? false,
    run,
  }
}

export interface ScheduleOptions {
  readonly cron: string
  readonly timezone?: string
  /** Asset selection, such as `*` or `group:marts`. */
  readonly target: string
  readonly description?: string
  readonly catchUp?: 'none' | 'latest' | 'all'
  readonly overlap?: 'skip' | 'queue' | 'allow'
  readonly on?: boolean
}
export interface ScheduleDefinition extends ScheduleOptions {
  readonly type: 'schedule'
  readonly name: string
}

export function schedule(name: string, options: ScheduleOptions): ScheduleDefinition {
  return { type: 'schedule', name, ...options }
}

export interface SensorAnswer {
  readonly cursor?: unknown
  readonly skip?: string
  readonly runs?: readonly {
    readonly key?: string
    readonly target?: string
    readonly tags?: Readonly<Record<string, string>>
  }[]
}
export interface SensorOptions {
  /** `30s`, `5m`, `1h` */
  readonly every: string
  readonly target: string
  readonly description?: string
  readonly on?: boolean
  evaluate(context: {
    readonly cursor: unknown
    readonly projectDir: string
    readonly signal: AbortSignal
  }): Promise<SensorAnswer> | SensorAnswer
}
export interface SensorDefinition extends SensorOptions {
  readonly type: 'sensor'
  readonly name: string
}

/** Looks at something regularly and requests runs when there is a reason. */
export function sensor(name: string, options: SensorOptions): SensorDefinition {
  return { type: 'sensor', name, ...options }
}

export type Definition = AssetDefinition | CheckDefinition | ScheduleDefinition | SensorDefinition
export interface ProjectDefinition {
  readonly type: 'project'
  readonly definitions: readonly Definition[]
}

/** What `definitions.ts` exports as its default. */
export function defineProject(...definitions: readonly Definition[]): ProjectDefinition {
  return { type: 'project', definitions }
}
