import type { WarehouseConnection } from '../../../warehouse/index.js'
import type { RowSource } from '../rows/insert-rows.js'
import {
  hasEqualKey,
  hasSameKey,
  isOlder,
  isSameBoundaryRow,
  isSameRow,
  lacksKey,
  pairOf,
  type RowPair,
} from './merge-conditions.js'
import type { MergeDialect } from './merge-dialect.js'
import type { MergePlan, UpsertPlan } from './merge-plan.js'

/** A merge as statements of one engine, which has the staged rows in a table with the columns of the final one. */
export interface MergeStatements {
  /** Take staged rows out of their table that are left out. Each row is changed by one of them at most. */
  readonly leaveOut: readonly string[]
  /** Then take existing rows out of the final table whose place staged ones take. */
  readonly replace: readonly string[]
}

export interface MergeTables {
  /** The final one, as SQL has it. */
  readonly existing: string
  readonly staged: string
  /** Whether a staged row lacks a part of its key. */
  readonly hasNullKeys: boolean
  /** SQL: whether an existing row counts where staged ones are left out for it, by the name of that row; all do where it is not given. */
  readonly counts?: ((row: string) => string) | undefined
}

export function mergeStatements(
  dialect: MergeDialect,
  merge: MergePlan,
  { existing, staged, hasNullKeys, counts }: MergeTables,
): MergeStatements {
  // A statement calls the rows that it deletes `t`.
  const leavingStaged = pairOf(dialect, 'i', 't')
  const isCounted = counts === undefined ? '' : ` and ${counts('i')}`
  const leaveOut = (condition: string) => dialect.deleteMatching(staged, existing, `${condition}${isCounted}`)
  if (merge.type === 'append')
    return {
      leaveOut: merge.leftOut ? [leaveOut(isSameBoundaryRow(dialect, merge.leftOut, leavingStaged))] : [],
      replace: [],
    }
  const isStale = staleCondition(dialect, merge, leavingStaged)
  return {
    leaveOut:
      isStale === undefined
        ? []
        : keyConditions(merge, leavingStaged, hasNullKeys).map((hasKey) => leaveOut(`${hasKey} and (${isStale})`)),
    replace: keyConditions(merge, pairOf(dialect, 't', 'i'), hasNullKeys).map((hasKey) =>
      dialect.deleteMatching(existing, staged, hasKey),
    ),
  }
}

/** Keys of which a part is NULL are few, and apart: only what has none can be looked up in an index. */
function keyConditions({ keys }: UpsertPlan, pair: RowPair, hasNullKeys: boolean): readonly string[] {
  const apart = hasNullKeys ? [`${lacksKey(keys, pair)} and ${hasSameKey(keys, pair)}`] : []
  return [hasEqualKey(keys, pair), ...apart]
}

/**
 * Whether a staged row lacks a part of its key, which most streams never do: then engines that want money or seconds for a statement are sent half
 * as many. Asked where rows are staged.
 */
export async function hasNullKeys(
  staging: WarehouseConnection,
  merge: MergePlan,
  { value, from }: RowSource,
): Promise<boolean> {
  if (merge.type === 'append') return false
  const isNull = merge.keys.map(({ incoming }) => `${value(incoming)} is null`).join(' or ')
  const { rows } = await staging.query(`select 1 ${from} where ${isNull} limit 1`)
  return rows.length > 0
}

function staleCondition(dialect: MergeDialect, { leftOut }: UpsertPlan, pair: RowPair): string | undefined {
  if (!leftOut) return undefined
  const isSame = isSameRow(dialect, leftOut.compared, pair)
  return leftOut.cursor ? `${isOlder(leftOut.cursor, pair)} or (${isSame})` : isSame
}
