import { type Clock, type Logger, newId, toMillraceError } from '../../base/index.js'
import type {
  Definitions,
  OrchestrateStore,
  RunRequest,
  ScheduleSpec,
  SensorResult,
  SensorSpec,
  Tick,
} from '../contract.js'
import { ticksBetween } from '../schedules/cron.js'

export interface DaemonOptions {
  readonly store: OrchestrateStore
  readonly clock: Clock
  readonly logger: Logger
  readonly signal: AbortSignal
  /** User code runs in the engine; the daemon only asks for its answer. */
  readonly evaluateSensor: (name: string, cursor: unknown, signal: AbortSignal) => Promise<SensorResult>
  readonly onLoop?: ((at: Date) => void) | undefined
}

const loopMs = 1_000

/** Fires schedules and sensors until the signal aborts. */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { store, clock, signal, logger } = options
  const startedAt = clock.now()
  const running = new Set<string>()
  while (!signal.aborted) {
    try {
      const definitions = await store.readDefinitions()
      if (definitions) await loop(definitions)
      options.onLoop?.(clock.now())
    } catch (error) {
      logger.warn('The daemon could not do its round; trying again', { error: String(error) })
    }
    await clock.sleep(loopMs, { signal }).catch(() => {})
  }

  async function loop(definitions: Definitions): Promise<void> {
    const states = new Map((await store.automationStates()).map((state) => [state.name, state]))
    for (const schedule of definitions.schedules) {
      const state = states.get(schedule.name)
      if (state?.isOn ?? schedule.isOnByDefault) await fireSchedule(schedule, state?.lastTickAt)
    }
    for (const sensor of definitions.sensors) {
      const state = states.get(sensor.name)
      const last = state?.lastTickAt ? Date.parse(state.lastTickAt) : 0
      if (
        !(state?.isOn ?? sensor.isOnByDefault) ||
        running.has(sensor.name) ||
        clock.now().getTime() - last < sensor.intervalMs
      )
        continue
      running.add(sensor.name)
      void fireSensor(sensor, state?.cursor)
        .catch((error: unknown) =>
          logger.warn(`The sensor ${sensor.name} could not be recorded`, { error: String(error) }),
        )
        .finally(() => running.delete(sensor.name))
    }
  }

  async function fireSchedule(schedule: ScheduleSpec, lastTickAt: string | undefined): Promise<void> {
    const now = clock.now()
    const since = lastTickAt ? new Date(lastTickAt) : startedAt
    const due = ticksBetween(schedule.cron, schedule.timezone, since, now)
    const wanted = dueTicks(schedule, due, now)
    for (const at of due) {
      const isWanted = wanted.includes(at)
      if (!isWanted && at !== due.at(-1)) continue
      const overlap = isWanted ? await isOverlapping(schedule) : false
      const requests: RunRequest[] =
        isWanted && !overlap
          ? [
              {
                selection: schedule.target,
                trigger: { type: 'schedule', name: schedule.name },
                runKey: `schedule ${schedule.name} ${at.toISOString()}`,
              },
            ]
          : []
      const reason = !isWanted
        ? 'missed while nothing ran (catch-up: none)'
        : overlap
          ? 'its previous run is still going (overlap: skip)'
          : undefined
      await store.commitTick(
        { ...tick(schedule.name, 'schedule', at), status: requests.length > 0 ? 'requested' : 'skipped', reason },
        requests,
      )
    }
  }

  async function isOverlapping(schedule: ScheduleSpec): Promise<boolean> {
    if (schedule.overlap !== 'skip') return false
    const going = await store.listRuns({
      trigger: schedule.name,
      statuses: ['queued', 'starting', 'running', 'cancelling'],
      limit: 1,
    })
    return going.length > 0
  }

  async function fireSensor(sensor: SensorSpec, cursor: unknown): Promise<void> {
    const at = clock.now()
    const started = clock.monotonicMs()
    try {
      const result = await options.evaluateSensor(sensor.name, cursor, signal)
      const requests = sensorRequests(sensor, result)
      const hasRuns = requests.length > 0
      await store.commitTick(
        {
          ...tick(sensor.name, 'sensor', at),
          status: hasRuns ? 'requested' : 'skipped',
          reason: result.skip,
          cursor: result.cursor,
          durationMs: clock.monotonicMs() - started,
        },
        requests,
      )
    } catch (thrown) {
      if (signal.aborted) return
      const error = toMillraceError(thrown)
      await store.commitTick(
        {
          ...tick(sensor.name, 'sensor', at),
          status: 'failed',
          reason: error.message,
          error: error.toJSON(),
          durationMs: clock.monotonicMs() - started,
        },
        [],
      )
    }
  }
}

export function sensorRequests(sensor: SensorSpec, result: SensorResult): RunRequest[] {
  return result.runs.map((run) => ({
    selection: run.selection ?? sensor.target,
    trigger: { type: 'sensor', name: sensor.name },
    tags: run.tags,
    runKey: run.key === undefined ? undefined : `sensor ${sensor.name} ${run.key}`,
  }))
}

const onTimeMs = 60_000
/** Which of the due instants lead to a run, by the catch-up policy; one within the last minute is simply on time. */
function dueTicks(schedule: ScheduleSpec, due: readonly Date[], now: Date): readonly Date[] {
  if (schedule.catchUp === 'all') return due
  const last = due.at(-1)
  if (!last) return []
  return schedule.catchUp === 'latest' || now.getTime() - last.getTime() < onTimeMs ? [last] : []
}

function tick(automation: string, automationType: Tick['automationType'], at: Date): Omit<Tick, 'status'> {
  return { id: newId(), automation, automationType, at: at.toISOString(), runIds: [] }
}
