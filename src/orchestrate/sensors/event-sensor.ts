import type { ConfigSchema } from '../authoring/config.js'
import type { WithResources } from '../authoring/define.js'
import type { Resources } from '../authoring/resource.js'
import type { CursorAnswer, EventSensor, SensorAnswer } from '../authoring/sensor.js'
import type { Target } from '../authoring/target.js'

/** What asset sensors and run status sensors may say alike. */
export interface EventSensorOptions<Context, R extends Resources, C extends ConfigSchema | undefined> {
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

export function eventSensor<Context, R extends Resources, C extends ConfigSchema | undefined>(
  { target, description = '', on = true, resources, cursor, evaluate }: EventSensorOptions<Context, R, C>,
  monitored: EventSensor['monitored'],
): EventSensor {
  return {
    target,
    description,
    on,
    resources,
    cursor,
    monitored,
    evaluate: (evaluate ?? (() => {})) as EventSensor['evaluate'],
  }
}
