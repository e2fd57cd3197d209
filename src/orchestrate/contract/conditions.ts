import type { SourceLocation } from '../../base/index.js'

/** What is asked of an asset, a check or a partition by itself. */
export type ConditionOperand =
  | { readonly type: PlainOperand }
  | { readonly type: 'executedWithTags'; readonly tags: Readonly<Record<string, string | null>> }
  | { readonly type: 'cronTickPassed'; readonly cron: string; readonly timezone: string }
  | { readonly type: 'inLatestTimeWindow'; readonly lookbackMs?: number | undefined }
  | { readonly type: 'freshness'; readonly state: FreshnessState }

/** The operands that take nothing. */
export type PlainOperand =
  | 'missing'
  | 'runInProgress'
  | 'backfillInProgress'
  | 'executionFailed'
  | 'newlyUpdated'
  | 'newlyRequested'
  | 'willBeRequested'
  | 'codeVersionChanged'
  | 'dataVersionChanged'
  | 'initialEvaluation'
  | 'executedWithRootTarget'
  | 'checkPassed'
  | 'checkFailed'

/** What is made of other conditions. */
export type ConditionOperator =
  | { readonly type: 'and' | 'or'; readonly of: readonly AutomationCondition[] }
  | { readonly type: 'not' | 'newlyTrue'; readonly of: AutomationCondition }
  | { readonly type: 'since'; readonly of: AutomationCondition; readonly reset: AutomationCondition }
  | {
      readonly type: 'anyDepsMatch' | 'allDepsMatch'
      readonly of: AutomationCondition
      /** Selections: only these of the assets that are read, and none of those. */
      readonly allow?: string | undefined
      readonly ignore?: string | undefined
    }
  | {
      readonly type: 'anyChecksMatch' | 'allChecksMatch'
      readonly of: AutomationCondition
      readonly blockingOnly?: boolean | undefined
    }
  | { readonly type: 'assetMatches'; readonly asset: string; readonly of: AutomationCondition }

/** When an asset is to be made, as plain data: it is evaluated without the user's code. */
export type AutomationCondition = (ConditionOperand | ConditionOperator) & {
  /** What it is called where it is explained. */
  readonly label?: string | undefined
}

/** A condition for the assets of a selection, with a switch of its own. */
export interface AutomationSpec {
  readonly name: string
  /** Asset selection; undefined for the one that holds the assets which bring their own condition. */
  readonly target?: string | undefined
  readonly condition?: AutomationCondition | undefined
  readonly description: string
  readonly isOnByDefault: boolean
  readonly source?: SourceLocation | undefined
}

export type FreshnessState = 'pass' | 'warn' | 'fail' | 'unknown'

/** Until when an asset has to be made again. */
export type FreshnessPolicy =
  /** So long after it was made last. */
  | { readonly type: 'timeWindow'; readonly failMs: number; readonly warnMs?: number | undefined }
  /** By each instant of a cron expression, and not earlier than so long before. */
  | { readonly type: 'cron'; readonly deadline: string; readonly timezone: string; readonly lowerBoundMs: number }
