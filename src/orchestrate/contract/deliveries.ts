import type { SensorResult, Tick } from './automation.js'
import type { SensorNews } from './sensor-news.js'

/** What came with a delivery, as user code is given it. */
export interface DeliveryContent {
  /** Of the sender: the same when it sends it again. */
  readonly deliveryId: string
  readonly receivedAt: string
  readonly payload: unknown
  /** Without those that prove something. */
  readonly headers: Readonly<Record<string, string>>
}

/** What a sensor is asked. All of it is named, so that who hands it on leaves nothing out. */
export interface SensorQuestion {
  /** As it answered last. */
  readonly cursor: unknown
  readonly signal: AbortSignal | undefined
  /** What a webhook was told. */
  readonly delivery: DeliveryContent | undefined
  /** What happened that it is told of. */
  readonly news: SensorNews | undefined
}

/** User code runs in the engine; who fires sensors only asks for the answer. */
export type EvaluateSensor = (name: string, question: SensorQuestion) => Promise<SensorResult>

/** A delivery that was kept before anything was made of it. */
export interface Delivery extends DeliveryContent {
  readonly id: string
  readonly sensor: string
  /** What was made of it. */
  readonly tick?: Tick | undefined
}

export type NewDelivery = Omit<Delivery, 'tick'>
