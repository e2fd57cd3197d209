import type { ErrorJson } from '../../base/index.js'
import type { AssetKey } from './definitions.js'
import type { Metadata } from './metadata.js'
import type { EndStatus } from './monitored.js'
import type { RunTrigger } from './runs.js'

/** An asset was made. */
export interface Materialization {
  /** Of its event: rising. */
  readonly id: number
  readonly asset: AssetKey
  readonly runId: string
  /** ISO 8601 */
  readonly at: string
  /** Of an asset that has some: which, in the words that a run takes. */
  readonly partitions?: string | undefined
  readonly metadata: Metadata
  /** False for a sync that found nothing new. */
  readonly hasChanged: boolean
}

/** A run that has ended. */
export interface EndedRun {
  readonly id: string
  readonly status: EndStatus
  readonly selection: string
  readonly tags: Readonly<Record<string, string>>
  readonly partitions?: string | undefined
  readonly trigger: RunTrigger
  /** The run that it tried again. */
  readonly parentRunId?: string | undefined
  readonly error?: ErrorJson | undefined
  /** ISO 8601 */
  readonly createdAt: string
  readonly startedAt?: string | undefined
  readonly endedAt: string
}

/** What a sensor is told. */
export type SensorNews =
  | { readonly type: 'materializations'; readonly materializations: readonly Materialization[] }
  | { readonly type: 'run'; readonly run: EndedRun }
