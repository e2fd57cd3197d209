import { type Clock, isAbort, type MillraceError, plainXmlText } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import { StoreConflict } from '../recorded/record-store.js'
import { percentEncoded, type S3Credentials, signedHeaders, type UnsignedRequest } from './sign-request.js'

export interface S3Bucket {
  readonly bucket: string
  readonly region: string
  /** Of a server that is not Amazon's: `http://minio:9000`. */
  readonly endpoint?: string | undefined
  readonly credentials: S3Credentials
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
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
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer<ArrayBuffer>
}

/** Pauses before the second, third and fourth attempt. */
const pausesMs = [500, 2_000, 8_000]
/** For a part of the largest size on a slow line. */
const timeoutMs = 300_000

const nothing = new Uint8Array(0)

/** Asks a bucket by S3's own protocol. */
export class S3Client {
  readonly #bucket: S3Bucket

  constructor(bucket: S3Bucket) {
    this.#bucket = bucket
  }

  /** Undefined where there is no such object. @throws DESTINATION_FILES_FAILED; StoreConflict where a condition of its headers does not hold */
  async call(call: S3Call): Promise<S3Answer | undefined> {
    for (let attempt = 0; ; attempt++)
      try {
        return await this.#attempt(call)
      } catch (error) {
        const pauseMs = pausesMs[attempt]
        const { clock, signal } = this.#bucket
        if (pauseMs === undefined || signal?.aborted || (error as MillraceError).data?.isPermanent !== false)
          throw error
        await clock.sleep(pauseMs, { signal })
      }
  }

  #urlOf({ key, query = {} }: S3Call): URL {
    const { bucket, region, endpoint } = this.#bucket
    // A name with a dot is in no certificate; servers of one's own rarely have a name for each bucket.
    const isPath = endpoint !== undefined || bucket.includes('.')
    const base = endpoint ?? `https://${isPath ? '' : `${bucket}.`}s3.${region}.amazonaws.com`
    const path = [...(isPath ? [bucket] : []), ...(key === undefined ? [] : key.split('/'))].map(percentEncoded)
    const asked = Object.entries(query).map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    return new URL(`${base.replace(/\/+$/, '')}/${path.join('/')}${asked.length > 0 ? `?${asked.join('&')}` : ''}`)
  }

  async #attempt(call: S3Call): Promise<S3Answer | undefined> {
    const { credentials, region, clock, signal } = this.#bucket
    const { method, headers: asked = {}, body = nothing } = call
    const url = this.#urlOf(call)
    const headers = signedHeaders({ method, url, headers: asked, body }, credentials, { region, now: clock.now() })
    // It is the address's, and fetch writes it itself.
    const { host: _, ...sent } = headers
    const limit = AbortSignal.timeout(timeoutMs)
    let answer: S3Answer
    try {
      const response = await fetch(url, {
        method,
        headers: sent,
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
        ...(method === 'PUT' || method === 'POST' ? { body } : {}),
      })
      answer = {
        status: response.status,
        headers: response.headers,
        body: Buffer.from(await response.arrayBuffer()),
      }
    } catch (error) {
      if (signal?.aborted && isAbort(error)) throw error
      const { cause } = error as Error
      throw this.#failure(`the server cannot be reached: ${cause instanceof Error ? cause.message : String(error)}`, {
        hint: 'Correct `endpoint` and `region` below `s3`, or try again when the server can be reached.',
        isPermanent: false,
        cause: error,
      })
    }
    if (answer.status < 300) return answer
    const code = textIn(answer.body.toString(), 'Code')
    if (answer.status === 412 || code === 'ConditionalRequestConflict') throw new StoreConflict(code)
    if (answer.status === 404 && code !== 'NoSuchBucket' && code !== 'NoSuchUpload') return undefined
    throw this.#refusal(answer, code)
  }

  #refusal({ status, body }: S3Answer, code: string | undefined) {
    const said = [code, textIn(body.toString(), 'Message')].filter(Boolean).join(': ')
    return this.#failure(`the server answered ${status}${said === '' ? '' : ` ${said}`}`, {
      hint: hintOf(status, code),
      isPermanent: status < 500 && status !== 429 && status !== 408 && code !== 'RequestTimeout',
    })
  }

  #failure(what: string, { hint, isPermanent, cause }: { hint: string; isPermanent: boolean; cause?: unknown }) {
    return extractLoadErrors.create('DESTINATION_FILES_FAILED', {
      message: `The bucket \`${this.#bucket.bucket}\` cannot be used: ${what}`,
      hint,
      data: { isPermanent },
      cause,
    })
  }
}

function hintOf(status: number, code: string | undefined): string {
  if (code === 'NoSuchBucket') return 'Make the bucket, or correct its name in `path`.'
  if (code === 'RequestTimeTooSkewed') return 'The clock of this machine is wrong. Set it.'
  if (status === 301 || status === 307 || code === 'AuthorizationHeaderMalformed')
    return 'The bucket lies in another region: correct `region` below `s3`.'
  if (status === 401 || status === 403)
    return 'Correct `access_key_id` and `secret_access_key` below `s3`, or give this key the right to list, read, write and delete below `path`.'
  return status < 500
    ? 'Look up what the server says.'
    : 'The server has a problem or is busy. Run the sync again later.'
}

/** The texts of all elements of a name. Answers of S3 are too plain to need more. */
export const textsIn = (xml: string, element: string): string[] =>
  [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, text = '']) => plainXmlText(text))

export const textIn = (xml: string, element: string): string | undefined => textsIn(xml, element)[0]
