import type { ErrorJson } from '../../base/index.js'
import type { FilePlaces } from '../authoring/sensor.js'
import type {
  AssetKey,
  AssetSpec,
  AutomationSpec,
  CheckSpec,
  DeliveryContent,
  Metadata,
  RunPartition,
  ScheduleSpec,
  SensorNews,
  SensorResult,
  SensorSpec,
  StepSpec,
} from '../contract/index.js'

/** What a definitions.ts says, as plain data. */
export interface UserDefinitions {
  readonly assets: readonly AssetSpec[]
  readonly checks: readonly CheckSpec[]
  readonly steps: readonly StepSpec[]
  readonly schedules: readonly ScheduleSpec[]
  readonly sensors: readonly SensorSpec[]
  readonly automations: readonly AutomationSpec[]
}

/** What a step may know of its run. */
export interface RunFacts {
  readonly runId: string
  readonly tags: Readonly<Record<string, string>>
  /** 1 for the first. */
  readonly attempt: number
  /** Of the step's span, where spans are collected. */
  readonly traceparent?: string | undefined
}

/** A thread does one of these at a time. */
export type Task =
  | { readonly type: 'load' }
  | {
      readonly type: 'step'
      readonly step: string
      /** What it is to make; none in a step that only checks what others make. */
      readonly assets: readonly AssetKey[]
      readonly checks: readonly CheckQuestion[]
      readonly run: RunFacts
      /** By the names of its inputs: which of their partitions. */
      readonly reads?: Readonly<Record<string, readonly string[]>> | undefined
      /** What the run asks of what it makes. */
      readonly config?: unknown
      /** Of an asset that has some: those of this call, or, of one that is only checked, those that the run made. */
      readonly partitions?: readonly RunPartition[] | undefined
      /** Of what it checks and does not make now: the metadata of what other steps, or earlier attempts, made. */
      readonly checked?: Readonly<Record<AssetKey, Metadata>> | undefined
    }
  | {
      readonly type: 'sensor'
      readonly name: string
      readonly cursor: unknown
      readonly delivery?: DeliveryContent | undefined
      readonly news?: SensorNews | undefined
    }

export type ToWorker =
  /** What the task starts is marked by it. */
  | { readonly type: 'task'; readonly task: Task; readonly mark: string }
  /** The signal of the task aborts; what does not listen to it is ended a moment later. */
  | { readonly type: 'abort' }
  | { readonly type: 'answer'; readonly query: number; readonly rows?: unknown; readonly error?: ErrorJson }

export interface CheckReport {
  readonly asset: AssetKey
  readonly name: string
  readonly passed: boolean
  readonly severity: 'error' | 'warn'
  readonly message?: string | undefined
  readonly metadata?: Metadata | undefined
  readonly isBroken?: boolean | undefined
}

/** Which check is asked. */
export interface CheckQuestion {
  readonly asset: AssetKey
  readonly name: string
}

/** Whose history a check asks for: its own, of all partitions or of one. */
export interface CheckHistoryQuestion extends CheckQuestion {
  readonly partition?: string | undefined
}

/** What a task tells while it works. */
export type Report =
  | { readonly type: 'log'; readonly level: 'info' | 'warn'; readonly message: string }
  | { readonly type: 'materialized'; readonly asset: AssetKey; readonly metadata: Metadata }
  | { readonly type: 'checked'; readonly check: CheckReport }

export type FromWorker =
  | Report
  | { readonly type: 'done'; readonly value: UserDefinitions | SensorResult | null }
  | {
      readonly type: 'failed'
      readonly error: ErrorJson
      /** The thread ends itself after this. */
      readonly isFatal?: boolean
    }
  | { readonly type: 'query'; readonly query: number; readonly sql: string }
  | { readonly type: 'files'; readonly query: number; readonly path: string; readonly places: FilePlaces }
  /** Wants the next rows of a reader, which begins with its first query; no rows are answered when there are no more. */
  | { readonly type: 'read'; readonly query: number; readonly reader: number; readonly sql: string }
  /** Wants what was before what a check is asked about. */
  | { readonly type: 'history'; readonly query: number; readonly check: CheckHistoryQuestion; readonly most: number }
  | { readonly type: 'stopReading'; readonly reader: number }
