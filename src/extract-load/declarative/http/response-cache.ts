import type { HttpRequest, HttpResponse } from '../component-contract.js'
import { type ResponseHead, wholeResponse } from './response.js'

interface KeptResponse {
  readonly head: ResponseHead
  readonly body: Uint8Array
}

/** Responses that several streams ask for: those of a parent, as a rule. */
export interface ResponseCache {
  get(request: HttpRequest): HttpResponse | undefined
  /** Keeps what may be kept. */
  set(request: HttpRequest, response: HttpResponse): Promise<void>
}

/** Of all responses together; the oldest go first. */
const maxBytes = 256 * 1024 ** 2

/** Where the caches of a source are shared. */
export const responseCachesKey = Symbol('response caches')

/** The caches of one source, one for each stream whose responses are kept. */
export class ResponseCaches {
  readonly #kept = new Map<string, KeptResponse>()
  #sizeBytes = 0

  /** @param name of the stream: those of another one are not seen, as with the CDK */
  for(name: string): ResponseCache {
    return {
      get: (request) => {
        const kept = this.#kept.get(keyOf(name, request))
        return kept && wholeResponse(kept.head, kept.body)
      },
      set: async (request, response) => {
        // What the CDK keeps: GET and 200.
        if (request.method !== 'GET' || response.status !== 200) return
        // Only what was sent: what somebody made of it would be as large again, and is not counted.
        const { request: asked, url, status, headers, headerNames } = response
        const head = { request: asked, url, status, headers, headerNames }
        this.#keep(keyOf(name, request), { head, body: await response.bytes() })
      },
    }
  }

  #keep(key: string, kept: KeptResponse): void {
    if (sizeOf(kept) > maxBytes / 2) return
    this.#drop(key)
    this.#kept.set(key, kept)
    this.#sizeBytes += sizeOf(kept)
    for (const oldest of this.#kept.keys()) {
      if (this.#sizeBytes <= maxBytes) return
      this.#drop(oldest)
    }
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key)
    if (kept) this.#sizeBytes -= sizeOf(kept)
    this.#kept.delete(key)
  }
}

/** With some room for the head. */
const sizeOf = ({ body }: KeptResponse): number => body.length + 1000

/** By all that was asked but who asked: a token may have been renewed. */
function keyOf(name: string, { method, url, headers, body }: HttpRequest): string {
  const asked = headers
    .filter(([header]) => !/^(?:authorization|cookie)$/i.test(header))
    .map(([header, value]) => `${header.toLowerCase()}: ${value}`)
    .sort()
  // What follows a second `?` belongs to the query.
  const [, address = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(url) ?? []
  const text = typeof body === 'string' ? body : body ? Buffer.from(body).toString('base64') : ''
  return JSON.stringify([name, method, address, query.split('&').sort(), asked, text])
}
