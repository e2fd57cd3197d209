import type { ConfigSchema } from '../authoring/config.js'
import { invalid } from '../authoring/require.js'
import type { NoResources, Resources } from '../authoring/resource.js'
import type { CursorOf, EventSensor, SensorContext } from '../authoring/sensor.js'
import { type Target, targetText } from '../authoring/target.js'
import type { EndedRun, EndStatus, MonitoredRuns } from '../contract/index.js'
import { type EventSensorOptions, eventSensor } from './event-sensor.js'
import { requireTargetOrCode, type TargetOrCode } from './target-or-code.js'

/** A run that has ended, as code is told. */
export interface RunNews extends Omit<EndedRun, 'createdAt' | 'startedAt' | 'endedAt' | 'error'> {
  readonly createdAt: Date
  /** Nothing for one that was cancelled in the queue. */
  readonly startedAt: Date | undefined
  readonly endedAt: Date
  /** Of one that failed. */
  readonly error: { readonly code: string; readonly message: string } | undefined
}

export interface RunStatusContext<Cursor = unknown> extends SensorContext<Cursor> {
  readonly run: RunNews
}

type Named = string | { readonly type: 'schedule' | 'sensor' | 'automation'; readonly name: string }

export interface OnRunStatusOptions<R extends Resources = NoResources, C extends ConfigSchema | undefined = undefined>
  extends EventSensorOptions<RunStatusContext<CursorOf<C>>, R, C> {
  readonly statuses: readonly EndStatus[]
  /** Only runs that have all of this. */
  readonly of?: {
    /** Runs that were to make one of these. */
    readonly assets?: Target
    /** Schedules, sensors and automations that requested it, or the run that it tries again. */
    readonly startedBy?: readonly Named[]
    readonly tags?: Readonly<Record<string, string>>
  }
  /** Also runs that it requested itself. */
  readonly ownRuns?: boolean
}

const endStatuses: readonly EndStatus[] = ['succeeded', 'failed', 'cancelled']

/** A sensor that is told of each run that ended so: once, a moment later. */
export function onRunStatus<R extends Resources = NoResources, C extends ConfigSchema | undefined = undefined>(
  options: OnRunStatusOptions<R, C> & TargetOrCode<OnRunStatusOptions<R, C>>,
): EventSensor {
  const { statuses, target, evaluate, ownRuns = false } = options
  requireTargetOrCode('onRunStatus(…)', { target, evaluate })
  if (!Array.isArray(statuses) || statuses.length === 0 || !statuses.every((one) => endStatuses.includes(one)))
    throw invalid(
      `The statuses of onRunStatus(…) are ${JSON.stringify(statuses) ?? 'none'}; they may be ${endStatuses.join(', ')}.`,
      "Name one or more in a list: statuses: ['failed'].",
    )
  return eventSensor(options, {
    type: 'run',
    statuses,
    of: filterOf(options.of),
    ownRuns,
    isEvaluated: evaluate !== undefined,
  })
}

function filterOf(of: OnRunStatusOptions['of']): MonitoredRuns['of'] {
  if (!of) return undefined
  const { assets, startedBy, tags } = of
  return {
    ...(assets === undefined ? {} : { assets: targetText('The assets of onRunStatus(…)', assets) }),
    ...(startedBy ? { startedBy: startedBy.map((one) => (typeof one === 'string' ? one : one.name)) } : {}),
    ...(tags ? { tags } : {}),
  }
}
