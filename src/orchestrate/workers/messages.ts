import type { ErrorJson } from '../../base/index.js'
import type { AssetSpec, CheckSpec, Metadata, ScheduleSpec, SensorResult, SensorSpec, StepSpec } from '../contract.js'

/** What a definitions.ts says, as plain data. */
export interface UserDefinitions {
  readonly assets: readonly AssetSpec[]
  readonly checks: readonly CheckSpec[]
  readonly steps: readonly StepSpec[]
  readonly schedules: readonly ScheduleSpec[]
  readonly sensors: readonly SensorSpec[]
}

export type ToWorker =
  | { readonly type: 'load'; readonly id: number }
  | { readonly type: 'asset'; readonly id: number; readonly key: string; readonly checks: readonly string[] }
  | { readonly type: 'sensor'; readonly id: number; readonly name: string; readonly cursor: unknown }
  | { readonly type: 'answer'; readonly query: number; readonly rows?: unknown; readonly error?: ErrorJson }

export interface CheckReport {
  readonly name: string
  readonly passed: boolean
  readonly severity: 'error' | 'warn'
  readonly message?: string | undefined
  readonly metadata?: Metadata | undefined
}

export type FromWorker =
  | { readonly type: 'done'; readonly id: number; readonly value: UserDefinitions | SensorResult | null }
  | { readonly type: 'failed'; readonly id: number; readonly error: ErrorJson }
  | { readonly type: 'query'; readonly id: number; readonly query: number; readonly sql: string }
  | { readonly type: 'log'; readonly id: number; readonly message: string }
  | { readonly type: 'materialized'; readonly id: number; readonly metadata: Metadata }
  | { readonly type: 'checked'; readonly id: number; readonly check: CheckReport }
