import type {
  ConditionCommit,
  ConditionCursor,
  ConditionEvaluation,
  ConditionMemory,
  ConditionNews,
} from '../condition-evaluations.js'
import type { AssetKey } from '../definitions.js'

/** What conditions remember and found. */
export interface ConditionStore {
  conditionCursor(): Promise<ConditionCursor | undefined>
  conditionMemories(): Promise<ReadonlyMap<AssetKey, ConditionMemory>>
  /** The last event after this one that may change what conditions say, or is told to sensors; undefined where there is none. */
  conditionEventAfter(eventId: number): Promise<number | undefined>
  conditionNews(after: number): Promise<ConditionNews>
  /** Answers the runs that it requested, in order; undefined where another evaluation came first. */
  commitConditions(commit: ConditionCommit): Promise<readonly string[] | undefined>
  /** What the last evaluations found of an asset, where that changed: the newest first. */
  conditionEvaluations(filter: { asset: AssetKey; limit?: number | undefined }): Promise<readonly ConditionEvaluation[]>
}
