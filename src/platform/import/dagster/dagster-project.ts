import type { AssetNode, Job, PartitionDefinition, Resource, Schedule, Sensor } from './answers.js'

/** What a running Dagster says of itself, as far as it is taken over. */
export interface DagsterProject {
  readonly endpoint: string
  readonly version: string
  /** What its clock showed: which partitions there are depends on it. */
  readonly now: Date
  readonly repositories: readonly DagsterRepository[]
  /** Code locations that could not be loaded there, with the reason. */
  readonly brokenLocations: readonly { readonly name: string; readonly reason: string }[]
  readonly maxConcurrentRuns: number | undefined
  /** YAML, as dagster.yaml has it. */
  readonly tagLimits: string | undefined
  /** Places by pool. */
  readonly pools: ReadonlyMap<string, number>
  /** By `partitionsId` of a definition: which partitions there are. */
  readonly partitions: ReadonlyMap<string, SeenPartitions>
}

export interface DagsterRepository {
  readonly name: string
  readonly location: string
  readonly assets: readonly AssetNode[]
  readonly jobs: readonly Job[]
  readonly schedules: readonly Schedule[]
  readonly sensors: readonly Sensor[]
  readonly resources: readonly Resource[]
}

export interface SeenPartitions {
  /** By dimension; `default` where there is only one. */
  readonly keys: ReadonlyMap<string, readonly string[]>
  /** When a window of time begins that was made, and its key. */
  readonly begin: { readonly key: string; readonly at: Date } | undefined
}

/** How people write the key of an asset: `reports/letter`. */
export const keyText = (path: readonly string[]): string => path.join('/')

/** The same for two definitions that say the same. */
export const partitionsId = ({ type, description, name, fmt, dimensionTypes }: PartitionDefinition): string =>
  JSON.stringify([type, description, name, fmt, dimensionTypes])
