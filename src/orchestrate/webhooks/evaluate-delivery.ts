import { newId, toMillraceError } from '../../base/index.js'
import { checkConfigOf } from '../config/check-run-config.js'
import type {
  Definitions,
  Delivery,
  DeliveryContent,
  OrchestrateStore,
  RunRequest,
  SensorResult,
  SensorSpec,
  Tick,
} from '../contract/index.js'
import { sensorRequests } from '../sensors/sensor-requests.js'

export interface DeliveryAround {
  readonly store: Pick<OrchestrateStore, 'commitTick'>
  readonly definitions: Definitions
  /** Asks user code; only where the webhook has some. */
  readonly evaluate: (delivery: DeliveryContent) => Promise<SensorResult>
}

/**
 * Makes a tick with its runs of a delivery, once, however often this is tried.
 * @throws where user code cannot be asked now: the delivery waits
 */
export async function evaluateDelivery(
  around: DeliveryAround,
  sensor: SensorSpec,
  delivery: Delivery,
): Promise<Tick | undefined> {
  const { store, definitions, evaluate } = around
  const { webhook } = sensor
  const startedMs = performance.now()
  const tick = {
    id: newId(),
    automation: sensor.name,
    automationType: 'sensor',
    at: delivery.receivedAt,
    runIds: [],
  } as const
  const also = { delivery: delivery.id }
  const [header, value] = webhook?.ping ?? []
  if (header !== undefined && delivery.headers[header] === value)
    return store.commitTick({ ...tick, status: 'skipped', reason: 'a ping of the sender' }, [], also)
  let result: SensorResult
  let requests: RunRequest[]
  try {
    result = webhook?.isEvaluated ? await evaluate(contentOf(delivery)) : { runs: [{}] }
    requests = sensorRequests(sensor, { ...result, runs: result.runs.map((run, i) => ownRun(run, i, delivery)) })
    for (const request of requests) checkConfigOf(definitions, request)
  } catch (thrown) {
    const error = toMillraceError(thrown)
    if (error.code === 'ABORTED' || (error.kind === 'external' && error.retryable)) throw error
    const durationMs = performance.now() - startedMs
    const failed = { ...tick, status: 'failed', reason: error.message, error: error.toJSON(), durationMs } as const
    return store.commitTick(failed, [], also)
  }
  const status = requests.length > 0 ? 'requested' : 'skipped'
  const reason = result.skip ?? `delivery ${delivery.deliveryId}`
  const durationMs = webhook?.isEvaluated ? performance.now() - startedMs : undefined
  const { dynamicPartitions } = result
  return store.commitTick({ ...tick, status, reason, durationMs }, requests, { ...also, dynamicPartitions })
}

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
  store: DeliveryAround['store'],
  { id, sensor, receivedAt }: Delivery,
): Promise<Tick | undefined> =>
  store.commitTick(
    {
      id: newId(),
      automation: sensor,
      automationType: 'sensor',
      at: receivedAt,
      status: 'failed',
      reason: 'The project has this webhook no more.',
      runIds: [],
    },
    [],
    { delivery: id },
  )
