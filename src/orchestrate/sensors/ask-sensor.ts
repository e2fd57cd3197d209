import { type Clock, redact, toMillraceError } from '../../base/index.js'
import type { Definitions, RunRequest, SensorResult, SensorSpec, Tick } from '../contract/index.js'
import { sensorRequests } from './sensor-requests.js'

/** What came of asking: how its tick goes on, and what is written together with it. */
export interface SensorAnswer {
  readonly tick: Pick<Tick, 'status' | 'reason' | 'error' | 'cursor' | 'durationMs'>
  readonly requests: readonly RunRequest[]
  readonly dynamicPartitions?: SensorResult['dynamicPartitions']
  readonly observed?: SensorResult['observed']
}

/**
 * Asks a sensor, or a webhook about a delivery. One that fails, or asks for what there is not, is a failed tick.
 * @throws what is no fault of the sensor: the engine is away for a moment (it starts, or starts again), or we are to stop
 */
export async function askSensor(
  { definitions, clock, signal }: { definitions: Definitions; clock: Clock; signal: AbortSignal },
  sensor: SensorSpec,
  ask: () => Promise<SensorResult>,
): Promise<SensorAnswer> {
  const startedMs = clock.monotonicMs()
  const durationMs = () => clock.monotonicMs() - startedMs
  try {
    const result = await ask()
    const requests = sensorRequests(definitions, sensor, result)
    const { skip, cursor, dynamicPartitions, observed } = result
    const status = requests.length > 0 ? 'requested' : 'skipped'
    return {
      tick: { status, reason: skip && redact(skip), cursor, durationMs: durationMs() },
      requests,
      dynamicPartitions,
      observed,
    }
  } catch (thrown) {
    const error = toMillraceError(thrown)
    if (signal.aborted || (error.kind === 'external' && error.retryable)) throw error
    const tick = { status: 'failed', reason: error.message, error: error.toJSON(), durationMs: durationMs() } as const
    return { tick, requests: [] }
  }
}
