import { z } from 'zod'
import { type Clock, type MillraceError, registerSecret } from '../../../../base/index.js'
import { type Answer, connectionProblem, openAnswer } from '../../../remote-files/open-answer.js'
import { adviceOf, withRetries } from '../../../remote-files/with-retries.js'
import type { RemoteProblem } from '../remote/remote-error.js'
import { type ServiceAccount, signedClaim } from './service-account.js'

export interface GcsProblem extends RemoteProblem {
  /** Of the object that was asked for, where it was one. */
  readonly object: string | undefined
}

export interface GcsOptions {
  readonly bucket: string
  readonly endpoint: string
  /** Undefined: nobody in particular; the bucket must be public. */
  readonly account: ServiceAccount | undefined
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs: number
  readonly errorOf: (problem: GcsProblem) => MillraceError
}

interface GcsCall {
  /** Undefined: the objects of the bucket. */
  readonly object?: string | undefined
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly headers?: Readonly<Record<string, string>>
}

/** The object is of another generation by now. */
export class GcsConditionFailed extends Error {}

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number().default(3600) })
/** A token is renewed so long before it ends. */
const marginMs = 60_000

/** Asks for the objects of a bucket by the JSON API of Google Cloud Storage. */
export class GcsClient {
  readonly #options: GcsOptions
  #token: { readonly text: string; readonly endsAtMs: number } | undefined
  /** Who asks while it goes on waits for the same one. */
  #renewal: Promise<string> | undefined

  constructor(options: GcsOptions) {
    this.#options = options
  }

  /** Asks until there is an answer, a few times. Undefined where there is no such object. @throws `errorOf` */
  async ask<Schema extends z.ZodType>(call: GcsCall, schema: Schema): Promise<z.output<Schema> | undefined> {
    return withRetries(this.#options, async () => {
      const answer = await this.open(call)
      const text = await answer?.text().catch((error) => {
        throw this.lost(error, call.object)
      })
      return text === undefined ? undefined : this.#parsed(text, schema, call.object)
    })
  }

  /** Asks once; the caller reads the body or closes it. Undefined where there is no such object. @throws GcsConditionFailed, `errorOf` */
  async open(call: GcsCall): Promise<Answer | undefined> {
    const token = await this.#tokenText()
    let answer = await this.#send(call, token)
    if (answer.response.status === 401 && token !== undefined) {
      // It may have ended early.
      answer.close()
      if (this.#token?.text === token) this.#token = undefined
      answer = await this.#send(call, await this.#tokenText())
    }
    const { status } = answer.response
    if (status < 300) return answer
    const said = messageIn(await answer.text().catch(() => ''))
    if (status === 412 || status === 416) throw new GcsConditionFailed(said)
    // A bucket that is not there is told of an object in it as well.
    if (status === 404 && call.object !== undefined && !/bucket does not exist/i.test(said)) return undefined
    throw this.#refusal(answer.response, said, call.object)
  }

  /** What is thrown where the connection broke; the caller's own abort stays as it is. */
  lost(error: unknown, object: string | undefined): unknown {
    const { signal, timeoutMs, errorOf } = this.#options
    if (signal?.aborted) return error
    const { what, hint } = connectionProblem(error, timeoutMs)
    return errorOf({ type: 'unreachable', what, hint, object, advice: { isPermanent: false }, cause: error })
  }

  async #send({ object, query = {}, headers = {} }: GcsCall, token: string | undefined): Promise<Answer> {
    const { endpoint, bucket } = this.#options
    const place = object === undefined ? '' : `/${encodeURIComponent(object)}`
    const url = new URL(`${endpoint.replace(/\/+$/, '')}/storage/v1/b/${encodeURIComponent(bucket)}/o${place}`)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value)
    const sent = { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
    return this.#openAnswer(url, { headers: sent }, object)
  }

  async #openAnswer(url: string | URL, request: RequestInit, object: string | undefined): Promise<Answer> {
    try {
      return await openAnswer(url, request, this.#options)
    } catch (error) {
      throw this.lost(error, object)
    }
  }

  async #tokenText(): Promise<string | undefined> {
    const { account, clock } = this.#options
    if (!account) return undefined
    const now = clock.now()
    if (this.#token && this.#token.endsAtMs - marginMs > now.getTime()) return this.#token.text
    this.#renewal ??= this.#renew(account, now).finally(() => {
      this.#renewal = undefined
    })
    return this.#renewal
  }

  async #renew(account: ServiceAccount, now: Date): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: signedClaim(account, now),
    })
    const answer = await this.#openAnswer(account.tokenAddress, { method: 'POST', body }, undefined)
    const text = await answer.text().catch((error) => {
      throw this.lost(error, undefined)
    })
    if (!answer.response.ok) throw this.#loginRefusal(answer.response, account, messageIn(text))
    const { access_token: token, expires_in: seconds } = this.#parsed(text, tokenAnswer, undefined)
    registerSecret(token)
    this.#token = { text: token, endsAtMs: now.getTime() + seconds * 1000 }
    return token
  }

  #parsed<Schema extends z.ZodType>(text: string, schema: Schema, object: string | undefined): z.output<Schema> {
    const parsed = schema.safeParse(jsonIn(text))
    if (parsed.success) return parsed.data
    throw this.#options.errorOf({
      type: 'failed',
      what: 'the server answered something else than Google Cloud Storage does',
      hint: 'Correct `endpoint` below `gcs`, or leave it out.',
      object,
      advice: { isPermanent: true },
    })
  }

  #refusal(response: Response, said: string, object: string | undefined): MillraceError {
    const { status } = response
    const { account, errorOf } = this.#options
    const isDenied = status === 401 || status === 403
    return errorOf({
      type: isDenied ? 'denied' : status === 404 ? 'no bucket' : 'failed',
      what: `the server answered ${status}${said === '' ? '' : ` ${said}`}`,
      hint: isDenied
        ? account
          ? `Give ${account.email} the right to list and read the objects of the bucket (Storage Object Viewer).`
          : 'Nobody signed in, and the bucket is not public: set `service_account_json` below `gcs`.'
        : hintOf(status),
      object,
      advice: adviceOf(response),
    })
  }

  #loginRefusal(response: Response, { email, tokenAddress }: ServiceAccount, said: string): MillraceError {
    const { status } = response
    const isOurs = status >= 400 && status < 500 && status !== 429
    return this.#options.errorOf({
      type: isOurs ? 'denied' : 'failed',
      what: `${email} could not sign in: ${tokenAddress} answered ${status}${said === '' ? '' : ` ${said}`}`,
      hint: isOurs
        ? 'Make a new key of the service account and set `service_account_json` below `gcs` to its JSON; where it is right, the clock of this machine may be wrong.'
        : hintOf(status),
      object: undefined,
      advice: adviceOf(response),
    })
  }
}

const hintOf = (status: number) =>
  status < 500 ? 'Look up what the server says.' : 'The server has a problem or is busy. Run the sync again later.'

const errorAnswer = z.object({
  error: z.union([z.string(), z.object({ message: z.string() })]),
  error_description: z.string().optional(),
})
const shownCharacters = 300

/** What an answer says in words: of the API, of signing in, or of a download, where it is a plain text. */
function messageIn(text: string): string {
  const { data } = errorAnswer.safeParse(jsonIn(text))
  if (!data) return /^\s*[<{]/.test(text) ? '' : text.trim().slice(0, shownCharacters)
  const { error, error_description: description } = data
  return typeof error === 'string' ? [error, description].filter(Boolean).join(': ') : error.message
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
