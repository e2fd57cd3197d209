import type { ErrorJson } from '../../base/index.js'
import type { Metadata } from './metadata.js'
import type { RunConfig } from './runs.js'

export type AutomationType = 'schedule' | 'sensor' | 'automation'

export interface Tick {
  readonly id: string
  readonly automation: string
  readonly automationType: AutomationType
  /** The cron instant, or when the sensor was evaluated. */
  readonly at: string
  readonly status: 'started' | 'requested' | 'skipped' | 'failed'
  /** Why it was skipped, or what it found. */
  readonly reason?: string | undefined
  readonly runIds: readonly string[]
  /** Of a sensor, where it is another one than before. */
  readonly cursor?: unknown
  readonly error?: ErrorJson | undefined
  readonly durationMs?: number | undefined
}

export interface AutomationState {
  readonly name: string
  readonly type: AutomationType
  /** As it was switched last, by somebody or since it only failed; left out where it never was: then the project says it. */
  readonly isOn?: boolean | undefined
  /** When somebody turned it on last; what was due before that is not missed. */
  readonly turnedOnAt?: string | undefined
  readonly cursor?: unknown
  readonly lastTickAt?: string | undefined
  /** Of a sensor that is told what happens: the last event that it need not be told of any more. */
  readonly eventId?: number | undefined
  /** Since when its ticks fail, and how the last one did. */
  readonly failure?: { readonly since: string; readonly message: string } | undefined
}

/** By the name of dynamic partitions: keys that came, and keys that are gone. */
export type DynamicPartitionChanges = Readonly<
  Record<string, { readonly add: readonly string[]; readonly remove: readonly string[] }>
>

/** The version of an asset that others make, as somebody looked. */
export interface Observation {
  readonly asset: string
  readonly dataVersion: string
  readonly metadata?: Metadata | undefined
}

export interface SensorResult {
  /** Where it is another version than before. */
  readonly observed?: Observation | undefined
  readonly cursor?: unknown
  readonly dynamicPartitions?: DynamicPartitionChanges | undefined
  readonly skip?: string | undefined
  readonly runs: readonly {
    readonly key?: string | undefined
    readonly selection?: string | undefined
    readonly partitions?: string | undefined
    readonly config?: RunConfig | undefined
    readonly tags?: Readonly<Record<string, string>> | undefined
  }[]
}
