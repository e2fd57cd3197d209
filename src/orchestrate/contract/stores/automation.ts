import type { AutomationState, AutomationType, DynamicPartitionChanges, Observation, Tick } from '../automation.js'
import type { NewConnectionEvent } from '../connection-events.js'
import type { ScheduleSpec } from '../definitions.js'
import type { RunRequest } from '../runs.js'

/** Schedules and sensors: how they stand, and their ticks. */
export interface AutomationStore {
  /** @param withCursors also their cursors, which may be large */
  automationStates(options?: { readonly withCursors?: boolean | undefined }): Promise<AutomationState[]>
  /** With its cursor. */
  automationState(name: string): Promise<AutomationState | undefined>
  /** Switches it: from then on that counts, whatever the project says. @param noted what that is to connections, written together with it */
  setAutomation(name: string, type: AutomationType, isOn: boolean, noted?: readonly NewConnectionEvent[]): Promise<void>
  /** Since when each of these schedules has had its times: `now`, which is kept, for one that is new, had others when it was asked for last, or was seen by a clock that was ahead. */
  schedulesSeen(
    schedules: readonly Pick<ScheduleSpec, 'name' | 'cron' | 'timezone'>[],
    now: Date,
  ): Promise<ReadonlyMap<string, Date>>
  /**
   * Writes tick, cursor and run requests in ONE transaction. A tick whose requests were all made before (run keys) is
   * a skipped one; one that asks for what cannot be kept a failed one (METASTORE_VALUE_REFUSED); a schedule's instant that has its tick already
   * is answered, not written again.
   * @param also what is written together with it: the automation is turned off, and `noted` is what that is to connections;
   *   keys of dynamic partitions that came and are gone; `from`: as the sensor stood when it was asked. Where it stands elsewhere
   *   by now, another daemon was quicker: nothing is written, and undefined answered; `delivery`: what the tick is made of. Where that has
   *   a tick already, it is answered; `told`: of which events, `from` excluded. Where the sensor stands elsewhere among them by now, nothing
   *   is written, and undefined answered. A failed tick leaves it where it is. `isHeld`: it tells of what cannot be fired now, and will be: it moves nothing on, and gives way
   *   to what comes of its instant then; `observed`: an asset that others made
   */
  commitTick(
    tick: Tick,
    requests: readonly RunRequest[],
    also?: {
      readonly turnsOff?: { readonly noted: readonly NewConnectionEvent[] } | undefined
      readonly dynamicPartitions?: DynamicPartitionChanges | undefined
      readonly delivery?: string | undefined
      readonly from?: Pick<AutomationState, 'cursor' | 'lastTickAt'> | undefined
      readonly told?: { readonly from: number; readonly upTo: number } | undefined
      readonly isHeld?: boolean | undefined
      readonly observed?: Observation | undefined
    },
  ): Promise<Tick | undefined>
  listTicks(filter: {
    automation?: string | undefined
    limit?: number | undefined
    before?: string | undefined
  }): Promise<Tick[]>
}
