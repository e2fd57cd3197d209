import { type Clock, errorFromJson, newId } from '../../base/index.js'
import { brokenPartOfSensor, partBroken } from '../assets/broken-parts.js'
import type {
  Definitions,
  Delivery,
  DeliveryContent,
  EvaluateSensor,
  OrchestrateStore,
  SensorResult,
  SensorSpec,
  Tick,
} from '../contract/index.js'
import { askSensor } from '../sensors/ask-sensor.js'

export interface DeliveryAround {
  readonly store: Pick<OrchestrateStore, 'commitTick' | 'holdDelivery'>
  readonly definitions: Definitions
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Only asked where the webhook has code. */
  readonly evaluateSensor: EvaluateSensor
}

/** So long a delivery belongs to who keeps or claims it; who evaluates it says so again and again. */
export const deliveryHeldMs = 30_000
const sayEveryMs = 10_000
/** Before it is tried once more. */
const pauseMs = 2_000

/**
 * Makes a tick with its runs of a delivery that was kept or claimed for `deliveryHeldMs`, once, however often this is tried. It stays
 * with us for as long as that takes, also while it stands in line.
 * @throws where user code cannot be asked now: the delivery waits, and is anybody's
 */
export async function evaluateDelivery(
  around: DeliveryAround,
  sensor: SensorSpec,
  delivery: Delivery,
): Promise<Tick | undefined> {
  const { store, signal } = around
  const hold = (forMs: number) => store.holdDelivery(delivery.id, forMs).catch(() => {})
  // The store's own clock says when it is free, which no clock of a test turns forward.
  const holding = setInterval(() => hold(deliveryHeldMs), sayEveryMs)
  try {
    return await tickOf(around, sensor, delivery)
  } catch (error) {
    await hold(signal.aborted ? 0 : pauseMs)
    throw error
  } finally {
    clearInterval(holding)
  }
}

async function tickOf(around: DeliveryAround, sensor: SensorSpec, delivery: Delivery): Promise<Tick | undefined> {
  const { store, signal, evaluateSensor } = around
  const { webhook } = sensor
  const broken = brokenPartOfSensor(around.definitions, sensor.name)
  if (broken) throw partBroken(broken, `so deliveries of ${sensor.name} wait`)
  const tick = newTick(delivery)
  const also = { delivery: delivery.id }
  const [header, value] = webhook?.ping ?? []
  if (header !== undefined && delivery.headers[header] === value)
    return store.commitTick({ ...tick, status: 'skipped', reason: 'a ping of the sender' }, [], also)
  const ask = async (): Promise<SensorResult> => {
    const question = { cursor: undefined, signal, delivery: contentOf(delivery), news: undefined }
    const { runs, skip, dynamicPartitions } = webhook?.isEvaluated
      ? await evaluateSensor(sensor.name, question)
      : { runs: [{}] }
    return { runs: runs.map((run, i) => ownRun(run, i, delivery)), skip, dynamicPartitions }
  }
  const answer = await askSensor(around, sensor, ask)
  // The file has just broken, and nobody knows yet: it waits like all that come later.
  if (answer.tick.error?.code === 'DEFINITIONS_INVALID') throw errorFromJson(answer.tick.error)
  const reason = answer.tick.reason ?? `delivery ${delivery.deliveryId}`
  const durationMs = webhook?.isEvaluated ? answer.tick.durationMs : undefined
  const { requests, dynamicPartitions } = answer
  return store.commitTick({ ...tick, ...answer.tick, reason, durationMs }, requests, { ...also, dynamicPartitions })
}

const newTick = ({ sensor, receivedAt }: Delivery) =>
  ({ id: newId(), automation: sensor, automationType: 'sensor', at: receivedAt, runIds: [] }) as const

const contentOf = ({ deliveryId, receivedAt, payload, headers }: Delivery): DeliveryContent => ({
  deliveryId,
  receivedAt,
  payload,
  headers,
})

type AnsweredRun = SensorResult['runs'][number]

/** A delivery that is sent, or looked at, once more starts nothing again. */
const ownRun = (run: AnsweredRun, i: number, { deliveryId }: Delivery): AnsweredRun => ({
  ...run,
  key: run.key ?? (i === 0 ? deliveryId : `${deliveryId} ${i}`),
  tags: { delivery: deliveryId, ...run.tags },
})

/** One whose webhook is no longer there. */
export const dropDelivery = (
  store: Pick<OrchestrateStore, 'commitTick'>,
  delivery: Delivery,
): Promise<Tick | undefined> =>
  store.commitTick({ ...newTick(delivery), status: 'failed', reason: 'The project has this webhook no more.' }, [], {
    delivery: delivery.id,
  })
