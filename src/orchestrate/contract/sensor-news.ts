<<<<<<<< HEAD:src/orchestrate/contract/told-sensors.ts
/** How a run can end. */
export type EndStatus = 'succeeded' | 'failed' | 'cancelled'

/** What happens in the project that a sensor is told of. */
export type ToldOf = MaterializationsTold | RunsTold

interface Told {
  /** Whether user code says what to do; otherwise its target is requested. */
  readonly isEvaluated: boolean
  /** Also what runs did that it requested itself. */
  readonly ownRuns: boolean
}

export interface MaterializationsTold extends Told {
  readonly type: 'materializations'
  /** A selection. */
  readonly assets: string
  /** It is told when all of them were made since it was told last. */
  readonly all: boolean
}

export interface RunsTold extends Told {
  readonly type: 'run'
  readonly statuses: readonly EndStatus[]
  /** Only runs that have all of this. */
  readonly of?:
    | {
        /** A selection: runs that were to make one of these. */
        readonly assets?: string | undefined
        /** Names of schedules, sensors and automations that requested it, or the run that it tries again. */
        readonly startedBy?: readonly string[] | undefined
        readonly tags?: Readonly<Record<string, string>> | undefined
      }
    | undefined
}
========
import type { ErrorJson } from '../../base/index.js'
import type { AssetKey } from './definitions.js'
import type { Metadata } from './events.js'
import type { RunTrigger } from './runs.js'
import type { EndStatus } from './told-of.js'

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
>>>>>>>> sensors:src/orchestrate/contract/sensor-news.ts
