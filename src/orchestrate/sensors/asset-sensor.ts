import type { ConfigSchema } from '../authoring/config.js'
import type { NoResources, Resources } from '../authoring/resource.js'
import type { CursorOf, EventSensor, SensorContext } from '../authoring/sensor.js'
import type { AssetName } from '../authoring/tables.js'
import { type Target, targetText } from '../authoring/target.js'
import type { Materialization } from '../contract/index.js'
import { type EventSensorOptions, eventSensor } from './event-sensor.js'
import { requireTargetOrCode, type TargetOrCode } from './target-or-code.js'

/** An asset was made, as code is told. */
export interface MaterializationNews extends Omit<Materialization, 'asset' | 'at'> {
  readonly asset: AssetName
  readonly at: Date
}

export interface MaterializedContext<Cursor = unknown> extends SensorContext<Cursor> {
  /** Oldest first, each once. With `all` everything since the time before. */
  readonly materializations: readonly MaterializationNews[]
}

export interface OnMaterializedOptions<
  R extends Resources = NoResources,
  C extends ConfigSchema | undefined = undefined,
> extends EventSensorOptions<MaterializedContext<CursorOf<C>>, R, C> {
  /** What it is told of: a selection, or assets and tables. */
  readonly assets: Target
  /** Only when all of them were made since the last time. */
  readonly all?: boolean
  /** Also what its own runs made. */
  readonly ownRuns?: boolean
}

/** A sensor that is told each time an asset was made, whoever made it: once, a moment later. */
export function onMaterialized<R extends Resources = NoResources, C extends ConfigSchema | undefined = undefined>(
  options: OnMaterializedOptions<R, C> & TargetOrCode<OnMaterializedOptions<R, C>>,
): EventSensor {
  const { all = false, target, evaluate, ownRuns = false } = options
  requireTargetOrCode('onMaterialized(…)', { target, evaluate })
  const assets = targetText('The assets of onMaterialized(…)', options.assets)
  return eventSensor(options, { type: 'materializations', assets, all, ownRuns, isEvaluated: evaluate !== undefined })
}
