import type { Tick } from './automation.js'

/** What came with a delivery, as user code is given it. */
export interface DeliveryContent {
  /** Of the sender: the same when it sends it again. */
  readonly deliveryId: string
  readonly receivedAt: string
  readonly payload: unknown
  /** Without those that prove something. */
  readonly headers: Readonly<Record<string, string>>
}

/** A delivery that was kept before anything was made of it. */
export interface Delivery extends DeliveryContent {
  readonly id: string
  readonly sensor: string
  /** What was made of it. */
  readonly tick?: Tick | undefined
}

export type NewDelivery = Omit<Delivery, 'tick'>
