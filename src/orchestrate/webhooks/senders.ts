import type { WebhookProof, WebhookSpec } from '../contract/index.js'

type Sender = Pick<WebhookSpec, 'proof' | 'idHeaders' | 'idField' | 'ping'>

/** Of senders that have no name of their own for it. */
const usualIds = ['idempotency-key', 'x-idempotency-key', 'x-delivery-id', 'x-request-id']

const hmac = (header: string, changes: Partial<Extract<WebhookProof, { type: 'hmac' }>> = {}): WebhookProof => ({
  type: 'hmac',
  header,
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: '',
  ...changes,
})

/** What those who send webhooks do, in their own words. */
export const senders = {
  // https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
  github: {
    proof: hmac('x-hub-signature-256', { prefix: 'sha256=' }),
    idHeaders: ['x-github-delivery', ...usualIds],
    ping: ['x-github-event', 'ping'],
  },
  // https://docs.gitlab.com/user/project/integrations/webhooks/
  gitlab: {
    proof: { type: 'token', header: 'x-gitlab-token' },
    idHeaders: ['idempotency-key', 'x-gitlab-event-uuid'],
  },
  // https://docs.stripe.com/webhooks/signature
  stripe: { proof: { type: 'stripe' }, idHeaders: [], idField: 'id' },
  // https://shopify.dev/docs/apps/build/webhooks/subscribe/https
  shopify: {
    proof: hmac('x-shopify-hmac-sha256', { encoding: 'base64' }),
    idHeaders: ['x-shopify-event-id', 'x-shopify-webhook-id'],
  },
  // https://github.com/standard-webhooks/standard-webhooks
  standard: { proof: { type: 'standard' }, idHeaders: ['webhook-id', 'svix-id'] },
  bearer: { proof: { type: 'token', header: 'authorization', scheme: 'Bearer' }, idHeaders: usualIds },
} as const satisfies Readonly<Record<string, Sender>>

export type SenderName = keyof typeof senders

/** One that has its own way. */
export type OwnSender =
  | {
      /** The header with a signature of the body. */
      readonly signature: string
      readonly algorithm?: 'sha1' | 'sha256' | 'sha512'
      readonly encoding?: 'hex' | 'base64'
      /** What stands before the signature: `sha256=`. */
      readonly prefix?: string
      readonly deliveryId?: string
    }
  | {
      /** The header that has the secret itself. */
      readonly token: string
      readonly deliveryId?: string
    }

export function senderOf(sender: SenderName | OwnSender): Sender | undefined {
  if (typeof sender === 'string') return Object.hasOwn(senders, sender) ? senders[sender] : undefined
  const { deliveryId } = sender
  const idHeaders = deliveryId === undefined ? usualIds : [deliveryId.toLowerCase()]
  if ('token' in sender) return { proof: { type: 'token', header: sender.token.toLowerCase() }, idHeaders }
  const { signature, deliveryId: _, ...changes } = sender
  return { proof: hmac(signature.toLowerCase(), changes), idHeaders }
}
