import type { Diagnostic } from '../contract.js'

export type PlanStatus = 'new' | 'changed' | 'upstream' | 'unchanged' | 'removed'

/** Why a node counts as changed. `details` name configs, macros or inputs. */
export interface PlanReason {
  readonly kind: 'body' | 'config' | 'macro' | 'relation' | 'contract' | 'description' | 'seed' | 'vars' | 'upstream'
  readonly details: readonly string[]
}

/** What building a node does to the warehouse. */
export interface PlanAction {
  /** As a command: `create table`, `replace view`, `add rows to the table`. */
  readonly does: string
  /** Relations that are gone afterwards. */
  readonly drops: readonly string[]
  /** Columns that are added to or taken from a table that stays. */
  readonly alters: readonly string[]
}

export interface PlanDiffLine {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

export interface PlannedNode {
  readonly uniqueId: string
  readonly name: string
  readonly resourceType: string
  readonly materialized: string
  /** `schema.name` in the warehouse. */
  readonly relation: string
  readonly status: PlanStatus
  readonly reasons: readonly PlanReason[]
  /** Undefined where a build would not make it: it was removed, it would fail, or be skipped. */
  readonly action: PlanAction | undefined
  /** The compiled SQL then and now; empty where it is the same or not known. */
  readonly diff: readonly PlanDiffLine[]
  /** What making it would read at least, in bytes, where the warehouse tells that (BigQuery). */
  readonly readsBytes?: number | undefined
  /** What the last run of it took and made. */
  readonly last: { readonly at: string; readonly seconds: number; readonly rows: number | null } | undefined
  /** Data tests that look at it. */
  readonly tests: readonly string[]
  /** Something that may surprise: a relation that is left behind, SQL that cannot be compiled yet. */
  readonly notes: readonly string[]
}

export interface PlannedTest {
  readonly uniqueId: string
  readonly name: string
  readonly status: Extract<PlanStatus, 'new' | 'changed' | 'removed'>
  readonly reasons: readonly PlanReason[]
}

export interface Plan {
  readonly profile: string
  readonly target: string
  /** The target that it is compared with. */
  readonly against: string
  readonly isFullRefresh: boolean
  /** Everything selected, in the order of the graph; what was removed comes last. */
  readonly nodes: readonly PlannedNode[]
  /** Every data and unit test that would run: those of nodes that change, and those that changed themselves. */
  readonly tests: readonly string[]
  /** Tests that are others than when they last ran, or are there no more. */
  readonly changedTests: readonly PlannedTest[]
  /** What would fail for certain: unknown columns, what no materialization makes. */
  readonly problems: readonly Diagnostic[]
}
