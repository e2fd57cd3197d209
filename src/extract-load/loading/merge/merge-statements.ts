import {
  hasEqualKey,
  hasSameKey,
  isOlder,
  isReread,
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
  /** SQL: whether an existing row counts where staged ones are left out for it, by the name of that row; all do where it is not given. */
  readonly counts?: ((row: string) => string) | undefined
}

export function mergeStatements(
  dialect: MergeDialect,
  merge: MergePlan,
  { existing, staged, counts }: MergeTables,
): MergeStatements {
  // A statement calls the rows that it deletes `t`.
  const leavingStaged = pairOf(dialect, 'i', 't')
  const isCounted = counts === undefined ? '' : ` and ${counts('i')}`
  const leaveOut = (condition: string) => dialect.deleteMatching(staged, existing, `${condition}${isCounted}`)
  if (merge.type === 'append')
    return { leaveOut: merge.leftOut ? [leaveOut(isReread(dialect, merge.leftOut, leavingStaged))] : [], replace: [] }
  const isStale = staleCondition(dialect, merge, leavingStaged)
  return {
    leaveOut:
      isStale === undefined
        ? []
        : keyConditions(merge, leavingStaged).map((hasKey) => leaveOut(`${hasKey} and (${isStale})`)),
    replace: keyConditions(merge, pairOf(dialect, 't', 'i')).map((hasKey) =>
      dialect.deleteMatching(existing, staged, hasKey),
    ),
  }
}

/** Keys of which a part is NULL are few, and apart: only what has none can be looked up in an index. */
const keyConditions = ({ keys }: UpsertPlan, pair: RowPair): readonly string[] => [
  hasEqualKey(keys, pair),
  `${lacksKey(keys, pair)} and ${hasSameKey(keys, pair)}`,
]

function staleCondition(dialect: MergeDialect, { leftOut }: UpsertPlan, pair: RowPair): string | undefined {
  return leftOut && `${isOlder(leftOut.cursor, pair)} or (${isSameRow(dialect, leftOut.compared, pair)})`
}
