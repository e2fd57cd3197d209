import type { z } from 'zod'
import type { Monitored, WebhookSpec } from '../contract/index.js'
import type { ConfigSchema } from './config.js'
import type { WithResources } from './define.js'
import { requireKinds, sensorKinds } from './option-kinds.js'
import { invalid, requireFunction, requireName } from './require.js'
import { type NoResources, type Resources, requireResources } from './resource.js'
import { type Target, targetText } from './target.js'

/** The cursor as code gets it: nothing the first time, unless its schema has a default. */
export type CursorOf<C extends ConfigSchema | undefined> = C extends ConfigSchema
  ? undefined extends z.core.input<C>
    ? z.core.output<C>
    : z.core.output<C> | undefined
  : unknown
/** The cursor as code answers it. */
export type CursorAnswer<C extends ConfigSchema | undefined> = C extends ConfigSchema ? z.core.input<C> : unknown

export interface SensorAnswer<Cursor = unknown> {
  /** What it gets the next time; left out, it stays as it is. */
  readonly cursor?: Cursor | undefined
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
export interface SensorContext<Cursor = unknown> {
  /** What it answered last. */
  readonly cursor: Cursor
  /** Asks the project's warehouse. */
  query<Row = Record<string, unknown>>(sql: string): Promise<Row[]>
  /**
   * The files of a path below the project, or of an address: `s3://`, `gs://`, `sftp://`, `https://`; the oldest first, nothing of them
   * is fetched where the server says when they changed. @throws SENSOR_FILES_UNREADABLE
   */
  files(path: string, places?: FilePlaces): Promise<readonly ListedFile[]>
  readonly projectDir: string
  readonly signal: AbortSignal
}

/** A file as a look at it told. */
export interface ListedFile {
  /** Its path below the project, or its address. */
  readonly url: string
  readonly modifiedAt: Date
  readonly sizeBytes: number | undefined
  /** Another text means another content. */
  readonly version: string
}

/** How files elsewhere are reached: the settings of the connector `file`. Secrets are read from the environment: `process.env.S3_SECRET`. */
export interface FilePlaces {
  readonly s3?: {
    readonly endpoint?: string | undefined
    readonly region?: string | undefined
    readonly access_key_id?: string | undefined
    readonly secret_access_key?: string | undefined
    readonly session_token?: string | undefined
    readonly anonymous?: boolean | undefined
  }
  readonly gcs?: { readonly service_account_json?: string | undefined; readonly endpoint?: string | undefined }
  readonly sftp?: {
    readonly username?: string | undefined
    readonly password?: string | undefined
    readonly private_key?: string | undefined
    readonly known_hosts?: string | undefined
  }
}

export interface SensorOptions<R extends Resources = NoResources, C extends ConfigSchema | undefined = undefined> {
  /** `30s`, `5m`, `1h` */
  readonly every: string
  readonly target: Target
  readonly description?: string
  readonly on?: boolean
  readonly resources?: R
  /** What its cursor is: `z.iso.datetime()`, `z.object({ … })`. Without it, whatever JSON can hold. */
  readonly cursor?: C
  evaluate(
    context: WithResources<SensorContext<CursorOf<C>>, R>,
  ): Promise<SensorAnswer<CursorAnswer<C>>> | SensorAnswer<CursorAnswer<C>>
}
export interface SensorDefinition extends Omit<SensorOptions, 'resources' | 'cursor' | 'evaluate' | 'every'> {
  readonly type: 'sensor'
  readonly name: string
  readonly target: string
  /** Of one that looks. */
  readonly every?: string
  /** Of one that others tell. */
  readonly webhook?: WebhookSpec
  /** Of one that is told what happens in the project. */
  readonly monitored?: Monitored
  readonly payload?: ConfigSchema | undefined
  readonly cursor?: ConfigSchema | undefined
  readonly resources?: Resources | undefined
  evaluate(context: never): Promise<SensorAnswer | undefined> | SensorAnswer | undefined
}

/** Looks at something regularly, or is told what happens, by a webhook or by the project itself, and requests runs when there is a reason. */
export function sensor(name: string, options: WebhookSensor | EventSensor): SensorDefinition
// Last, so that what the compiler says of a mistake is about this one.
export function sensor<R extends Resources = NoResources, C extends ConfigSchema | undefined = undefined>(
  name: string,
  options: SensorOptions<R, C>,
): SensorDefinition
export function sensor(
  name: string,
  options: SensorOptions<Resources, ConfigSchema | undefined> | WebhookSensor | EventSensor,
): SensorDefinition {
  requireName('sensor', name)
  requireKinds(`The sensor ${name}`, options, sensorKinds)
  const isWithout = 'monitored' in options && options.target === undefined
  const target = isWithout ? '' : targetText(`The sensor ${name}`, options.target as Target)
  requireFunction(`The sensor ${name}`, 'evaluate', options.evaluate)
  if (!('webhook' in options) && !('monitored' in options) && options.every === undefined)
    throw invalid(`The sensor ${name} lacks \`every\`: how often it looks.`, "For example: every: '30s'.")
  requireResources(`The sensor ${name}`, options.resources)
  if ('cursor' in options) requireSchema(`The cursor of the sensor ${name}`, options.cursor)
  return { type: 'sensor', name, ...options, target }
}

/** @throws DEFINITIONS_INVALID */
function requireSchema(what: string, schema: unknown): void {
  if (schema === undefined || (typeof schema === 'object' && schema !== null && '_zod' in schema)) return
  throw invalid(
    `${what} is no schema of zod 4.`,
    "For example: cursor: z.object({ since: z.iso.datetime() }), with z from 'millrace'.",
  )
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

/** A sensor that does not look, as it is told what happens in the project: an asset sensor, or a run status sensor. */
export interface EventSensor {
  readonly target?: Target | undefined
  readonly description?: string
  readonly on?: boolean
  readonly resources?: Resources | undefined
  readonly cursor?: ConfigSchema | undefined
  readonly monitored: Monitored
  evaluate(context: never): Promise<SensorAnswer | undefined> | SensorAnswer | undefined
}
