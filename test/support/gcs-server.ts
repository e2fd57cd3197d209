import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Break, type OnRead, sendBody } from './broken-answers.js'

interface StoredObject {
  readonly body: Buffer
  readonly generation: number
  readonly updated: Date
}

interface Answer {
  readonly status?: number
  readonly body?: object | string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  readonly broken?: Break | undefined
}

const error = (status: number, message: string): Answer => ({ status, body: { error: { code: status, message } } })

/**
 * Google Cloud Storage in memory, by its JSON API: a bucket `lake` for one service account, and the same as `open` for everybody. It lists two names a
 * page, so that pages are turned.
 */
export class GcsServer {
  readonly objects = new Map<string, StoredObject>()
  readonly calls: string[] = []
  /** Answers before anything else, where it gives an answer. */
  intercept: ((call: string) => Answer | undefined) | undefined
  /** Is told of each object that somebody wants to read. */
  onRead: OnRead | undefined
  /** Headers of all contents. */
  headers: Readonly<Record<string, string>> = {}
  /** How many tokens were given; only the last one is good. */
  tokens = 0
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  static async start(): Promise<GcsServer> {
    const server = new GcsServer()
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The key file of the account. */
  get keyFile(): string {
    return JSON.stringify({
      type: 'service_account',
      client_email: 'reader@tests.example',
      private_key_id: 'k1',
      private_key: this.#keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      token_uri: `${this.endpoint}/token`,
    })
  }

  put(name: string, content: string | Buffer, updated = new Date('2024-01-01T00:00:00.5Z')): void {
    const generation = (this.objects.get(name)?.generation ?? 1_700_000_000_000_000) + 1
    this.objects.set(name, { body: Buffer.from(content), generation, updated })
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = new URL(request.url ?? '/', this.endpoint)
    const call = `${request.method} ${decodeURIComponent(url.pathname)}`
    this.calls.push(call)
    const {
      status = 200,
      headers,
      body = '',
      broken,
    } = this.intercept?.(call) ??
    (url.pathname === '/token' ? this.#token(Buffer.concat(chunks).toString()) : this.#answer(request, url))
    const bytes = typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body
    response.writeHead(status, { 'content-length': Buffer.byteLength(bytes), ...headers })
    sendBody(response, Buffer.from(bytes), broken)
  }

  #token(body: string): Answer {
    const asked = new URLSearchParams(body)
    const [head = '', claim = '', signature = ''] = (asked.get('assertion') ?? '').split('.')
    const key = createPublicKey(this.#keys.privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const isSigned = verify('RSA-SHA256', Buffer.from(`${head}.${claim}`), key, Buffer.from(signature, 'base64url'))
    const { iss, aud, scope, iat, exp } = JSON.parse(Buffer.from(claim, 'base64url').toString())
    const isRight =
      isSigned &&
      asked.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' &&
      iss === 'reader@tests.example' &&
      aud === `${this.endpoint}/token` &&
      scope === 'https://www.googleapis.com/auth/devstorage.read_only' &&
      exp - iat === 3600
    if (!isRight) return { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } }
    this.tokens++
    return { body: { access_token: `token-number-${this.tokens}`, expires_in: 3599, token_type: 'Bearer' } }
  }

  #answer({ headers }: IncomingMessage, url: URL): Answer {
    const [, bucket = '', name] = /^\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]+))?$/.exec(url.pathname) ?? []
    if (bucket !== 'lake' && bucket !== 'open') return error(404, 'The specified bucket does not exist.')
    if (bucket === 'lake' && headers.authorization !== `Bearer token-number-${this.tokens}`)
      return headers.authorization === undefined
        ? error(401, 'Anonymous caller does not have storage.objects.list access to the Google Cloud Storage bucket.')
        : error(401, 'Invalid Credentials')
    if (name === undefined) return this.#list(url)
    return this.#object(decodeURIComponent(name), url, headers.range)
  }

  #object(name: string, url: URL, range: string | undefined): Answer {
    const isMedia = url.searchParams.get('alt') === 'media'
    const broken = isMedia ? this.onRead?.(name) : undefined
    const found = this.objects.get(name)
    if (!found)
      return isMedia
        ? { status: 404, body: `No such object: lake/${name}` }
        : error(404, `No such object: lake/${name}`)
    if (!isMedia) return { body: told(name, found) }
    const wanted = url.searchParams.get('ifGenerationMatch')
    if (wanted !== null && wanted !== String(found.generation))
      return error(412, 'At least one of the pre-conditions you specified did not hold.')
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    const answered = {
      ...this.headers,
      'x-goog-generation': String(found.generation),
      'last-modified': found.updated.toUTCString(),
    }
    return { status: range === undefined ? 200 : 206, body: found.body.subarray(from), headers: answered, broken }
  }

  #list(url: URL): Answer {
    const prefix = url.searchParams.get('prefix') ?? ''
    const token = Buffer.from(url.searchParams.get('pageToken') ?? '', 'base64').toString()
    const isDeep = url.searchParams.get('delimiter') === null
    const names = [...this.objects.keys()]
      .sort()
      .filter((name) => name.startsWith(prefix) && (isDeep || !name.slice(prefix.length).includes('/')) && name > token)
    const items = names.slice(0, 2).map((name) => told(name, this.objects.get(name) as StoredObject))
    const nextPageToken = names.length > 2 ? Buffer.from(names[1] as string).toString('base64') : undefined
    // An empty page has no `items` at all.
    return { body: { ...(items.length > 0 ? { items } : {}), nextPageToken } }
  }
}

const told = (name: string, { body, generation, updated }: StoredObject) => ({
  name,
  size: String(body.length),
  updated: updated.toISOString(),
  generation: String(generation),
})
