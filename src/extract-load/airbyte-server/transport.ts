import type { z } from 'zod'
import { type Clock, registerSecret } from '../../base/index.js'
import { type Answer, openAnswer } from '../remote-files/open-answer.js'
import { withRetries } from '../remote-files/with-retries.js'
import { type AirbyteAddresses, airbyteAddresses } from './addresses.js'
import {
  type AirbyteCredentials,
  lastingAuthorization,
  registerCredentials,
  tokenAnswer,
  usableMs,
} from './credentials.js'
import { refusal, strange, tooLarge, unreachable } from './transport-errors.js'

export interface AirbyteServerOptions {
  /** As the project calls it. */
  readonly name: string
  /** Of its page. */
  readonly url: string
  readonly credentials: AirbyteCredentials
  readonly clock: Clock
  /** How long it may be silent. */
  readonly timeoutMs?: number | undefined
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** Whoever waits wants to know at once that there is no answer. */
  readonly once?: boolean | undefined
}

/** Of a list each element is sent on its own. */
export type AirbyteQuery = Readonly<Record<string, string | number | readonly string[] | undefined>>

export interface AirbyteCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly api: 'rest' | 'configuration'
  /** Begins with a slash. */
  readonly path: string
  readonly query?: AirbyteQuery | undefined
  readonly body?: object | undefined
  /** A longer answer is not read to its end. */
  readonly mostBytes?: number | undefined
}

const defaultTimeoutMs = 60_000

/** Asks a server of Airbyte over HTTP, as somebody. */
export class AirbyteTransport {
  readonly addresses: AirbyteAddresses
  readonly #options: AirbyteServerOptions
  readonly #timeoutMs: number
  readonly #lasting: string | undefined
  #token: { readonly text: string; readonly endsAtMs: number } | undefined
  /** Who asks while it goes on waits for the same one. */
  #renewal: Promise<string> | undefined

  constructor(options: AirbyteServerOptions) {
    this.#options = options
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs
    this.addresses = airbyteAddresses(options.url)
    registerCredentials(options.credentials)
    this.#lasting = lastingAuthorization(options.credentials)
  }

  /** What does no harm when it is asked twice: asked until there is an answer, a few times. @throws AIRBYTE_… */
  ask<Schema extends z.ZodType>(call: AirbyteCall, schema: Schema, options: CallOptions): Promise<z.output<Schema>> {
    return this.#again(options, () => this.askOnce(call, schema, options))
  }

  askText(call: AirbyteCall, options: CallOptions): Promise<string> {
    return this.#again(options, () => this.#text(call, options))
  }

  #again<T>({ signal, once }: CallOptions, attempt: () => Promise<T>): Promise<T> {
    return once ? attempt() : withRetries({ clock: this.#options.clock, signal }, attempt)
  }

  /**
   * Whoever gets no answer does not know whether it was done. Only a refusal of the token, which comes before anything is done, is
   * answered with another one. @throws AIRBYTE_…
   */
  async askOnce<Schema extends z.ZodType>(
    call: AirbyteCall,
    schema: Schema,
    options: CallOptions,
  ): Promise<z.output<Schema>> {
    return this.#parsed(call, await this.#text(call, options), schema)
  }

  async #text(call: AirbyteCall, options: CallOptions): Promise<string> {
    const authorization = await this.#authorization(options)
    let answer = await this.#send(call, authorization, options)
    if (answer.response.status === 401 && this.#options.credentials.type === 'application') {
      // It may have ended early: of a server that was started again, for example.
      answer.close()
      if (`Bearer ${this.#token?.text}` === authorization) this.#token = undefined
      answer = await this.#send(call, await this.#authorization(options), options)
    }
    return this.#read(call, answer, options)
  }

  async #read(call: AirbyteCall, answer: Answer, options: CallOptions): Promise<string> {
    const { response } = answer
    if (response.status < 300) {
      const text = await textWithin(answer, call.mostBytes).catch((error) => this.#lost(call, error, options))
      if (text === undefined) throw tooLarge(this.#options, nameOf(call), call.mostBytes ?? 0)
      return text
    }
    throw refusal(this.#options, nameOf(call), response, await answer.text().catch(() => ''))
  }

  async #send(call: AirbyteCall, authorization: string | undefined, options: CallOptions): Promise<Answer> {
    const { method, api, path, query = {}, body } = call
    const url = new URL(`${this.addresses[api]}${path}`)
    for (const [name, value] of Object.entries(query))
      for (const one of Array.isArray(value) ? value : [value])
        if (one !== undefined) url.searchParams.append(name, String(one))
    const headers = {
      accept: 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    // Whoever is sent on would come as somebody else, or with another method.
    const request = { method, headers, redirect: 'manual', ...(body && { body: JSON.stringify(body) }) } as const
    return openAnswer(url, request, { timeoutMs: this.#timeoutMs, signal: options.signal }).catch((error) =>
      this.#lost(call, error, options),
    )
  }

  /** The caller's own abort stays as it is. */
  #lost(call: AirbyteCall, error: unknown, { signal }: CallOptions): never {
    if (signal?.aborted) throw error
    throw unreachable(this.#options, nameOf(call), error, this.#timeoutMs)
  }

  #parsed<Schema extends z.ZodType>(call: AirbyteCall, text: string, schema: Schema): z.output<Schema> {
    const found = schema.safeParse(asJson(text))
    if (found.success) return found.data
    const [issue] = found.error.issues
    const where = issue?.path.join('.') ?? ''
    throw strange(
      this.#options,
      nameOf(call),
      asJson(text) === undefined ? 'it is no JSON' : `\`${where}\`: ${issue?.message ?? 'not valid'}`,
    )
  }

  async #authorization({ signal }: CallOptions): Promise<string | undefined> {
    if (this.#options.credentials.type !== 'application') return this.#lasting
    const nowMs = this.#options.clock.monotonicMs()
    if (this.#token && this.#token.endsAtMs > nowMs) return `Bearer ${this.#token.text}`
    // Others wait for the same one, so it does not end with who began it.
    this.#renewal ??= this.#renew(this.#options.credentials).finally(() => {
      this.#renewal = undefined
    })
    const token = await abortable(this.#renewal, signal)
    return `Bearer ${token}`
  }

  /** Once: what it was for is asked again as a whole. */
  async #renew({ clientId, clientSecret }: AirbyteCredentials & { type: 'application' }): Promise<string> {
    const askedAtMs = this.#options.clock.monotonicMs()
    const call: AirbyteCall = {
      method: 'POST',
      api: 'rest',
      path: '/applications/token',
      body: { client_id: clientId, client_secret: clientSecret, 'grant-type': 'client_credentials' },
    }
    const text = await this.#read(call, await this.#send(call, undefined, {}), {})
    const answer = this.#parsed(call, text, tokenAnswer)
    registerSecret(answer.access_token)
    this.#token = { text: answer.access_token, endsAtMs: askedAtMs + usableMs(answer) }
    return answer.access_token
  }
}

const nameOf = ({ method, path }: AirbyteCall) => `${method} ${path}`

/** Undefined of a longer one, whose rest is left where it is. */
async function textWithin(answer: Answer, mostBytes = Number.POSITIVE_INFINITY): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of answer.body()) {
    bytes += chunk.length
    if (bytes > mostBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whoever gives up does not wait for what others still want. */
function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason)
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end))
  })
}
