import { createHmac, timingSafeEqual } from 'node:crypto'
import type { WebhookProof } from '../contract/index.js'

/** A signature that names its time holds for so long: what somebody recorded cannot be sent again later. */
const toleranceMs = 5 * 60_000

export interface SentDelivery {
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** Whether who sent this knows the secret. How long it takes to find out tells nothing about the secret. */
export function isProven(proof: WebhookProof, secret: string, { headers, body }: SentDelivery, now: Date): boolean {
  switch (proof.type) {
    case 'token': {
      const given = headers[proof.header] ?? ''
      const { scheme } = proof
      if (scheme === undefined) return isSame(given, secret)
      const [first = '', ...rest] = given.trim().split(/\s+/)
      return first.toLowerCase() === scheme.toLowerCase() && isSame(rest.join(' '), secret)
    }
    case 'hmac': {
      const given = headers[proof.header] ?? ''
      const signature = createHmac(proof.algorithm, secret).update(body).digest(proof.encoding)
      return given.startsWith(proof.prefix) && isSame(given.slice(proof.prefix.length), signature)
    }
    case 'stripe': {
      const parts = (headers['stripe-signature'] ?? '').split(',').map((part) => part.trim().split('='))
      const time = parts.find(([name]) => name === 't')?.[1]
      const signature = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex')
      return isRecent(time, now) && parts.some(([name, given = '']) => name === 'v1' && isSame(given, signature))
    }
    case 'standard': {
      const header = (name: string) => headers[`webhook-${name}`] ?? headers[`svix-${name}`]
      const time = header('timestamp')
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
      const signature = createHmac('sha256', key)
        .update(`${header('id')}.${time}.`)
        .update(body)
        .digest('base64')
      const given = (header('signature') ?? '').split(' ').map((part) => part.split(','))
      return isRecent(time, now) && given.some(([version, value = '']) => version === 'v1' && isSame(value, signature))
    }
  }
}

/** @param seconds since 1970 */
const isRecent = (seconds: string | undefined, now: Date) =>
  /^\d+$/.test(seconds ?? '') && Math.abs(now.getTime() - Number(seconds) * 1000) <= toleranceMs

function isSame(given: string, expected: string): boolean {
  // Of one length, whatever was given: only that may be compared in constant time.
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
