import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { signedHeaders } from '../../src/extract-load/remote-files/s3/sign-request.js'
import { type Break, type OnRead, sendBody } from './broken-answers.js'

export const s3Credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'a-secret-of-the-tests' }

interface Upload {
  readonly key: string
  readonly parts: Map<number, Buffer>
}

interface Request {
  readonly method: string
  readonly url: URL
  readonly bucket: string
  readonly key: string
  readonly body: Buffer
  readonly headers: IncomingMessage['headers']
}

interface Answer {
  readonly status?: number
  readonly body?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  readonly broken?: Break | undefined
}

const error = (status: number, code: string): Answer => ({
  status,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>said the server</Message></Error>`,
})
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&#39;')
const etag = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`

/**
 * A bucket `lake` in memory that takes only what is signed rightly, and the same as `open` for everybody. It lists two names a page, so that pages
 * are turned.
 */
export class S3Server {
  readonly objects = new Map<string, Buffer>()
  /** When objects were written, where that is not the usual time. */
  readonly times = new Map<string, Date>()
  /** Where the bucket lies: who asks for another region is sent there. */
  region: string | undefined
  /** Is told of each object that somebody wants to read. */
  onRead: OnRead | undefined
  /** What it was asked: `PUT s/s.parquet`. */
  readonly calls: string[] = []
  /** Which beginnings were listed, with `/` behind them where folders below were left out. */
  readonly lists: string[] = []
  /** Headers of all objects. */
  headers: Readonly<Record<string, string>> = {}
  /** Answers before anything else, where it gives an answer. */
  intercept: ((call: string) => Answer | undefined) | undefined
  readonly #uploads = new Map<string, Upload>()
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  static async start(): Promise<S3Server> {
    const server = new S3Server()
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get names(): string[] {
    return [...this.objects.keys()].sort()
  }

  /** Uploads in parts that were neither completed nor given up. */
  get openUploads(): number {
    return this.#uploads.size
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    const [, bucket = '', ...rest] = url.pathname.split('/')
    const key = rest.map(decodeURIComponent).join('/')
    const asked = {
      method: request.method ?? '',
      url,
      bucket,
      key,
      body: Buffer.concat(chunks),
      headers: request.headers,
    }
    const call = `${asked.method} ${key}`
    this.calls.push(call)
    const answer =
      this.intercept?.(call) ??
      this.#elsewhere(asked) ??
      (isSigned(asked) || bucket === 'open' ? this.#answer(asked) : refusal(asked))
    const { status = 200, headers = {}, body = '', broken } = answer
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers })
    sendBody(response, Buffer.from(body), broken)
  }

  #elsewhere({ headers }: Request): Answer | undefined {
    const asked = /Credential=[^/]+\/\d{8}\/([^/]+)\//.exec(headers.authorization ?? '')?.[1]
    return this.region === undefined || asked === undefined || asked === this.region
      ? undefined
      : { ...error(301, 'PermanentRedirect'), headers: { 'x-amz-bucket-region': this.region } }
  }

  #answer({ method, url, bucket, key, body, headers }: Request): Answer {
    if (bucket !== 'lake' && bucket !== 'open') return error(404, 'NoSuchBucket')
    const uploadId = url.searchParams.get('uploadId')
    if (method === 'GET' && key === '') return this.#list(url)
    if (method === 'POST' && url.searchParams.has('uploads')) return this.#begin(key)
    if (uploadId !== null) return this.#part(method, uploadId, { url, body })
    if (method === 'PUT') {
      const held = this.objects.get(key)
      const wanted = headers['if-match']
      if ((headers['if-none-match'] === '*' && held) || (wanted !== undefined && (!held || etag(held) !== wanted)))
        return error(412, 'PreconditionFailed')
      this.objects.set(key, body)
      return { headers: { etag: etag(body) } }
    }
    if (method === 'DELETE') {
      this.objects.delete(key)
      return { status: 204 }
    }
    const broken = method === 'GET' ? this.onRead?.(key) : undefined
    const found = this.objects.get(key)
    if (!found) return error(404, 'NoSuchKey')
    const told = { ...this.headers, etag: etag(found), 'last-modified': this.#timeOf(key).toUTCString() }
    if (method === 'HEAD') return { headers: { ...told, 'content-length': String(found.length) } }
    const wanted = headers['if-match']
    if (wanted !== undefined && wanted !== etag(found)) return error(412, 'PreconditionFailed')
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? []
    if (from === undefined) return { body: found, headers: told, broken }
    const part = found.subarray(Number(from), to === '' ? undefined : Number(to) + 1)
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${found.length}`
    return { status: 206, body: part, headers: { ...told, 'content-range': range }, broken }
  }

  #timeOf(key: string): Date {
    return this.times.get(key) ?? new Date('2024-01-01T00:00:00Z')
  }

  #list(url: URL): Answer {
    const prefix = url.searchParams.get('prefix') ?? ''
    const token = url.searchParams.get('continuation-token') ?? ''
    const isDeep = url.searchParams.get('delimiter') === null
    this.lists.push(`${prefix}${isDeep ? '' : ' /'}`)
    const names = this.names.filter(
      (name) => name.startsWith(prefix) && (isDeep || !name.slice(prefix.length).includes('/')) && name > token,
    )
    const page = names.slice(0, 2)
    const next = names.length > 2 ? `<NextContinuationToken>${escaped(page[1] ?? '')}</NextContinuationToken>` : ''
    const contents = page.map((name) => {
      const body = this.objects.get(name) ?? Buffer.alloc(0)
      const told = `<LastModified>${this.#timeOf(name).toISOString()}</LastModified><ETag>&quot;${etag(body).slice(1, -1)}&quot;</ETag>`
      return `<Contents><Key>${escaped(name)}</Key>${told}<Size>${body.length}</Size></Contents>`
    })
    return { body: `<ListBucketResult>${contents.join('')}${next}</ListBucketResult>` }
  }

  #begin(key: string): Answer {
    const id = `upload-${this.#uploads.size + 1}&+`
    this.#uploads.set(id, { key, parts: new Map() })
    return {
      body: `<InitiateMultipartUploadResult><UploadId>${escaped(id)}</UploadId></InitiateMultipartUploadResult>`,
    }
  }

  #part(method: string, id: string, { url, body }: Pick<Request, 'url' | 'body'>): Answer {
    const upload = this.#uploads.get(id)
    if (!upload) return error(404, 'NoSuchUpload')
    if (method === 'PUT') {
      upload.parts.set(Number(url.searchParams.get('partNumber')), body)
      return { headers: { etag: etag(body) } }
    }
    this.#uploads.delete(id)
    if (method === 'DELETE') return { status: 204 }
    const parts = [...upload.parts].sort(([a], [b]) => a - b)
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)</g)].map(([, n, tag]) => [
      n,
      tag,
    ])
    if (JSON.stringify(named) !== JSON.stringify(parts.map(([n, part]) => [String(n), etag(part)])))
      return { body: '<Error><Code>InvalidPart</Code></Error>' }
    this.objects.set(upload.key, Buffer.concat(parts.map(([, part]) => part)))
    return { body: '<CompleteMultipartUploadResult/>' }
  }
}

const refusal = ({ headers }: Request): Answer =>
  headers.authorization === undefined ? error(403, 'AccessDenied') : error(403, 'SignatureDoesNotMatch')

/** Whether the signature is the one that these headers and this body have. */
function isSigned({ method, url, headers, body }: Request): boolean {
  const sent = headers.authorization
  if (sent === undefined) return false
  const [, region = '', names = ''] =
    /Credential=AKIATEST\/\d{8}\/([^/]+)\/s3\/aws4_request,SignedHeaders=([^,]+)/.exec(sent) ?? []
  const own = ['host', 'x-amz-content-sha256', 'x-amz-date']
  const signed = Object.fromEntries(
    names
      .split(';')
      .filter((name) => !own.includes(name))
      .map((name) => [name, String(headers[name])]),
  )
  const time = String(headers['x-amz-date']).replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5')
  const expected = signedHeaders({ method: method as 'GET', url, headers: signed, body }, s3Credentials, {
    region,
    now: new Date(time),
  })
  return expected.authorization === sent
}
