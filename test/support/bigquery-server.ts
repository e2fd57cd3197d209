import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { dirname } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import {
  type BigQueryWarehouseOptions,
  bigQueryLiteral,
  openBigQuery,
  withConnection,
} from '../../src/warehouse/index.js'
import { CancellableJobs } from './bigquery-endless-jobs.js'
import { forwarded, recordableWrites } from './bigquery-recorded-writes.js'
import { serveWrites } from './bigquery-write-server.js'

/** What was answered to the requests that are alike, in their order; `«0»` stands for what differs at every run. */
type Exchanges = Record<string, Answer[]>

/** An emulator; with the first one what it answers is kept: see scripts/golden/bigquery.sh. */
const recorded = process.env.MILLRACE_TEST_BIGQUERY_RECORD
const emulator = recorded ?? process.env.MILLRACE_TEST_BIGQUERY_EMULATOR
/** A project on Google Cloud that is for such tests only: what they make there goes. MILLRACE_TEST_BIGQUERY_KEYFILE says who asks. */
const realProject = process.env.MILLRACE_TEST_BIGQUERY_PROJECT
const keyfile = process.env.MILLRACE_TEST_BIGQUERY_KEYFILE
const ownDatasets = ['main', 's', 'raw', 'shop', '_millrace']

/**
 * A server that answers as an emulator of BigQuery has answered once, so that the real client is tested without it. A query with
 * `/* endless *\/` is a job that runs until it is cancelled, which the emulator has not.
 * @param file the exchanges, below test/golden/bigquery
 */
export function bigQueryOfFile(file: string) {
  const path = new URL(`../golden/bigquery/${file}.json`, import.meta.url).pathname
  let url = ''
  let storageUrl = ''
  let close = async () => {}
  let opened = 0
  let test = ''
  beforeAll(async () => {
    const server = emulator ? new Recorder(path, emulator) : new Player(path)
    ;({ url, storageUrl, close } = await server.listen())
  })
  afterAll(() => close())
  return {
    get url() {
      return url
    },
    /** Google's own service, which can more than the emulator. */
    isReal: realProject !== undefined,
    /** An empty project with a dataset `main`, which is another one in each test. */
    async project(): Promise<BigQueryWarehouseOptions & { readonly project: string }> {
      if (realProject !== undefined) return emptied(realProject)
      const { currentTestName = '' } = expect.getState()
      if (currentTestName !== test) [test, opened] = [currentTestName, 0]
      const name = createHash('sha1').update(`${currentTestName} ${opened++}`).digest('hex').slice(0, 8)
      const project = `p-${name}`
      await fetch(`${url}/bigquery/v2/projects/${project}/datasets`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ datasetReference: { projectId: project, datasetId: 'main' } }),
      })
      return {
        login: { kind: 'token', token: 'of a test' },
        project,
        dataset: 'main',
        apiEndpoint: url,
        storageApiEndpoint: storageUrl,
        location: 'US',
      }
    },
  }
}

async function emptied(project: string) {
  const login = keyfile === undefined ? ({ kind: 'default' } as const) : ({ kind: 'keyfile', path: keyfile } as const)
  const options = { login, project, location: process.env.MILLRACE_TEST_BIGQUERY_LOCATION ?? 'US' }
  const warehouse = await openBigQuery(options)
  await withConnection(warehouse, async (connection) => {
    for (const name of ownDatasets)
      await connection.query(`drop schema if exists ${warehouse.quoteIdentifier(name)} cascade`)
    await connection.query('create schema main')
  })
  return { ...options, dataset: 'main' }
}

export interface Asked {
  readonly method: string
  readonly url: string
  readonly text: string
  /** Asks the emulator, where that is not done by HTTP. */
  readonly forward?: () => Promise<Answer>
}
export type Answer = readonly [status: number, body: unknown]

/** What differs at every run, beside the names of jobs. */
const random =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{3,6}(?:\+00:00|Z)?|__dbt_tmp_?[0-9a-z]{8,}|_airbyte_in_[0-9a-f]{8}(?:_[0-9a-f]{8})?|_millrace_check_[0-9a-z-]+/gi
const jobName = /millrace_[0-9a-f]{32}/

abstract class Server {
  readonly #endless = new CancellableJobs()

  protected abstract answer(asked: Asked): Promise<Answer>
  protected end(): void {}
  /** Who answers calls of the Storage Write API, where somebody does. */
  protected forward(): ReturnType<typeof forwarded> | undefined {
    return undefined
  }

  async listen(): Promise<{
    readonly url: string
    readonly storageUrl: string
    readonly close: () => Promise<void>
  }> {
    const server = createServer((request, response) => void this.#serve(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const writes = await serveWrites(recordableWrites((asked) => this.answer(asked), this.forward()))
    return {
      url: `http://127.0.0.1:${port}`,
      storageUrl: writes.url,
      close: async () => {
        this.end()
        writes.close()
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const type = request.headers['content-type'] ?? ''
    const bytes = Buffer.concat(pieces)
    const asked = {
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      text: bytes.toString(type.includes('json') ? 'utf8' : 'latin1'),
      type,
      bytes,
    }
    let answer: Answer
    try {
      answer = (await this.#endless.answer(asked)) ?? noSessions(asked) ?? (await this.answer(asked))
    } catch (error) {
      answer = [
        400,
        { error: { code: 400, message: String(error), errors: [{ reason: 'invalid', message: String(error) }] } },
      ]
    }
    response.writeHead(answer[0], { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer[1]))
  }
}

/** The emulator names sessions, and then lets everybody into the same one. */
function noSessions({ text }: Asked): Answer | undefined {
  if (!text.includes('"createSession":true')) return undefined
  const message = 'Sessions are not served here.'
  return [400, { error: { code: 400, message, errors: [{ reason: 'invalid', message }] } }]
}

/** Requests that are alike: without their job, and with what differs at every run in the order in which it came. */
class Likeness {
  readonly #tokens: string[] = []

  hide(text: string): string {
    return text.replace(random, (token) => {
      if (!this.#tokens.includes(token)) this.#tokens.push(token)
      return `«${this.#tokens.indexOf(token)}»`
    })
  }
  /** Only what a request has named before. */
  hideKnown(text: string): string {
    return text.replace(random, (token) => (this.#tokens.includes(token) ? `«${this.#tokens.indexOf(token)}»` : token))
  }
  show(text: string): string {
    return text.replace(/«(\d+)»/g, (sign, n: string) => this.#tokens[Number(n)] ?? sign)
  }
}

/** The key of a request, and the job that it names. */
function keyOf({ method, url, text }: Asked, jobKeys: ReadonlyMap<string, string>) {
  const job = jobName.exec(url)?.[0] ?? jobName.exec(text)?.[0]
  const known = job === undefined ? undefined : jobKeys.get(job)
  const body = text.includes('multipart') || url.startsWith('/upload') ? (/\{.*\}/.exec(text)?.[0] ?? '') : text
  const key = [method, url.replace(/[?&](?:timeoutMs|prettyPrint)=\w+/g, ''), body].filter(Boolean).join(' ')
  return { job, key: job === undefined ? key : key.replaceAll(job, known ?? 'JOB') }
}

class Player extends Server {
  readonly #exchanges: Exchanges
  readonly #told = new Map<string, number>()
  readonly #jobKeys = new Map<string, string>()
  readonly #likenesses = new Map<string, Likeness>()

  constructor(path: string) {
    super()
    this.#exchanges = existsSync(path) ? readGolden(path) : {}
  }

  protected async answer(asked: Asked): Promise<Answer> {
    const likeness = likenessOf(this.#likenesses, asked)
    const { job, key: written } = keyOf(asked, this.#jobKeys)
    const key = likeness.hide(written)
    const answers = this.#exchanges[key]
    if (!answers) throw new Error(`Nobody has recorded what is answered to ${key}`)
    const nth = Math.min(this.#told.get(key) ?? 0, answers.length - 1)
    this.#told.set(key, nth + 1)
    const [status, body] = answers[nth] as Answer
    const isNew = asked.method === 'POST' && job !== undefined && !this.#jobKeys.has(job)
    if (isNew) this.#jobKeys.set(job, jobKey(key, nth))
    const text = likeness.show(JSON.stringify(body)).replaceAll('JOB', job ?? 'JOB')
    return [status, JSON.parse(text)]
  }
}

class Recorder extends Server {
  readonly #exchanges: Exchanges = {}
  readonly #path: string
  readonly #emulator: string
  readonly #jobKeys = new Map<string, string>()
  readonly #likenesses = new Map<string, Likeness>()

  constructor(path: string, emulator: string) {
    super()
    this.#path = path
    this.#emulator = emulator
  }

  protected async answer(asked: Asked & { readonly type?: string; readonly bytes?: Buffer }): Promise<Answer> {
    const { method, forward } = asked
    const answer = forward ? await forward() : await this.#fetch(asked)
    const likeness = likenessOf(this.#likenesses, asked)
    const { job, key: written } = keyOf(asked, this.#jobKeys)
    const key = likeness.hide(written)
    const body = JSON.parse(likeness.hideKnown(JSON.stringify(answer[1])).replaceAll(job ?? 'JOB', 'JOB')) as unknown
    this.#exchanges[key] ??= []
    const answers = this.#exchanges[key]
    if (method === 'POST' && job !== undefined && !this.#jobKeys.has(job))
      this.#jobKeys.set(job, jobKey(key, answers.length))
    answers.push([answer[0], body])
    return answer
  }

  async #fetch({ method, url, text, bytes, type }: Asked & { readonly type?: string; readonly bytes?: Buffer }) {
    const response = await fetch(`${this.#emulator}${url}`, {
      method,
      headers: { ...(type ? { 'content-type': type } : {}), authorization: 'Bearer of a test' },
      ...(bytes && bytes.length > 0 ? { body: new Uint8Array(withValues(text, bytes)) } : {}),
    })
    const answered = await response.text()
    return [response.status, answered === '' ? {} : shortened(JSON.parse(answered))] as const
  }

  /** The emulator's port for gRPC is ten further: see scripts/golden/bigquery.sh. */
  protected override forward() {
    const url = new URL(this.#emulator)
    return forwarded(`http://${url.hostname}:${Number(url.port) + 10}`)
  }

  protected override end(): void {
    if (recorded === undefined) return
    mkdirSync(dirname(this.#path), { recursive: true })
    const oracle = 'bqemulator 1.4.0 (PyPI) with duckdb 1.5.5; recorded by scripts/golden/bigquery.sh'
    writeGolden(this.#path, oracle, this.#exchanges)
  }
}

/** The emulator knows no parameters in scripts: what has names there is written into the text for it. */
function withValues(text: string, bytes: Buffer): Buffer {
  if (!text.includes('"parameterMode":"NAMED"')) return bytes
  const body = JSON.parse(text)
  const { query, queryParameters } = body.configuration.query
  const literals = new Map<string, string>(
    queryParameters.map((one: { name: string; parameterType: { type: string }; parameterValue: { value: string } }) => {
      const { value } = one.parameterValue
      return [`@${one.name}`, one.parameterType.type === 'INT64' ? value : bigQueryLiteral(value)]
    }),
  )
  const written = query.replace(/@p\d+\b/g, (name: string) => literals.get(name) ?? name)
  const { queryParameters: _, parameterMode: __, ...rest } = body.configuration.query
  return Buffer.from(
    JSON.stringify({ ...body, configuration: { ...body.configuration, query: { ...rest, query: written } } }),
  )
}

const jobKey = (key: string, nth: number) => `J${createHash('sha1').update(`${key} ${nth}`).digest('hex').slice(0, 10)}`

function likenessOf(known: Map<string, Likeness>, { url }: Asked): Likeness {
  const project = /projects\/([^/]+)/.exec(url)?.[1] ?? ''
  const likeness = known.get(project) ?? new Likeness()
  known.set(project, likeness)
  return likeness
}

/** Without what only repeats the request, and without the sessions that the emulator names and does not have. */
function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shortened)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key, item]) => {
    if (['etag', 'selfLink', 'kind', 'sessionInfo', 'creationTime', 'startTime', 'endTime'].includes(key)) return false
    return !(key === 'query' && typeof item === 'string')
  })
  return Object.fromEntries(kept.map(([key, item]) => [key, shortened(item)]))
}

/** Many answers are the same: each stands there once, on a line. */
interface Golden {
  readonly oracle: string
  readonly answers: readonly Answer[]
  readonly exchanges: Readonly<Record<string, readonly number[]>>
}

function readGolden(path: string): Exchanges {
  const { answers, exchanges } = JSON.parse(readFileSync(path, 'utf8')) as Golden
  return Object.fromEntries(
    Object.entries(exchanges).map(([key, numbers]) => [key, numbers.map((n) => answers[n] as Answer)]),
  )
}

function writeGolden(path: string, oracle: string, exchanges: Exchanges): void {
  const numbers = new Map<string, number>()
  const numberOf = (answer: Answer) => {
    const text = JSON.stringify(answer)
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    return number
  }
  const lines = Object.entries(exchanges).map(([key, answers]) => `${JSON.stringify(key)}: [${answers.map(numberOf)}]`)
  const answers = [...numbers.keys()].join(',\n')
  writeFileSync(
    path,
    `{"oracle": ${JSON.stringify(oracle)},\n"answers": [\n${answers}\n],\n"exchanges": {\n${lines.join(',\n')}\n}}\n`,
  )
}
