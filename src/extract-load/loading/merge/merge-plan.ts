import { isSameName } from '../../fields/same-name.js'
import { cursorColumn } from '../request/column-cursor.js'
import { isMerged, keyNames, type LoadRequest } from '../request/load-request.js'
import { type ColumnPlan, isOwn, knownColumns } from '../rows/table-shape.js'
import { tellsChanges } from '../stage/drop-deleted.js'

/**
 * What adding staged rows to the rows of a table comes to, whatever the engine: which existing rows they take the place of, and which of
 * them are left out because the table has them, or newer ones. How an engine goes about it is its destination's own matter; what it asks
 * its rows for is told by `merge-conditions.ts`. Which rows leave the table before: `replaced-rows.ts`.
 */
export type MergePlan = UpsertPlan | AppendPlan

/** Rows are known by their keys: a staged row takes the place of the existing one. */
export interface UpsertPlan {
  readonly type: 'upsert'
  readonly keys: readonly ColumnPlan[]
  /** Undefined where each staged row is news: of changes one by one, and of partitions, whose rows leave the table before. */
  readonly leftOut: StaleRows | undefined
}

/** Staged rows that are older than the existing one of their key, or the same. */
export interface StaleRows {
  /** Tells the newer of two rows; without one only the same rows are left out. */
  readonly cursor: ColumnPlan | undefined
  /** Where these are the same, the rows are. */
  readonly compared: readonly ColumnPlan[]
}

/** Rows are added. */
export interface AppendPlan {
  readonly type: 'append'
  readonly leftOut: BoundaryRows | undefined
}

/** Staged rows with the last value of the cursor, or without one, are read again by each sync: which of them exist all columns tell. */
export interface BoundaryRows {
  readonly cursor: ColumnPlan
  readonly value: string
  readonly compared: readonly ColumnPlan[]
}

/** @param plan how the table's columns take the staged rows */
export function planMerge(request: LoadRequest, plan: readonly ColumnPlan[]): MergePlan {
  const named = (name: string | undefined) =>
    name === undefined ? undefined : plan.find(({ column }) => isSameName(column.name, name))
  if (isMerged(request)) {
    const cursor = named(cursorColumn(request))
    const isNews = tellsChanges(plan.map(({ column }) => column)) || (!cursor && request.window !== undefined)
    return {
      type: 'upsert',
      keys: keyNames(request.stream).flatMap((key) => named(key) ?? []),
      leftOut: isNews ? undefined : { cursor, compared: comparable(plan) },
    }
  }
  const { from, column } = request.cursor ?? {}
  const cursor = named(column)
  return {
    type: 'append',
    leftOut:
      cursor && from !== undefined ? { cursor, value: from, compared: comparable(knownColumns(plan)) } : undefined,
  }
}

/** Millrace's own columns differ each time. */
const comparable = (plan: readonly ColumnPlan[]) => plan.filter(({ column }) => !isOwn(column.name))
