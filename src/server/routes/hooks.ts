import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { FailureBrake, Rates } from '../../access/index.js'
import { newId } from '../../base/index.js'
import {
  type Definitions,
  type Delivery,
  deliveryHeldMs,
  type EvaluateSensor,
  evaluateDelivery,
  isProven,
  isSwitchedOn,
  type SensorSpec,
  type Tick,
  type WebhookSpec,
} from '../../orchestrate/index.js'
import type { Access } from '../access/index.js'
import type { DeliveryAnswer } from '../contract/index.js'
import { serverErrors } from '../errors.js'
import { definitionsOf, type Services } from '../services.js'
import { notFound } from './request.js'

/** Senders wait ten seconds, or five. */
const answeredMs = 4_000
const mostWaiting = 100
const longestId = 200

/**
 * What others tell: a delivery is kept, evaluated and answered with the runs that it starts. It is not asked who calls, but whether they
 * know the secret of the webhook; so this is no call of somebody who has logged in, and takes none of their rights.
 */
export function hookRoutes(services: Services, access: Pick<Access, 'clock' | 'peer'>): Hono {
  const { store, engine, signal } = services
  const { clock } = access
  const rates = new Rates(clock)
  const brake = new FailureBrake({ clock, freeFailures: 20, mostMs: 60_000 })
  const app = new Hono()

  app.post('/hooks/:name', async (c) => {
    const definitions = await definitionsOf(services)
    const sensor = hookOf(definitions, c.req.param('name'))
    const { webhook } = sensor
    const body = Buffer.from(await c.req.arrayBuffer())
    const headers = c.req.header()
    const secret = services.secret(webhook.secret)
    if (secret === undefined || secret === '')
      throw serverErrors.create('SERVER_HOOK_NOT_READY', {
        message: 'This webhook has no secret on this server.',
        hint: 'Who operates it finds what is missing on the Automation page.',
        data: { retryAfter: 60 },
      })
    // Of one webhook only: others share an address with who guesses, such as all that a service sends for its users.
    const sender = `${access.peer(c)} ${sensor.name}`
    const pauseMs = brake.pauseMs(sender)
    if (pauseMs > 0) throw busy('Too many signatures did not hold.', Math.ceil(pauseMs / 1000))
    if (!isProven(webhook.proof, secret, { headers, body }, clock.now())) {
      brake.begin(sender)
      throw notProven()
    }
    if (!rates.take(sensor.name, webhook.maxPerMinute)) throw busy('It takes no more deliveries in this minute.')
    const state = await store.automationState(sensor.name)
    if (!isSwitchedOn(sensor, state))
      throw serverErrors.create('SERVER_HOOK_OFF', {
        message: `The webhook ${sensor.name} is switched off.`,
        hint: 'It is switched on on the Automation page; send again then.',
      })
    const payload = payloadOf(c, body)
    const kept = await store.keepDelivery(
      {
        id: newId(),
        sensor: sensor.name,
        deliveryId: deliveryIdOf(webhook, headers, payload),
        receivedAt: clock.now().toISOString(),
        payload,
        headers: shownHeaders(webhook, headers),
      },
      { forMs: deliveryHeldMs, mostWaiting },
    )
    if (!kept) throw busy(`${mostWaiting} deliveries wait to be looked at.`)
    const { delivery, isNew } = kept
    const tick = isNew ? await evaluated(definitions, sensor, delivery) : delivery.tick
    return c.json(answerOf(delivery, tick, isNew), 202)
  })

  /** Undefined when it takes its time, or user code cannot be asked now: it is kept, and looked at later. */
  async function evaluated(
    definitions: Definitions,
    sensor: SensorSpec,
    delivery: Delivery,
  ): Promise<Tick | undefined> {
    const evaluateSensor: EvaluateSensor = (name, question) => engine.evaluateSensor(name, question)
    // The daemon goes on with what could not be evaluated.
    const attempt = evaluateDelivery({ store, definitions, clock, signal, evaluateSensor }, sensor, delivery).catch(
      () => undefined,
    )
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), answeredMs)
    })
    return Promise.race([attempt, late]).finally(() => clearTimeout(timer))
  }
  return app
}

type Hook = SensorSpec & { readonly webhook: WebhookSpec }

/** @throws SERVER_NOT_FOUND, SERVER_HOOK_NOT_READY while it may only seem to be missing */
function hookOf({ sensors, problems }: Definitions, name: string): Hook {
  const found = sensors.find((one): one is Hook => one.name === name && one.webhook !== undefined)
  if (found) return found
  if (problems.length === 0) throw notFound(`webhook \`${name}\``, 'The Automation page has the address of each.')
  throw serverErrors.create('SERVER_HOOK_NOT_READY', {
    message: 'The project cannot be read at the moment.',
    hint: 'Send it again in a while.',
    data: { retryAfter: 60 },
  })
}

/** The same, whatever was wrong: a hint would help who guesses. */
const notProven = () =>
  serverErrors.create('SERVER_HOOK_SIGNATURE', {
    message: 'The signature does not hold.',
    hint: 'Sign the body as it is sent, with the secret of the webhook, or send that itself where its `sender` says so: see Webhooks in docs/orchestration.md.',
  })

const busy = (message: string, retryAfter = 60) =>
  serverErrors.create('SERVER_HOOK_BUSY', { message, hint: 'Send it again in a minute.', data: { retryAfter } })

/** @throws SERVER_INVALID for what is neither JSON nor a form */
function payloadOf(c: Context, body: Buffer): unknown {
  const text = body.toString('utf8')
  if (text.trim() === '') return null
  const isForm = c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded')
  try {
    if (!isForm) return JSON.parse(text)
    const fields = Object.fromEntries(new URLSearchParams(text))
    // GitHub sends its JSON so, unless it is told otherwise.
    return fields.payload === undefined ? fields : JSON.parse(fields.payload)
  } catch (cause) {
    // What is in the body belongs into no log.
    throw serverErrors.create('SERVER_INVALID', {
      message: 'The body is not JSON.',
      hint: 'Let it be sent as application/json.',
      cause: cause instanceof Error ? cause.name : undefined,
    })
  }
}

/** Of a sender that tells none, each delivery is another one. */
function deliveryIdOf(
  { idHeaders, idField }: WebhookSpec,
  headers: Readonly<Record<string, string>>,
  payload: unknown,
): string {
  const header = idHeaders.map((name) => headers[name]).find((value) => value !== undefined && value !== '')
  const field = idField === undefined ? undefined : (payload as Record<string, unknown> | null)?.[idField]
  const id = header ?? (typeof field === 'string' || typeof field === 'number' ? String(field) : newId())
  const isPlain = id.length <= longestId && /^[\x21-\x7e]+$/.test(id)
  return isPlain ? id : createHash('sha256').update(id).digest('hex')
}

/** What proves something stays here. */
function shownHeaders({ proof }: WebhookSpec, headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = 'header' in proof ? [proof.header] : []
  const hidden = new Set([...own, 'authorization', 'cookie', 'proxy-authorization'])
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !hidden.has(name) && !name.includes('signature') && !name.includes('token'),
    ),
  )
}

function answerOf({ deliveryId }: Delivery, tick: Tick | undefined, isNew: boolean): DeliveryAnswer {
  const status = tick === undefined || tick.status === 'started' ? 'waiting' : tick.status
  return { delivery: deliveryId, status, runIds: [...(tick?.runIds ?? [])], isRepeated: !isNew }
}
