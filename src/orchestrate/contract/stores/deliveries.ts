import type { Delivery, NewDelivery } from '../deliveries.js'

/** Deliveries of webhooks: kept before anything is made of them, so that none is lost. */
export interface DeliveryStore {
  /**
   * Keeps one, which belongs to who keeps it for so long; answers the one that was kept before where the sender sends it again, and undefined
   * where so many of its sensor wait already.
   */
  keepDelivery(
    delivery: NewDelivery,
    limits: { readonly forMs: number; readonly mostWaiting: number },
  ): Promise<{ readonly delivery: Delivery; readonly isNew: boolean } | undefined>
  /**
   * Takes some that wait and belong to nobody now, the oldest first.
   * @param from the webhooks whose deliveries are wanted: these, or all others
   */
  claimDeliveries(limits: {
    readonly forMs: number
    readonly most: number
    readonly from: { readonly only: readonly string[] } | { readonly except: readonly string[] }
  }): Promise<Delivery[]>
  /** One that waits belongs to who has it for so long from now on, and is anybody's then. */
  holdDelivery(id: string, forMs: number): Promise<void>
}
