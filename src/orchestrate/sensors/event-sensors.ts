import { type Clock, newId, Semaphore } from '../../base/index.js'
import { brokenPartOfSensor } from '../assets/broken-parts.js'
import type {
  AutomationState,
  Definitions,
  EvaluateSensor,
  OrchestrateStore,
  SensorNews,
  SensorResult,
  SensorSpec,
} from '../contract/index.js'
import { isSwitchedOn } from '../schedules/switches.js'
import { answerNews, newsWords } from './answer-news.js'
import { askSensor } from './ask-sensor.js'
import { findNews, type Gathered } from './find-news.js'

export interface EventSensorsOptions {
  readonly store: OrchestrateStore
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly evaluateSensor: EvaluateSensor
  /** Does the work of one sensor, which must not hold up others. */
  readonly guarded: (name: string, work: () => Promise<void>) => Promise<void>
}

/** So many ticks of a sensor in one go. */
const mostTicks = 20
/** So many sensors read events at once; the code of one holds up no other. */
const mostReading = 4
/** It is kept so often how far sensors are for which there is nothing. */
const passEveryMs = 60_000
/** After a tick that failed a sensor is told the same again: after so long, and then after as long again as it has failed. */
const [firstPauseMs, longestPauseMs] = [5_000, 300_000]

/** An asset sensor, or a run status sensor. */
type EventSensorSpec = SensorSpec & { readonly monitored: NonNullable<SensorSpec['monitored']> }

/** What a sensor that stands at `from` was looked at for. */
interface Looked {
  readonly from: number
  /** Up to where there is nothing for it, whatever becomes of the definitions. */
  readonly passed: number
  /** Up to where there is nothing for it by the definitions of this version. */
  readonly upTo: number
  readonly version: string
  readonly gathered: Gathered
}

/** What it passes over it may need once the last one of its assets was made. */
const gathers = ({ monitored }: EventSensorSpec) => monitored.type === 'materializations' && monitored.all

/**
 * Tells asset sensors and run status sensors what happened. Only events are looked at, by their ids: code is asked when there is something to
 * tell. How far a sensor is, its cursor and its runs are written together, so that it is told everything once, and nothing is lost.
 */
export class EventSensors {
  readonly #options: EventSensorsOptions
  readonly #looking = new Map<string, Promise<void>>()
  readonly #looked = new Map<string, Looked>()
  readonly #reading = new Semaphore(mostReading)
  #lastEvent = 0
  #keptMs = Number.NEGATIVE_INFINITY

  constructor(options: EventSensorsOptions) {
    this.#options = options
  }

  async round(definitions: Definitions, states: ReadonlyMap<string, AutomationState>): Promise<void> {
    // While its code cannot be loaded, what happens waits for it.
    const isTold = (sensor: SensorSpec): sensor is EventSensorSpec =>
      sensor.monitored !== undefined &&
      isSwitchedOn(sensor, states.get(sensor.name)) &&
      brokenPartOfSensor(definitions, sensor.name) === undefined
    const sensors = definitions.sensors.filter(isTold)
    if (sensors.length === 0) return
    const { store } = this.#options
    const places = await this.#places(sensors, states)
    this.#lastEvent = (await store.conditionEventAfter(this.#lastEvent)) ?? this.#lastEvent
    const upTo = this.#lastEvent
    for (const sensor of sensors) {
      const from = places.get(sensor.name)
      const isIdle = !this.#looking.has(sensor.name) && !this.#pauses(states.get(sensor.name))
      if (from !== undefined && isIdle && this.#placeOf(definitions, sensor, from) < upTo)
        this.#look(definitions, sensor, upTo)
    }
    await this.#keepPassed(sensors)
  }

  async settled(): Promise<void> {
    await Promise.all(this.#looking.values())
  }

  /** Where each stands: one that is seen for the first time, at the last event. */
  async #places(sensors: readonly EventSensorSpec[], states: ReadonlyMap<string, AutomationState>) {
    const places = new Map(sensors.map(({ name }) => [name, states.get(name)?.eventId]))
    const isNew = sensors.map(({ name }) => name).filter((name) => places.get(name) === undefined)
    if (isNew.length === 0) return places
    return new Map([...places, ...(await this.#options.store.sensorPlaces(isNew))])
  }

  #lookedFrom({ name }: EventSensorSpec, from: number): Looked | undefined {
    const looked = this.#looked.get(name)
    return looked?.from === from ? looked : undefined
  }

  #placeOf({ version }: Definitions, sensor: EventSensorSpec, from: number): number {
    const looked = this.#lookedFrom(sensor, from)
    return (looked?.version === version ? looked.upTo : looked?.passed) ?? from
  }

  #pauses(state: AutomationState | undefined): boolean {
    const { failure, lastTickAt } = state ?? {}
    if (!failure || lastTickAt === undefined) return false
    const lastMs = Date.parse(lastTickAt)
    const failingMs = lastMs - Date.parse(failure.since)
    const pauseMs = Math.min(Math.max(failingMs, firstPauseMs), longestPauseMs)
    const nowMs = this.#options.clock.now().getTime()
    return nowMs >= lastMs && nowMs < lastMs + pauseMs
  }

  #look(definitions: Definitions, sensor: EventSensorSpec, upTo: number): void {
    const { name } = sensor
    const looking = this.#options
      .guarded(name, () => this.#tell(definitions, sensor, upTo))
      .finally(() => this.#looking.delete(name))
    this.#looking.set(name, looking)
  }

  async #tell(definitions: Definitions, sensor: EventSensorSpec, upTo: number): Promise<void> {
    const { store, signal } = this.#options
    for (let ticks = 0; ticks < mostTicks && !signal.aborted; ticks++) {
      // As it stands now: whoever reads it later asks code in vain.
      const state = await store.automationState(sensor.name)
      if (state?.eventId === undefined || !isSwitchedOn(sensor, state)) return
      const from = state.eventId
      const known = this.#lookedFrom(sensor, from)
      const gathered =
        known?.version === definitions.version ? known.gathered : { upTo: from, found: [], missing: undefined }
      const after = gathers(sensor) ? from : this.#placeOf(definitions, sensor, from)
      const found = await this.#reading.run(() => findNews({ store, definitions, after, gathered }, sensor))
      if (!found) {
        // While a part of the project cannot be read, what it selects may only seem to be all.
        const isPassed = definitions.problems.length === 0 && !gathers(sensor)
        const passed = Math.max(from, isPassed ? upTo : (known?.passed ?? from))
        // What it was told last may have happened after the round began.
        const to = Math.max(from, upTo)
        this.#looked.set(sensor.name, { from, passed, upTo: to, version: definitions.version, gathered })
        return
      }
      const isDone = await this.#tick(definitions, sensor, { state, eventId: from, ...found })
      if (!isDone) return
    }
  }

  /** Whether it can be told what is next. */
  async #tick(
    definitions: Definitions,
    sensor: EventSensorSpec,
    { state, eventId, news, upTo }: { state: AutomationState; eventId: number; news: SensorNews; upTo: number },
  ): Promise<boolean> {
    const { store, clock, signal } = this.#options
    const at = clock.now()
    const ask = () => this.#answer(definitions, sensor, { cursor: state.cursor, news, at })
    const { tick, requests, dynamicPartitions } = await askSensor({ definitions, clock, signal }, sensor, ask)
    const committed = await store.commitTick(
      {
        id: newId(),
        automation: sensor.name,
        automationType: 'sensor',
        at: at.toISOString(),
        runIds: [],
        ...tick,
        reason: tick.reason ?? newsWords(news),
      },
      requests,
      {
        dynamicPartitions,
        from: { cursor: state.cursor, lastTickAt: state.lastTickAt },
        told: { from: eventId, upTo },
      },
    )
    return committed !== undefined && committed.status !== 'failed'
  }

  async #answer(
    definitions: Definitions,
    sensor: EventSensorSpec,
    { cursor, news, at }: { readonly cursor: unknown; readonly news: SensorNews; readonly at: Date },
  ): Promise<SensorResult> {
    const { store, signal, evaluateSensor } = this.#options
    if (sensor.monitored.isEvaluated) return evaluateSensor(sensor.name, { cursor, signal, delivery: undefined, news })
    return answerNews(definitions, sensor, news, { now: at, dynamicKeys: await store.dynamicPartitions() })
  }

  /** So that a sensor for which there never is anything does not look at all events again when the daemon starts. */
  async #keepPassed(sensors: readonly EventSensorSpec[]): Promise<void> {
    const { store, clock } = this.#options
    if (clock.monotonicMs() - this.#keptMs < passEveryMs) return
    this.#keptMs = clock.monotonicMs()
    const byPlace = new Map<number, string[]>()
    for (const { name } of sensors) {
      const looked = this.#looking.has(name) ? undefined : this.#looked.get(name)
      if (looked && looked.passed > looked.from)
        byPlace.set(looked.passed, [...(byPlace.get(looked.passed) ?? []), name])
    }
    for (const [upTo, names] of byPlace) await store.passEvents(names, upTo)
  }
}
