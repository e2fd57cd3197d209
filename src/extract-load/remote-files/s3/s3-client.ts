import type { Clock, MillraceError } from '../../../base/index.js'
import { type Answer, connectionProblem, openAnswer } from '../open-answer.js'
import { adviceOf, type RetryAdvice, withRetries } from '../with-retries.js'
import { percentEncoded, type S3Credentials, signedHeaders, type UnsignedRequest } from './sign-request.js'
import { textIn } from './xml-texts.js'

/** Which bucket, and who asks. */
export interface S3Bucket {
  readonly bucket: string
  readonly region: string
  /** Of a server that is not Amazon's: `http://minio:9000`. */
  readonly endpoint?: string | undefined
  /** Undefined: nobody in particular; the bucket must be public. */
  readonly credentials: S3Credentials | undefined
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
}

export interface S3Options extends S3Bucket {
  /** How long the server may be silent, also while something is sent to it. */
  readonly timeoutMs: number
  /** What the credentials need; ends a sentence. */
  readonly neededRights: string
  /** What is thrown; it takes over the advice as its `data`. */
  readonly errorOf: (problem: S3Problem) => MillraceError
}

/** Why a bucket does not do what it is asked for. */
export interface S3Problem {
  readonly type: 'unreachable' | 'denied' | 'no bucket' | 'failed'
  /** Ends a sentence. */
  readonly what: string
  readonly hint: string
  /** Of the object that was asked for, where it was one. */
  readonly key: string | undefined
  readonly advice: RetryAdvice
  readonly cause?: unknown
}

interface S3Call {
  readonly method: UnsignedRequest['method']
  /** Undefined: of the bucket itself. */
  readonly key?: string | undefined
  readonly query?: Readonly<Record<string, string>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: Uint8Array<ArrayBuffer> | undefined
}

export interface S3Answer {
  readonly headers: Headers
  readonly body: Buffer<ArrayBuffer>
}

/** A condition among the headers of a call does not hold: the object is another one by now. */
export class S3ConditionFailed extends Error {}

const nothing = new Uint8Array(0)

/** Asks a bucket by S3's own protocol. */
export class S3Client {
  readonly #options: S3Options
  #region: string

  constructor(options: S3Options) {
    this.#options = options
    this.#region = options.region
  }

  /** Asks until there is an answer, a few times. Undefined where there is no such object. @throws S3ConditionFailed, `errorOf` */
  async call(call: S3Call): Promise<S3Answer | undefined> {
    return withRetries(this.#options, async () => {
      const answer = await this.open(call)
      if (!answer) return undefined
      const body = await answer.bytes().catch((error) => {
        throw this.lost(error, call.key)
      })
      return { headers: answer.response.headers, body }
    })
  }

  /** Asks once; the caller reads the body or closes it. Undefined where there is no such object. @throws S3ConditionFailed, `errorOf` */
  async open(call: S3Call, isAgain = false): Promise<Answer | undefined> {
    const answer = await this.#send(call)
    const { status, headers } = answer.response
    if (status < 300) return answer
    const body = await answer.text().catch(() => '')
    const code = textIn(body, 'Code')
    const region = headers.get('x-amz-bucket-region') ?? textIn(body, 'Region')
    if (!isAgain && isElsewhere(status) && region && region !== this.#region && /^[a-z0-9-]+$/.test(region)) {
      this.#region = region
      return this.open(call, true)
    }
    // 416: a part was asked for that lies behind the end.
    if (status === 412 || status === 416 || code === 'ConditionalRequestConflict') throw new S3ConditionFailed(code)
    const isNoObject = code !== 'NoSuchBucket' && code !== 'NoSuchUpload' && call.key !== undefined
    if (status === 404 && isNoObject) return undefined
    throw this.#refusal(answer.response, { code, message: textIn(body, 'Message'), key: call.key })
  }

  /** What is thrown where the connection broke; the caller's own abort stays as it is. */
  lost(error: unknown, key: string | undefined): unknown {
    const { signal, timeoutMs, errorOf } = this.#options
    if (signal?.aborted) return error
    const { what, hint } = connectionProblem(error, timeoutMs)
    return errorOf({ type: 'unreachable', what, hint, key, advice: { isPermanent: false }, cause: error })
  }

  #urlOf({ key, query = {} }: S3Call): URL {
    const { bucket, endpoint } = this.#options
    // A name with a dot is in no certificate; servers of one's own rarely have a name for each bucket.
    const isPath = endpoint !== undefined || bucket.includes('.')
    const base = endpoint ?? `https://${isPath ? '' : `${bucket}.`}s3.${this.#region}.amazonaws.com`
    const path = [...(isPath ? [bucket] : []), ...(key === undefined ? [] : key.split('/'))].map(percentEncoded)
    const asked = Object.entries(query).map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    return new URL(`${base.replace(/\/+$/, '')}/${path.join('/')}${asked.length > 0 ? `?${asked.join('&')}` : ''}`)
  }

  async #send(call: S3Call): Promise<Answer> {
    const { credentials, clock } = this.#options
    const { method, headers: asked = {}, body = nothing } = call
    const url = this.#urlOf(call)
    const signing = { region: this.#region, now: clock.now() }
    const headers = credentials ? signedHeaders({ method, url, headers: asked, body }, credentials, signing) : asked
    // It is the address's, and fetch writes it itself.
    const { host: _, ...sent } = headers as Record<string, string>
    const isSending = method === 'PUT' || method === 'POST'
    const request = { method, headers: sent, redirect: 'manual', ...(isSending ? { body } : {}) } as const
    try {
      return await openAnswer(url, request, this.#options)
    } catch (error) {
      throw this.lost(error, call.key)
    }
  }

  #refusal(
    response: Response,
    { code, message, key }: { code: string | undefined; message: string | undefined; key: string | undefined },
  ): MillraceError {
    const { errorOf } = this.#options
    const { status } = response
    const advice = adviceOf(response)
    const said = [code, message].filter(Boolean).join(': ')
    const isGone = code === 'NoSuchBucket' || (status === 404 && key === undefined)
    return errorOf({
      type: isGone ? 'no bucket' : isDenied(status, code) ? 'denied' : 'failed',
      what: `the server answered ${status}${said === '' ? '' : ` ${said}`}`,
      hint: isGone ? 'Make the bucket, or correct its name in `path`.' : this.#hintOf(status, code),
      key,
      advice: { ...advice, isPermanent: advice.isPermanent && code !== 'RequestTimeout' },
    })
  }

  #hintOf(status: number, code: string | undefined): string {
    const { credentials, neededRights } = this.#options
    if (code === 'RequestTimeTooSkewed') return 'The clock of this machine is wrong. Set it.'
    if (code === 'InvalidObjectState') return 'The object lies in an archive. Restore it first, or move it elsewhere.'
    if (isElsewhere(status) && !isDenied(status, code))
      return 'Correct `region` and `endpoint` below `s3`: the bucket may lie elsewhere.'
    if (isDenied(status, code))
      return credentials
        ? `Correct \`access_key_id\` and \`secret_access_key\` below \`s3\`, or give this key the right to ${neededRights}.`
        : 'Nobody signed in, and the bucket is not public: set `access_key_id` and `secret_access_key` below `s3`.'
    return status < 500
      ? 'Look up what the server says.'
      : 'The server has a problem or is busy. Run the sync again later.'
  }
}

/** What S3 answers where the bucket lies in another region, among other things. */
const isElsewhere = (status: number) => status === 301 || status === 307 || status === 400

const isDenied = (status: number, code = '') =>
  status === 401 || status === 403 || code === 'ExpiredToken' || code === 'InvalidToken'
