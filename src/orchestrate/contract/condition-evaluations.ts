import type { AssetKey } from './definitions.js'
import type { RunRequest } from './runs.js'

/** One part of a condition as it was evaluated. */
export interface ConditionNode {
  readonly text: string
  readonly label?: string | undefined
  /** The asset or check that it was asked of, where that is another one. */
  readonly of?: string | undefined
  /** For how many partitions it holds, and of how many it was asked; of what has none 1 is all. 0 of 0: nobody needed to ask. */
  readonly held: number
  readonly asked: number
  /** Which partitions, where there are some and they can be written shortly. */
  readonly partitions?: string | undefined
  readonly children?: readonly ConditionNode[] | undefined
  /** So many more assets or checks were asked, with an answer that decides nothing. */
  readonly others?: number | undefined
}

/** What conditions remember of one asset, see `conditions/memory.ts`. */
export interface ConditionMemory {
  readonly partitions: string
  readonly requested: PackedPartitions
  readonly nodes: Readonly<Record<string, PackedPartitions | string>>
  /** Of what was found, to notice when it is something else. */
  readonly tree: string
}
/** Ranges of indexes; keys where the order of partitions may change. */
export type PackedPartitions = readonly (readonly [from: number, to: number])[] | { readonly keys: readonly string[] }

/** How often conditions were evaluated, when last, and up to which event. */
export interface ConditionCursor {
  readonly evaluation: number
  readonly at: string
  readonly eventId: number
}

/** What one evaluation found of one asset. */
export interface ConditionEvaluation {
  readonly asset: AssetKey
  readonly automation: string
  readonly at: string
  readonly tree: ConditionNode
  readonly isRequested: boolean
  /** Which partitions were requested. */
  readonly partitions?: string | undefined
  readonly runId?: string | undefined
}

/** What happened since an evaluation of conditions, and how things stand. */
export interface ConditionNews {
  /** The last event that is looked at here. */
  readonly eventId: number
  readonly updates: readonly {
    readonly asset: AssetKey
    readonly atMs: number
    readonly runId: string
    readonly partitions?: string | undefined
    readonly hasChanged: boolean
  }[]
  /** Assets of which partitions were made, or failed. */
  readonly touched: readonly AssetKey[]
  /** `asset name` */
  readonly evaluatedChecks: readonly string[]
  readonly assets: readonly {
    readonly key: AssetKey
    readonly madeAt?: string | undefined
    readonly hasFailed: boolean
    readonly lastRunId?: string | undefined
  }[]
  /** The runs of the updates. */
  readonly runs: readonly {
    readonly id: string
    readonly tags: Readonly<Record<string, string>>
    readonly assets: readonly AssetKey[]
  }[]
  /** Runs that have not ended. */
  readonly active: readonly {
    readonly id: string
    readonly selection: string
    readonly partitions?: string | undefined
    readonly createdAt: string
    /** What it has still to make; undefined where it is not planned yet. */
    readonly open?: readonly AssetKey[] | undefined
  }[]
}

/** One evaluation of all conditions, as it is kept: all of it or nothing. */
export interface ConditionCommit {
  /** The evaluation that this one follows; 0 for none. Where another one came first, nothing is written. */
  readonly after: number
  readonly at: string
  readonly eventId: number
  /** What changed; `undefined` forgets an asset. */
  readonly memories: ReadonlyMap<AssetKey, ConditionMemory | undefined>
  /** What was found of assets that it was not found of before. */
  readonly evaluations: readonly (Omit<ConditionEvaluation, 'at' | 'runId'> & {
    /** Its place in `requests`. */
    readonly request?: number | undefined
  })[]
  readonly requests: readonly {
    readonly run: RunRequest
    readonly automation: string
    readonly reason: string
  }[]
}
