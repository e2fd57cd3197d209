import { type Clock, type Logger, type MillraceError, newId, toMillraceError } from '../../base/index.js'
import { AlertChannel, type AlertOptions } from '../alerts/alert-channel.js'
import { deliveries } from '../alerts/channels.js'
import { brokenPartOfSensor, isKeptWhole, partBroken } from '../assets/broken-parts.js'
import { selectForRun } from '../assets/select-for-run.js'
import { advanceBackfills } from '../backfills/advance-backfills.js'
import { ConditionLoop } from '../conditions/condition-loop.js'
import { checkConfigOf } from '../config/check-run-config.js'
import { switchEvents } from '../connections/switch-events.js'
import type {
  AutomationState,
  Definitions,
  EvaluateSensor,
  OrchestrateStore,
  RunRequest,
  ScheduleSpec,
  SensorSpec,
  Tick,
} from '../contract/index.js'
import { watchFreshness } from '../freshness/watch-freshness.js'
import { forgetGonePartitions } from '../partitions/forget-gone.js'
import { isSwitchedOn } from '../schedules/switches.js'
import { askSensor } from '../sensors/ask-sensor.js'
import { EventSensors } from '../sensors/event-sensors.js'
import { deliveryHeldMs, dropDelivery, evaluateDelivery } from '../webhooks/evaluate-delivery.js'
import { judgeFailures } from './failing-schedule.js'
import { isGoing } from './is-going.js'
import { DueTicks, overlapReason, scheduledRun } from './schedule-ticks.js'

export interface DaemonOptions {
  readonly store: OrchestrateStore
  readonly clock: Clock
  readonly logger: Logger
  readonly signal: AbortSignal
  /** This one among all daemons of the store, of which one works and the others wait. */
  readonly name: string
  /** Whether another daemon is known to have ended: nobody waits for it. */
  readonly isGone: (daemon: string) => boolean
  readonly evaluateSensor: EvaluateSensor
  readonly retention: RetentionDays
  /** Whom to tell of what goes wrong. */
  readonly alerts?: AlertOptions | undefined
  readonly onLoop?: ((at: Date) => void) | undefined
}

/** For how many days the store keeps what runs tell. */
export interface RetentionDays {
  readonly logs: number
  readonly runs: number
}

/** What may go away by itself is told once it has lasted so long. */
const untoldMs = 15_000
const loopMs = 1_000
/** After so long without a word another daemon takes over. */
const leaseMs = 15_000
const leadEveryMs = 3_000
/** So long after it asked sensors in vain, a daemon leaves the lead to one that has an engine of its own. */
const standBackMs = 30_000
/** Freshness is counted in minutes. */
const watchMs = 5_000
const pruneMs = 3600_000
const mostDeliveries = 20
const dayMs = 24 * 3600_000
/** A sensor looks every few seconds, and mostly finds nothing. */
const idleTickDays = 3

/** Fires schedules and sensors, evaluates conditions, goes on with backfills and sends alerts until the signal aborts, and forgets what is old. */
export async function runDaemon(options: DaemonOptions): Promise<void> {
  const { clock, signal, logger } = options
  const daemon = new Daemon(options)
  while (!signal.aborted) {
    await daemon.round().catch((error) => logger.warn('The daemon could not do its round; trying again', { error }))
    await clock.sleep(loopMs, { signal }).catch(() => {})
  }
  await daemon.settled()
  await options.store.resignDaemon(options.name).catch(() => {})
}

class Daemon {
  readonly #options: DaemonOptions
  /** Since when each schedule has had its times. */
  readonly #seen = new Map<string, { readonly times: string; readonly at: Date }>()
  readonly #due = new DueTicks()
  readonly #looking = new Map<string, Promise<void>>()
  /** What was said already about an automation: a broken one must not fill the log. */
  readonly #said = new Map<string, string>()
  /** By name: since when it fails of what may go away by itself. */
  readonly #failsSinceMs = new Map<string, number>()
  /** By automation: what was said of its standing still, as long as it does. */
  readonly #held = new Map<string, { readonly at: string; readonly why: string }>()
  readonly #conditions: ConditionLoop
  readonly #told: EventSensors
  readonly #channels: readonly AlertChannel[]
  #sending: Promise<void> | undefined
  #delivering: Promise<void> | undefined
  #pruning: Promise<void> | undefined
  #ledMs = Number.NEGATIVE_INFINITY
  /** When the engine was away last, as sensors were to be asked. */
  #inVainMs = Number.NEGATIVE_INFINITY
  #watchedMs = Number.NEGATIVE_INFINITY
  #prunedMs = Number.NEGATIVE_INFINITY

  constructor(options: DaemonOptions) {
    this.#options = options
    this.#conditions = new ConditionLoop(options.store, { clock: options.clock })
    this.#told = new EventSensors({
      ...options,
      evaluateSensor: this.#ask,
      guarded: (name, work) => this.#guarded(name, work),
    })
    const { alerts } = options
    this.#channels = alerts
      ? [...deliveries(alerts)].map(([name, deliver]) => new AlertChannel(name, deliver, alerts, options))
      : []
  }

  async round(): Promise<void> {
    const { store, clock, onLoop } = this.#options
    if (!(await this.#leads())) return
    const definitions = await store.readDefinitions()
    if (definitions) {
      const states = new Map((await store.automationStates()).map((state) => [state.name, state]))
      await this.#fire(definitions, states)
      await this.#guarded('Sensors', () => this.#told.round(definitions, states), 'told what happened')
      this.#delivering ??= this.#deliver(definitions, states)
      const moment = { definitions, states, now: clock.now() }
      await this.#guarded('Conditions', () => this.#conditions.round(moment), 'evaluated')
      await this.#watchFreshness(definitions)
      await this.#guarded('Backfills', () => advanceBackfills(store, definitions), 'taken further')
    }
    // One that does not answer must not hold up schedules.
    this.#sending ??= this.#sendAlerts()
    this.#prune()
    onLoop?.(clock.now())
  }

  /**
   * Whether it is this daemon that works: schedules have each instant once in any case, but sensors and alerts would tell everything
   * as often as there are daemons.
   */
  async #leads(): Promise<boolean> {
    const { store, clock, name, isGone } = this.#options
    const nowMs = clock.monotonicMs()
    if (nowMs - this.#inVainMs < standBackMs && (await this.#hasDeputy())) {
      if (this.#ledMs > Number.NEGATIVE_INFINITY) await store.resignDaemon(name)
      this.#ledMs = Number.NEGATIVE_INFINITY
      return false
    }
    if (nowMs - this.#ledMs < leadEveryMs) return true
    let leader = await store.leadDaemon(name, leaseMs)
    if (leader !== name && isGone(leader)) leader = await store.leadDaemon(name, leaseMs, [leader])
    this.#ledMs = leader === name ? nowMs : Number.NEGATIVE_INFINITY
    return leader === name
  }

  async #hasDeputy(): Promise<boolean> {
    const { store, name } = this.#options
    return (await store.processes()).some((one) => one.kind === 'daemon' && one.name !== name && !one.isLost)
  }

  async #sendAlerts(): Promise<void> {
    await Promise.all(this.#channels.map((channel) => this.#guarded('Alerts', () => channel.send(), 'sent')))
    this.#sending = undefined
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#looking.values(), this.#told.settled(), this.#sending, this.#delivering, this.#pruning])
  }

  async #fire(definitions: Definitions, states: ReadonlyMap<string, AutomationState>): Promise<void> {
    const { schedules, sensors } = definitions
    await this.#see(schedules)
    for (const schedule of schedules) {
      const state = states.get(schedule.name)
      if (isSwitchedOn(schedule, state))
        await this.#guarded(schedule.name, () => this.#fireSchedule(definitions, schedule, state))
    }
    for (const sensor of sensors) {
      const state = states.get(sensor.name)
      if (isSwitchedOn(sensor, state) && this.#isDue(sensor, state)) this.#look(definitions, sensor)
    }
  }

  async #see(schedules: readonly ScheduleSpec[]): Promise<void> {
    const timesOf = ({ cron, timezone }: ScheduleSpec) => `${[cron].flat().join(', ')} ${timezone}`
    const { store, clock } = this.#options
    const isSeen = (one: ScheduleSpec) => {
      const seen = this.#seen.get(one.name)
      return seen?.times === timesOf(one) && seen.at <= clock.now()
    }
    const unseen = schedules.filter((one) => !isSeen(one))
    if (unseen.length === 0) return
    const seen = await store.schedulesSeen(unseen, clock.now())
    for (const one of unseen) this.#seen.set(one.name, { times: timesOf(one), at: seen.get(one.name) ?? clock.now() })
  }

  /** One automation that cannot be fired must not hold up the others. */
  async #guarded(name: string, work: () => Promise<void>, what = 'fired'): Promise<void> {
    try {
      await work()
      this.#said.delete(name)
      this.#failsSinceMs.delete(name)
    } catch (thrown) {
      const error = toMillraceError(thrown)
      const { message } = error
      if (this.#options.signal.aborted) return
      // An engine that starts, or starts again, is there in a moment: nobody has to do anything.
      const nowMs = this.#options.clock.monotonicMs()
      const sinceMs = this.#failsSinceMs.get(name) ?? nowMs
      this.#failsSinceMs.set(name, sinceMs)
      if (error.kind === 'external' && error.retryable && nowMs - sinceMs < untoldMs) return
      if (this.#said.get(name) !== message)
        this.#options.logger.warn(`${name} could not be ${what}: ${message}`, { automation: name, error })
      this.#said.set(name, message)
    }
  }

  async #fireSchedule(
    definitions: Definitions,
    schedule: ScheduleSpec,
    state: AutomationState | undefined,
  ): Promise<void> {
    const { store, clock } = this.#options
    const now = clock.now()
    for (const { at, skip } of this.#due.of(schedule, state, {
      seenAt: this.#seen.get(schedule.name)?.at ?? now,
      now,
    })) {
      const due = tick(schedule.name, 'schedule', at)
      const reason =
        skip ?? (schedule.overlap === 'skip' && (await isGoing(store, schedule)) ? overlapReason : undefined)
      if (reason !== undefined) {
        await store.commitTick({ ...due, status: 'skipped', reason }, [])
        continue
      }
      const failures = await judgeFailures(store, definitions, schedule, { state, now })
      if (failures) this.#options.logger.warn(`${schedule.name}: ${failures.reason}`, { automation: schedule.name })
      if (failures?.turnsOff) {
        const { reason } = failures
        const noted = switchEvents(definitions, schedule.name, { isOn: false, by: 'daemon', why: reason })
        await store.commitTick({ ...due, status: 'skipped', reason }, [], { turnsOff: { noted } })
        return
      }
      const standstill = standstillOf(definitions, schedule)
      if (standstill) {
        await this.#hold(due, standstill)
        continue
      }
      this.#held.delete(schedule.name)
      const request = scheduledRun(schedule, at)
      const error = configError(definitions, request)
      if (error) await store.commitTick({ ...due, status: 'failed', reason: error.message, error: error.toJSON() }, [])
      else await store.commitTick({ ...due, status: 'requested', reason: failures?.reason }, [request])
    }
  }

  /** What cannot be fired before the project is mended is told once, and made good then as the catch-up says. */
  async #hold(due: Omit<Tick, 'status'>, error: MillraceError): Promise<void> {
    const said = this.#held.get(due.automation)
    const isNews = due.automationType === 'schedule' && said !== undefined && due.at > said.at
    if (said?.why === error.message && !isNews) return
    const tick = { ...due, status: 'failed', reason: error.message, error: error.toJSON() } as const
    await this.#options.store.commitTick(tick, [], { isHeld: true })
    this.#held.set(due.automation, { at: due.at, why: error.message })
  }

  #isDue(sensor: SensorSpec, state: AutomationState | undefined): boolean {
    if (sensor.webhook || sensor.monitored || this.#looking.has(sensor.name)) return false
    const lastMs = state?.lastTickAt === undefined ? 0 : Date.parse(state.lastTickAt)
    const sinceMs = this.#options.clock.now().getTime() - lastMs
    // One that is still to come is none: some clock was ahead.
    return sinceMs >= sensor.intervalMs || sinceMs < 0
  }

  /** Sensors look side by side, and schedules do not wait for them. */
  #look(definitions: Definitions, sensor: SensorSpec): void {
    const looking = this.#guarded(sensor.name, () => this.#evaluate(definitions, sensor)).finally(() =>
      this.#looking.delete(sensor.name),
    )
    this.#looking.set(sensor.name, looking)
  }

  async #evaluate(definitions: Definitions, sensor: SensorSpec): Promise<void> {
    const { store, clock, signal } = this.#options
    const at = tick(sensor.name, 'sensor', clock.now())
    const broken = brokenPartOfSensor(definitions, sensor.name)
    if (broken) return this.#hold(at, partBroken(broken, `so the sensor ${sensor.name} is not asked`))
    this.#held.delete(sensor.name)
    const state = await store.automationState(sensor.name)
    const from = { cursor: state?.cursor, lastTickAt: state?.lastTickAt }
    const question = { cursor: state?.cursor, signal, delivery: undefined, news: undefined }
    const ask = () => this.#ask(sensor.name, question)
    const answer = await askSensor({ definitions, clock, signal }, sensor, ask)
    const { requests, dynamicPartitions, observed } = answer
    await store.commitTick({ ...at, ...answer.tick }, requests, { dynamicPartitions, from, observed })
  }

  readonly #ask: EvaluateSensor = (name, question) =>
    this.#options.evaluateSensor(name, question).catch((thrown: unknown) => {
      const { kind, retryable } = toMillraceError(thrown)
      if (kind === 'external' && retryable) this.#inVainMs = this.#options.clock.monotonicMs()
      throw thrown
    })

  /** What came while user code could not be asked. Of a webhook that is switched off it waits until that is on again. */
  async #deliver(definitions: Definitions, states: ReadonlyMap<string, AutomationState>): Promise<void> {
    const webhooks = new Map(definitions.sensors.filter(({ webhook }) => webhook).map((one) => [one.name, one]))
    const isOff = (one: SensorSpec) =>
      !isSwitchedOn(one, states.get(one.name)) || brokenPartOfSensor(definitions, one.name) !== undefined
    const off = [...webhooks.values()].filter(isOff).map(({ name }) => name)
    // While a part of the project cannot be read, nobody knows whether a webhook that is missing is gone.
    const from = isKeptWhole(definitions)
      ? { except: off }
      : { only: [...webhooks.keys()].filter((name) => !off.includes(name)) }
    await this.#guarded(
      'Deliveries of webhooks',
      async () => {
        const { store } = this.#options
        for (let done = 0; done < mostDeliveries; done++) {
          const [delivery] = await store.claimDeliveries({ forMs: deliveryHeldMs, most: 1, from })
          if (!delivery) return
          const sensor = webhooks.get(delivery.sensor)
          if (sensor) await evaluateDelivery({ ...this.#options, definitions }, sensor, delivery)
          else await dropDelivery(store, delivery)
        }
      },
      'evaluated',
    )
    this.#delivering = undefined
  }

  async #watchFreshness(definitions: Definitions): Promise<void> {
    const { store, clock } = this.#options
    if (clock.monotonicMs() - this.#watchedMs < watchMs) return
    this.#watchedMs = clock.monotonicMs()
    await this.#guarded('Freshness', () => watchFreshness(store, definitions, clock.now()), 'looked at')
    await this.#guarded('Partitions', () => forgetGonePartitions(store, definitions, clock.now()), 'looked at')
  }

  /** Beside the rounds: of a large store that has just come to us it takes hours. */
  #prune(): void {
    const { store, clock, retention, signal } = this.#options
    if (this.#pruning || clock.monotonicMs() - this.#prunedMs < pruneMs) return
    this.#prunedMs = clock.monotonicMs()
    const daysAgo = (days: number) => new Date(clock.now().getTime() - days * dayMs)
    const limits = {
      logsBefore: daysAgo(retention.logs),
      runsBefore: daysAgo(retention.runs),
      idleTicksBefore: daysAgo(Math.min(idleTickDays, retention.logs)),
    }
    this.#pruning = this.#guarded('What is old', () => store.prune(limits, signal), 'forgotten').finally(() => {
      this.#pruning = undefined
    })
  }
}

/** Why a schedule cannot fire while a part of the project cannot be read. */
function standstillOf(definitions: Definitions, { target }: ScheduleSpec): MillraceError | undefined {
  if (definitions.problems.length === 0) return undefined
  try {
    selectForRun(definitions, target)
    return undefined
  } catch (thrown) {
    const error = toMillraceError(thrown)
    return error.code === 'PROJECT_BROKEN' ? error : undefined
  }
}

function configError(definitions: Definitions, request: RunRequest): MillraceError | undefined {
  try {
    checkConfigOf(definitions, request)
    return undefined
  } catch (thrown) {
    return toMillraceError(thrown)
  }
}

function tick(automation: string, automationType: Tick['automationType'], at: Date): Omit<Tick, 'status'> {
  return { id: newId(), automation, automationType, at: at.toISOString(), runIds: [] }
}
