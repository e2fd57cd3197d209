import { withDbtSelections } from '../assets/dbt-selectors.js'
import { previewConditions } from '../conditions/condition-loop.js'
import { checkConfigOf } from '../config/check-run-config.js'
import type {
  AutomationType,
  Definitions,
  EvaluateSensor,
  OrchestrateStore,
  RunRequest,
  ScheduleSpec,
  SensorResult,
  SensorSpec,
} from '../contract/index.js'
import { plannedSize } from '../runs/plan-run.js'
import { nextTicks } from '../schedules/cron.js'
import { checkCursor } from '../sensors/check-cursor.js'
import { monitoredWords } from '../sensors/monitored-words.js'
import { sensorRequests } from '../sensors/sensor-requests.js'

/** What a tick would do now. */
export interface TestedTick extends Partial<Pick<SensorResult, 'cursor' | 'dynamicPartitions'>> {
  readonly runs: readonly TestedRun[]
  /** How many of them are new. */
  readonly newRuns: number
  readonly reason?: string | undefined
  /** When a schedule really ticks next. */
  readonly nextAt?: string | undefined
}

/** A run that would be requested, and of how much. */
export interface TestedRun extends Pick<RunRequest, 'selection' | 'partitions' | 'tags' | 'config'> {
  /** A sensor's own key for it. */
  readonly key?: string | undefined
  /** It was requested before, with that key, and is not again. */
  readonly runId?: string | undefined
  readonly assets: number
  readonly checks: number
}

type Asked = Omit<TestedTick, 'runs' | 'newRuns'> & { readonly requests: readonly RunRequest[] }

interface Around {
  readonly definitions: Definitions
  readonly store: OrchestrateStore
  readonly now: Date
  readonly signal: AbortSignal
  readonly evaluateSensor: EvaluateSensor
  readonly selectDbt: Parameters<typeof withDbtSelections>[2]
  /** What a sensor is asked with, instead of its own. */
  readonly cursor?: unknown
}

/**
 * What a schedule, a sensor or the automation of this name would request now; nothing is requested or kept.
 * @throws what its tick would fail with, or the run that it asks for
 */
export async function testTick(around: Around, name: string): Promise<TestedTick> {
  const { requests, ...asked } = await ask(around, name)
  const former = await around.store.runsOfKeys(requests.flatMap(({ runKey }) => runKey ?? []))
  // Of many runs most are of the same.
  const sizes = new Map<string, ReturnType<typeof sizeOf>>()
  const sizeOnce = (selection: string) => {
    const known = sizes.get(selection) ?? sizeOf(around, selection)
    sizes.set(selection, known)
    return known
  }
  const runs = requests.map(async ({ selection, partitions, tags, config, runKey }) => ({
    selection,
    partitions,
    tags,
    config,
    // It is kept under the name of its sensor.
    key: runKey?.startsWith('sensor ') ? runKey.split(' ').slice(2).join(' ') : undefined,
    runId: runKey === undefined ? undefined : former.get(runKey),
    ...(await sizeOnce(selection)),
  }))
  const all = await Promise.all(runs)
  const newRuns = all.filter(({ runId }) => runId === undefined).length
  const again = all.length > 0 && newRuns === 0 ? 'each was requested before with its key' : undefined
  return { ...asked, reason: asked.reason ?? again, runs: all, newRuns }
}

const sizeOf = async ({ definitions, selectDbt }: Around, selection: string) =>
  plannedSize(await withDbtSelections(definitions, selection, selectDbt), selection)

async function ask(around: Around, name: string): Promise<Asked> {
  const { schedules, sensors } = around.definitions
  const schedule = schedules.find((one) => one.name === name)
  if (schedule) return testSchedule(around, schedule)
  const sensor = sensors.find((one) => one.name === name)
  return sensor ? testSensor(around, sensor) : testConditions(around, name)
}

const triggerOf = (type: AutomationType, name: string): RunRequest['trigger'] => ({ type, name })

async function testSchedule({ definitions, now }: Around, schedule: ScheduleSpec): Promise<Asked> {
  const { name, cron, timezone, target: selection, tags, config } = schedule
  // Also what it leaves out, and would fail in the run.
  checkConfigOf(definitions, { selection, config: config ?? {} })
  const [next] = nextTicks(cron, timezone, now, 1)
  return {
    requests: [{ selection, trigger: triggerOf('schedule', name), tags, config }],
    nextAt: next?.toISOString(),
  }
}

async function testSensor(around: Around, sensor: SensorSpec): Promise<Asked> {
  const { definitions, store, signal, evaluateSensor } = around
  const { name, target, webhook, monitored } = sensor
  if (webhook || monitored)
    // What it is told is not known before.
    return {
      requests: target === '' ? [] : [{ selection: target, trigger: triggerOf('sensor', name) }],
      reason: `${monitored ? monitoredWords(monitored) : 'as a delivery would'}, where its code says nothing else`,
    }
  if (around.cursor !== undefined) checkCursor(sensor, around.cursor)
  const cursor = around.cursor === undefined ? (await store.automationState(name))?.cursor : around.cursor
  const result = await evaluateSensor(name, { cursor, signal, delivery: undefined, news: undefined })
  const requests = sensorRequests(definitions, sensor, result)
  return { requests, reason: result.skip, cursor: result.cursor, dynamicPartitions: result.dynamicPartitions }
}

async function testConditions({ definitions, store, now }: Around, name: string): Promise<Asked> {
  const states = new Map((await store.automationStates()).map((state) => [state.name, state]))
  const { results, requests } = await previewConditions(store, { definitions, states, now }, name)
  const reason = `the conditions of none of its ${results.length} assets hold`
  return { requests, ...(requests.length === 0 ? { reason } : {}) }
}
