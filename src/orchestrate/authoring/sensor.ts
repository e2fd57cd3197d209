import type { WebhookSpec } from '../contract/index.js'
import type { ConfigSchema } from './config.js'
import type { WithResources } from './define.js'
import { durationMs } from './duration.js'
import { requireFunction, requireName } from './require.js'
import { type NoResources, type Resources, requireResources } from './resource.js'
import { type Target, targetText } from './target.js'

export interface SensorAnswer {
  readonly cursor?: unknown
  /** Keys of dynamic partitions that came, or are gone, written together with cursor and runs. */
  readonly dynamicPartitions?: Readonly<
    Record<string, { readonly add?: readonly string[]; readonly remove?: readonly string[] }>
  >
  readonly skip?: string
  readonly runs?: readonly {
    readonly key?: string
    readonly target?: Target
    /** Of assets that have some: keys, ranges `a...b`, `*`, with commas between them. */
    readonly partitions?: string
    /** By asset: what the run asks of it. */
    readonly config?: Readonly<Record<string, unknown>>
    readonly tags?: Readonly<Record<string, string>>
  }[]
}
export interface SensorContext {
  /** What it answered last. */
  readonly cursor: unknown
  /** Asks the project's warehouse. */
  query<Row = Record<string, unknown>>(sql: string): Promise<Row[]>
  readonly projectDir: string
  readonly signal: AbortSignal
}
export interface SensorOptions<R extends Resources = NoResources> {
  /** `30s`, `5m`, `1h` */
  readonly every: string
  readonly target: Target
  readonly description?: string
  readonly on?: boolean
  readonly resources?: R
  evaluate(context: WithResources<SensorContext, R>): Promise<SensorAnswer> | SensorAnswer
}
export interface SensorDefinition extends Omit<SensorOptions, 'resources' | 'evaluate' | 'every'> {
  readonly type: 'sensor'
  readonly name: string
  readonly target: string
  /** Of one that looks. */
  readonly every?: string
  /** Of one that is told. */
  readonly webhook?: WebhookSpec
  readonly payload?: ConfigSchema | undefined
  readonly resources?: Resources | undefined
  evaluate(context: never): Promise<SensorAnswer> | SensorAnswer
}

/** Looks at something regularly, or is told by a webhook, and requests runs when there is a reason. */
export function sensor(name: string, options: WebhookSensor): SensorDefinition
// Last, so that what the compiler says of a mistake is about this one.
export function sensor<R extends Resources = NoResources>(name: string, options: SensorOptions<R>): SensorDefinition
export function sensor(name: string, options: SensorOptions<Resources> | WebhookSensor): SensorDefinition {
  requireName('sensor', name)
  const target = targetText(`The sensor ${name}`, options.target)
  requireFunction(`The sensor ${name}`, 'evaluate', options.evaluate)
  requireResources(`The sensor ${name}`, options.resources)
  if (!('webhook' in options)) durationMs(options.every)
  return { type: 'sensor', name, ...options, target }
}

/** A sensor that does not look: others tell it, by `POST /api/hooks/<name>`. */
export interface WebhookSensor {
  readonly target: Target
  readonly description?: string
  readonly on?: boolean
  readonly resources?: Resources | undefined
  readonly webhook: WebhookSpec
  readonly payload?: ConfigSchema | undefined
  evaluate(context: never): Promise<SensorAnswer> | SensorAnswer
}
