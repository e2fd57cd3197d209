import type { z } from 'zod'
import type { ConfigSchema } from '../authoring/config.js'
import type { WithResources } from '../authoring/define.js'
import { invalid, requireFunction } from '../authoring/require.js'
import { type NoResources, type Resources, requireResources } from '../authoring/resource.js'
import type { SensorAnswer, SensorContext, WebhookSensor } from '../authoring/sensor.js'
import type { Target } from '../authoring/target.js'
import { type OwnSender, type SenderName, senderOf, senders } from './senders.js'

/** What came, and what code can use to look at it. */
export interface WebhookContext<Payload = unknown> extends Omit<SensorContext, 'cursor'> {
  /** The body. */
  readonly payload: Payload
  /** By their names in small letters, without those that prove something. */
  readonly headers: Readonly<Record<string, string>>
  /** Of the sender: the same when it sends it again. */
  readonly deliveryId: string
  readonly receivedAt: Date
}

type PayloadOf<S extends ConfigSchema | undefined> = S extends ConfigSchema ? z.core.output<S> : unknown

export interface WebhookOptions<S extends ConfigSchema | undefined = undefined, R extends Resources = NoResources> {
  /** What a delivery starts, unless `evaluate` says something else. */
  readonly target: Target
  /** The name of an environment variable of the server, which holds the secret. */
  readonly secret: string
  /** Who sends: `github` (also for others that sign as GitHub does), `stripe`, `bearer` … or one's own way. */
  readonly sender?: SenderName | OwnSender
  /** What a body has to be. */
  readonly payload?: S
  readonly resources?: R
  /** How many deliveries are taken in a minute. */
  readonly maxPerMinute?: number
  readonly description?: string
  readonly on?: boolean
  /** Says what a delivery starts; without it each starts `target` once. */
  evaluate?(
    context: WithResources<WebhookContext<PayloadOf<S>>, R>,
  ): Promise<Omit<SensorAnswer, 'cursor'>> | Omit<SensorAnswer, 'cursor'>
}

const usualPerMinute = 120

export function webhook<S extends ConfigSchema | undefined = undefined, R extends Resources = NoResources>(
  options: WebhookOptions<S, R>,
): WebhookSensor {
  const { secret, sender = 'github', evaluate, maxPerMinute = usualPerMinute, target } = options
  if (typeof secret !== 'string' || !/^[A-Za-z_]\w*$/.test(secret))
    throw invalid(
      'webhook(…) has no secret.',
      "Name the environment variable that holds it, not the secret itself: secret: 'SHOP_WEBHOOK_SECRET'.",
    )
  const known = senderOf(sender)
  if (!known)
    throw invalid(
      `Of the sender ${JSON.stringify(sender)} nobody knows how it signs.`,
      `There are ${Object.keys(senders).join(', ')}; or say it: sender: { signature: 'X-Signature' }, sender: { token: 'X-Token' }.`,
    )
  if (!Number.isInteger(maxPerMinute) || maxPerMinute < 1)
    throw invalid('maxPerMinute of webhook(…) is no number of deliveries.', 'For example: maxPerMinute: 600.')
  if (evaluate !== undefined) requireFunction('webhook(…)', 'evaluate', evaluate)
  requireResources('webhook(…)', options.resources)
  if (options.payload !== undefined && !('_zod' in options.payload))
    throw invalid(
      'The payload of webhook(…) is no schema of zod 4.',
      'For example: payload: z.object({ id: z.number() }).',
    )
  return {
    target,
    description: options.description ?? 'Waits for deliveries',
    on: options.on ?? true,
    resources: options.resources,
    payload: options.payload,
    webhook: { secret, ...known, isEvaluated: evaluate !== undefined || options.payload !== undefined, maxPerMinute },
    evaluate: (evaluate ?? (() => ({ runs: [{}] }))) as WebhookSensor['evaluate'],
  }
}
