/** How a run can end. */
export type EndStatus = 'succeeded' | 'failed' | 'cancelled'

/** What happens in the project that a sensor is told of: an asset sensor, or a run status sensor. */
export type Monitored = MonitoredAssets | MonitoredRuns

interface Told {
  /** Whether user code says what to do; otherwise its target is requested. */
  readonly isEvaluated: boolean
  /** Also what runs did that it requested itself. */
  readonly ownRuns: boolean
}

export interface MonitoredAssets extends Told {
  readonly type: 'materializations'
  /** A selection. */
  readonly assets: string
  /** It is told when all of them were made since it was told last. */
  readonly all: boolean
}

export interface MonitoredRuns extends Told {
  readonly type: 'run'
  readonly statuses: readonly EndStatus[]
  /** Only runs that have all of this. */
  readonly of?:
    | {
        /** A selection: runs that were to make one of these. */
        readonly assets?: string | undefined
        /** Names of schedules, sensors and automations that requested it, or the run that it tries again. */
        readonly startedBy?: readonly string[] | undefined
        readonly tags?: Readonly<Record<string, string>> | undefined
      }
    | undefined
}
