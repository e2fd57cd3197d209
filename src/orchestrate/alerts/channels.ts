import { type AlertKind, slackText } from './alert.js'
import { type Delivery, type MailSettings, patienceMs } from './delivery.js'
import { mailDelivery } from './mail.js'

export interface AlertSettings {
  /** Is sent each alert as JSON. */
  readonly webhook: string | undefined
  /** A webhook of Slack's, or of what takes the same. */
  readonly slack: string | undefined
  readonly email: MailSettings | undefined
  /** All kinds when left out. */
  readonly on: readonly AlertKind[] | undefined
  /** Also of a failed run that is tried again by itself. */
  readonly eachTry?: boolean | undefined
}

/** Whom to tell, by the name under which it is kept how much they were told. */
export function deliveries({ webhook, slack, email }: AlertSettings): ReadonlyMap<string, Delivery> {
  const found = new Map<string, Delivery>()
  if (webhook) found.set('webhook', (alert) => post(webhook, alert))
  if (slack) found.set('slack', (alert) => post(slack, { text: slackText(alert) }))
  if (email) found.set('email', mailDelivery(email))
  return found
}

async function post(url: string, body: unknown): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    })
    await response.body?.cancel()
    return response.ok ? undefined : `it answered ${response.status}`
  } catch (thrown) {
    const { cause, name } = thrown as { cause?: { code?: string }; name?: string }
    return name === 'TimeoutError'
      ? `it did not answer for ${patienceMs / 1000} s`
      : (cause?.code ?? 'it cannot be reached')
  }
}
