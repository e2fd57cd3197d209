import type { Alert } from './alert.js'

export interface MailSettings {
  /** `smtp://user:password@host:587`, `smtps://…` */
  readonly smtp: string
  readonly from: string
  readonly to: readonly string[]
}

/** Tells of an alert; answers what went wrong, without the address: whoever knows that of a webhook may send to it. */
export type Delivery = (alert: Alert) => Promise<string | undefined>

/** So long an address may take to answer. */
export const patienceMs = 10_000
