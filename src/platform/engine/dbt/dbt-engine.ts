import type { Manifest, ProfileTarget } from '../../../transform/index.js'
import type { Warehouse } from '../../../warehouse/index.js'
import type { DbtCall } from '../../contract.js'
import type { AssetFields, AssetFieldTrace, TraceDirection } from '../../lineage-contract.js'
import type { ModelDetail, ModelEntry } from '../../models-contract.js'

/** What knows the project's dbt nodes and runs them: Millrace itself, or a dbt that the project names. */
export interface DbtEngine {
  /** Undefined where there is no dbt project. */
  manifest(): Promise<Manifest | undefined>
  /** The ids of the nodes that dbt's selectors mean, by the selector; `state:` compares with what ran last. @throws TRANSFORM_SELECTION */
  select(selectors: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>>
  models(): Promise<readonly ModelEntry[]>
  model(id: string): Promise<ModelDetail>
  fieldLineage(asset: string): Promise<AssetFields>
  traceField(asset: string, column: string, direction: TraceDirection): Promise<AssetFieldTrace>
  /** Runs a command line of dbt; answers its exit code. */
  run(call: DbtCall): Promise<number>
  /** The profile's target, also when the project itself does not parse: a broken model must not stop queries. */
  target(): Promise<ProfileTarget>
  warehouse(): Promise<Warehouse>
  /** Writes what the next parsing starts from; for when nobody waits for the project any more. */
  keep(): Promise<void>
  /** Drops the parsed project; the next use reads it again. */
  reload(): Promise<void>
  close(): Promise<void>
}
