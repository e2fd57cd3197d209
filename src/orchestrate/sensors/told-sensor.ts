import type { ConfigSchema } from '../authoring/config.js'
import type { WithResources } from '../authoring/define.js'
import type { Resources } from '../authoring/resource.js'
import type { CursorAnswer, SensorAnswer, ToldSensor } from '../authoring/sensor.js'
import type { Target } from '../authoring/target.js'

/** What every sensor that is told may say. */
export interface ToldSensorOptions<Context, R extends Resources, C extends ConfigSchema | undefined> {
  /** What to make, unless a run names its own. */
  readonly target?: Target
  readonly resources?: R
  /** What its cursor is; for what code has to remember: what it was told is remembered without it. */
  readonly cursor?: C
  readonly description?: string
  readonly on?: boolean
  /** Says what to make, and does what else there is to do; without it the target, with the same partitions where it is told of some. */
  evaluate?(
    context: WithResources<Context, R>,
  ): Promise<SensorAnswer<CursorAnswer<C>> | undefined> | SensorAnswer<CursorAnswer<C>> | undefined
}

export function toldSensor<Context, R extends Resources, C extends ConfigSchema | undefined>(
  { target, description = '', on = true, resources, cursor, evaluate }: ToldSensorOptions<Context, R, C>,
  toldOf: ToldSensor['toldOf'],
): ToldSensor {
  return {
    target,
    description,
    on,
    resources,
    cursor,
    toldOf,
    evaluate: (evaluate ?? (() => {})) as ToldSensor['evaluate'],
  }
}
