import type { ScheduleDefinition } from '../authoring/define.js'
import { durationMs } from '../authoring/duration.js'
import type { RunRequest, ScheduleSpec } from '../contract/index.js'
import { dueTicks, overlapReason, scheduledRun } from '../daemon/schedule-ticks.js'
import { ticksBetween } from '../schedules/cron.js'
import { describeDefinitions } from '../workers/describe-definitions.js'

type Time = Date | string

export interface ScheduleWorld {
  /** When the server starts. */
  readonly from: Time
  /** Ticks up to then. */
  readonly to: Time
  /** While nothing ran: from, and until when. */
  readonly down?: readonly (readonly [from: Time, to: Time])[]
  /** How long each of its runs takes, for what overlaps: `2h`. */
  readonly runsTake?: string
}

export interface ScheduledTick {
  /** The instant of the schedule. */
  readonly at: Date
  /** When it was seen; later than `at` after a downtime. */
  readonly seenAt: Date
  /** Why it leads to no run. */
  readonly skip?: string
  readonly run?: Pick<RunRequest, 'selection' | 'tags' | 'config' | 'runKey' | 'sequenceKey'>
}

const most = 10_000

/** What a schedule does between two times, tick by tick. */
export function scheduleTicks(schedule: ScheduleDefinition, world: ScheduleWorld): ScheduledTick[] {
  const spec = describeDefinitions([schedule]).schedules[0] as ScheduleSpec
  const from = new Date(world.from)
  const downs = (world.down ?? []).map(([from, to]) => [new Date(from), new Date(to)] as const)
  const runMs = world.runsTake === undefined ? 0 : durationMs(world.runsTake)
  const found: ScheduledTick[] = []
  let lastTickAt: Date | undefined
  let busyUntilMs = Number.NEGATIVE_INFINITY
  for (const now of looks(spec, from, new Date(world.to), downs)) {
    const state = { name: spec.name, type: 'schedule', isOn: true, lastTickAt: lastTickAt?.toISOString() } as const
    for (const { at, skip } of dueTicks(spec, state, { seenAt: from, now })) {
      lastTickAt = at
      const isOverlapping = spec.overlap === 'skip' && now.getTime() < busyUntilMs
      const reason = skip ?? (isOverlapping ? overlapReason : undefined)
      if (reason !== undefined) {
        found.push({ at, seenAt: now, skip: reason })
        continue
      }
      busyUntilMs = (spec.overlap === 'queue' ? Math.max(now.getTime(), busyUntilMs) : now.getTime()) + runMs
      const { trigger: _, ...run } = scheduledRun(spec, at)
      found.push({ at, seenAt: now, run })
    }
  }
  return found
}

/** The server looks every second: what matters are the instants, and the ends of downtimes. */
function looks(spec: ScheduleSpec, from: Date, to: Date, downs: readonly (readonly [Date, Date])[]): Date[] {
  const isUp = (at: Date) => !downs.some(([begin, end]) => at >= begin && at < end)
  const ends = downs.map(([, end]) => end).filter((end) => end > from && end <= to)
  return [...ticksBetween(spec.cron, spec.timezone, from, to, most), ...ends]
    .filter(isUp)
    .sort((a, b) => a.getTime() - b.getTime())
}
