import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ScriptedStream {
  readonly name: string
  readonly namespace?: string
  readonly syncMode?: string
}

export interface ScriptedConnection {
  readonly connectionId: string
  name: string
  status: string
  schedule: { scheduleType: string; cronExpression?: string; basicTiming?: string }
  namespaceDefinition?: string
  namespaceFormat?: string
  prefix?: string
  streams: readonly ScriptedStream[]
}

export interface ScriptedJob {
  readonly jobId: number
  readonly connectionId: string
  readonly jobType: string
  status: string
  readonly startTime: string
  lastUpdatedAt: string
  rows: number
  bytes: number
  attempts: ScriptedAttempt[]
}

export interface ScriptedAttempt {
  readonly id: number
  status: string
  streamStats?: readonly {
    readonly streamName: string
    readonly streamNamespace?: string
    readonly rows: number
    readonly bytes: number
  }[]
  failures?: readonly object[]
  lines?: readonly string[]
  events?: readonly object[]
  /** By stream: `COMPLETE`, `INCOMPLETE`. */
  states?: Readonly<Record<string, string>>
}

interface Answer {
  readonly status?: number
  readonly body?: object | string
  readonly headers?: Readonly<Record<string, string>>
  /** What is asked for is done, and the connection breaks before it is answered. */
  readonly isDropped?: boolean
  readonly delayMs?: number
}

export const ids = {
  workspace: '11111111-1111-4111-8111-111111111111',
  source: '22222222-2222-4222-8222-222222222222',
  destination: '33333333-3333-4333-8333-333333333333',
  connection: (n: number) => `44444444-4444-4444-8444-${String(n).padStart(12, '0')}`,
}

export const secret = 'a-secret-of-the-application'

const problem = (status: number, title: string, message: string): Answer => ({
  status,
  body: {
    status,
    type: `https://reference.airbyte.com/reference/errors#${title}`,
    title,
    detail: message,
    data: { message },
  },
})

/**
 * A server of Airbyte in memory: of its public API and its configuration API what clients use, in the shapes of its OpenAPI files. It can be
 * stopped and started again at the same address with all that it knows.
 */
export class AirbyteStandIn {
  readonly connections: ScriptedConnection[] = []
  readonly jobs: ScriptedJob[] = []
  readonly calls: string[] = []
  /** Of the destination: where it makes its tables, and what it is. */
  destination: { type: string; configuration: Record<string, unknown> } = {
    type: 'postgres',
    configuration: { database: 'shop', schema: 'raw' },
  }
  source = 'postgres'
  sourceConfiguration: Record<string, unknown> = { password: '**********' }
  /** By the configuration API, where it is asked which program the source is. */
  sourceDefinition: object = { name: 'Postgres', dockerRepository: 'airbyte/source-postgres', dockerImageTag: '3.6.0' }
  /** Connectors that were made in its builder. */
  readonly declarative: { id: string; name: string; manifest: object; version: number }[] = []
  /** How far each stream was read. */
  streamState: object = { cursor: '2026-01-01' }
  tokenSeconds = 900
  /** Which tokens are good; a server that is started anew forgets them. */
  readonly tokens = new Set<string>()
  tokensGiven = 0
  /** Jobs end by themselves when they were looked at so often; 0: only by `end`. */
  looksUntilDone = 1
  /** What a job that ends by itself did. */
  outcome: (job: ScriptedJob) => void = (job) => this.succeed(job)
  /** Answers before anything else is done, where it gives an answer; or only delays it, or drops what is answered. */
  intercept: ((call: string) => Answer | undefined) | undefined
  /** As older ones: neither these calls nor what they tell. */
  lacks = new Set<string>()
  readonly #looks = new Map<number, number>()
  #server: Server | undefined
  #port = 0

  static async start(): Promise<AirbyteStandIn> {
    const server = new AirbyteStandIn()
    await server.start()
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    const server = createServer(
      (request, response) => void this.#serve(request, response).catch(() => response.destroy()),
    )
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  /** As if its process had ended. */
  async stop(): Promise<void> {
    this.tokens.clear()
    const server = this.#server
    this.#server = undefined
    if (!server) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }

  add(settings: Partial<ScriptedConnection> & { readonly streams: readonly ScriptedStream[] }): ScriptedConnection {
    const n = this.connections.length + 1
    const connection: ScriptedConnection = {
      connectionId: ids.connection(n),
      name: `Connection ${n}`,
      status: 'active',
      schedule: { scheduleType: 'manual' },
      namespaceDefinition: 'destination',
      ...settings,
    }
    this.connections.push(connection)
    return connection
  }

  /** How often a sync was asked for. */
  get posts(): number {
    return this.calls.filter((call) => call === 'POST /api/public/v1/jobs').length
  }

  begin(connectionId: string, jobType = 'sync'): ScriptedJob {
    const now = new Date().toISOString()
    const job: ScriptedJob = {
      jobId: this.jobs.length + 1,
      connectionId,
      jobType,
      status: 'running',
      startTime: now,
      lastUpdatedAt: now,
      rows: 0,
      bytes: 0,
      attempts: [{ id: 0, status: 'running' }],
    }
    this.jobs.push(job)
    return job
  }

  end(job: ScriptedJob, status: 'succeeded' | 'failed' | 'cancelled'): void {
    job.status = status
    job.lastUpdatedAt = new Date().toISOString()
    const last = job.attempts.at(-1)
    if (last) last.status = status === 'succeeded' ? 'succeeded' : 'failed'
  }

  succeed(job: ScriptedJob): void {
    const { streams } = this.connections.find((one) => one.connectionId === job.connectionId) as ScriptedConnection
    const streamStats = streams.map(({ name, namespace }, i) => ({
      streamName: name,
      ...(namespace === undefined ? {} : { streamNamespace: namespace }),
      rows: 10 * (i + 1),
      bytes: 1000 * (i + 1),
    }))
    Object.assign(job.attempts.at(-1) as ScriptedAttempt, {
      streamStats,
      lines: [`2026-01-01 00:00:00 platform > INFO sync of ${streams.length} streams`, 'WARN one row was odd'],
    })
    job.rows = streamStats.reduce((sum, { rows }) => sum + rows, 0)
    job.bytes = streamStats.reduce((sum, { bytes }) => sum + bytes, 0)
    this.end(job, 'succeeded')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = new URL(request.url ?? '/', this.url)
    const call = `${request.method} ${url.pathname}`
    this.calls.push(call)
    const text = Buffer.concat(chunks).toString('utf8')
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
    const scripted = this.intercept?.(call)
    const isOwn = scripted?.status !== undefined || scripted?.body !== undefined
    const answer = isOwn ? scripted : this.#answer(call, url, body, request.headers.authorization)
    if (scripted?.delayMs) await new Promise((resolve) => setTimeout(resolve, scripted.delayMs))
    if (scripted?.isDropped || this.#server === undefined) {
      response.destroy()
      return
    }
    const { status = 200, body: sent = {}, headers = {} } = answer
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof sent === 'string' ? sent : JSON.stringify(sent))
  }

  #answer(call: string, url: URL, body: Record<string, unknown>, authorization: string | undefined): Answer {
    if (this.lacks.has(call)) return { status: 404, body: { message: 'Not Found' } }
    if (call === 'GET /api/public/v1/health') return { body: 'Successful operation' }
    if (call === 'POST /api/public/v1/applications/token') return this.#token(body)
    if (!this.tokens.has(authorization?.replace('Bearer ', '') ?? ''))
      return problem(401, 'unauthorized', 'Unauthorized')
    if (call.includes('/api/v1/')) return this.#configuration(call.replace('/api/v1', ''), body)
    return this.#public(call.replace('/api/public/v1', ''), url, body)
  }

  #token({ client_id: clientId, client_secret: clientSecret }: Record<string, unknown>): Answer {
    if (clientId !== 'app' || clientSecret !== secret) return problem(401, 'invalid-credentials', 'Wrong client')
    const token = `token-${++this.tokensGiven}-of-the-stand-in`
    this.tokens.add(token)
    setTimeout(() => this.tokens.delete(token), this.tokenSeconds * 1000).unref()
    return { body: { access_token: token, token_type: 'Bearer', expires_in: this.tokenSeconds } }
  }

  #public(call: string, url: URL, body: Record<string, unknown>): Answer {
    const page = <T>(items: readonly T[], shown: (item: T) => unknown = (item) => item): Answer => {
      const [limit, offset] = [Number(url.searchParams.get('limit') ?? 20), Number(url.searchParams.get('offset') ?? 0)]
      const next = new URL(url)
      next.host = 'known-to-itself:8001'
      next.searchParams.set('limit', String(limit))
      next.searchParams.set('offset', String(offset + limit))
      const data = items.slice(offset, offset + limit).map(shown)
      return { body: { data, previous: '', next: offset + limit < items.length ? next.href : '' } }
    }
    const actor = { workspaceId: ids.workspace, definitionId: ids.source, createdAt: 1_700_000_000 }
    const configuration = this.destination.configuration
    const source = {
      ...actor,
      sourceId: ids.source,
      name: 'Shop DB',
      sourceType: this.source,
      configuration: this.sourceConfiguration,
    }
    const destination = {
      ...actor,
      destinationId: ids.destination,
      name: 'Warehouse',
      destinationType: this.destination.type,
      configuration,
    }
    const [, job] = /\/jobs\/(\d+)$/.exec(call) ?? []
    const [, id] = /\/connections\/([0-9a-f-]+)$/.exec(call) ?? []
    if (call === 'GET /workspaces')
      return page([{ workspaceId: ids.workspace, name: 'Main', dataResidency: 'auto', notifications: {} }])
    if (call === 'GET /sources') return page([source])
    if (call === 'GET /destinations') return page([destination])
    if (call === `GET /sources/${ids.source}`) return { body: source }
    if (call === `GET /destinations/${ids.destination}`) return { body: destination }
    if (call === `GET /workspaces/${ids.workspace}/definitions/declarative_sources`) return page(this.declarative)
    if (call === 'GET /connections') return page(this.connections, (one) => this.#connection(one))
    if (id !== undefined) return this.#oneConnection(call, id, body)
    if (call === 'GET /jobs') {
      const wanted = url.searchParams.get('connectionId')
      return page(
        [...this.jobs]
          .reverse()
          .filter(({ connectionId }) => connectionId === wanted)
          .map((one) => this.#job(one)),
      )
    }
    if (call === 'POST /jobs') return this.#postJob(String(body.connectionId))
    if (job !== undefined) return this.#oneJob(call, Number(job))
    return problem(404, 'resource-not-found', call)
  }

  #oneConnection(call: string, id: string, body: Record<string, unknown>): Answer {
    const found = this.connections.find(({ connectionId }) => connectionId === id)
    if (!found) return problem(404, 'resource-not-found', `no connection ${id}`)
    if (call.startsWith('PATCH')) Object.assign(found, body)
    return { body: this.#connection(found) }
  }

  #postJob(connectionId: string): Answer {
    if (this.jobs.some((one) => one.connectionId === connectionId && one.status === 'running'))
      return problem(409, 'try-again-later', `A sync is already running for: ${connectionId}`)
    return { body: this.#job(this.begin(connectionId)) }
  }

  #oneJob(call: string, id: number): Answer {
    const found = this.jobs.find(({ jobId }) => jobId === id)
    if (!found) return problem(404, 'resource-not-found', `no job ${id}`)
    if (call.startsWith('DELETE')) {
      if (found.status !== 'running') return problem(409, 'state-conflict', 'Job is not currently running')
      this.end(found, 'cancelled')
      return { body: this.#job(found) }
    }
    const looks = (this.#looks.get(id) ?? 0) + 1
    this.#looks.set(id, looks)
    if (this.looksUntilDone > 0 && looks >= this.looksUntilDone && found.status === 'running') this.outcome(found)
    return { body: this.#job(found) }
  }

  #job({ jobId, connectionId, jobType, status, startTime, lastUpdatedAt, rows, bytes }: ScriptedJob): object {
    return {
      jobId,
      connectionId,
      jobType,
      status,
      startTime,
      lastUpdatedAt,
      duration: 'PT1S',
      rowsSynced: rows,
      bytesSynced: bytes,
    }
  }

  #connection({ streams, ...settings }: ScriptedConnection): object {
    return {
      ...settings,
      sourceId: ids.source,
      destinationId: ids.destination,
      workspaceId: ids.workspace,
      nonBreakingSchemaUpdatesBehavior: 'propagate_columns',
      createdAt: 1_700_000_000,
      tags: [],
      configurations: {
        streams: streams.map(({ name, namespace, syncMode = 'incremental_deduped_history' }) => ({
          name,
          ...(namespace === undefined || this.lacks.has('namespaces') ? {} : { namespace }),
          syncMode,
          cursorField: ['updated_at'],
          primaryKey: [['id']],
          mappers: [],
        })),
      },
    }
  }

  #configuration(call: string, body: Record<string, unknown>): Answer {
    if (call === 'GET /instance_configuration') return { body: { version: '1.8.0', edition: 'community' } }
    const job = this.jobs.find(({ jobId }) => jobId === body.id || jobId === body.jobId)
    if (call === 'POST /jobs/get' || call === 'POST /jobs/get_without_logs')
      return this.#jobInfo(job, call.endsWith('/get'))
    if (call === 'POST /attempt/get_for_job') return this.#attempt(job, Number(body.attemptNumber))
    if (call === 'POST /stream_statuses/list')
      return {
        body: {
          streamStatuses: (job?.attempts ?? []).flatMap(({ id, states = {} }) =>
            Object.entries(states).map(([streamName, runState]) => ({
              id: ids.connection(id),
              streamName,
              runState,
              attemptNumber: id,
              jobId: job?.jobId,
              jobType: 'SYNC',
              transitionedAt: 1_700_000_000_000,
              workspaceId: ids.workspace,
              connectionId: job?.connectionId,
            })),
          ),
        },
      }
    if (call === 'POST /source_definitions/get') return { body: this.sourceDefinition }
    const found = this.connections.find(({ connectionId }) => connectionId === body.connectionId)
    if (!found) return { status: 404, body: { message: `Could not find ${call}` } }
    if (call === 'POST /state/get')
      return {
        body: {
          stateType: 'stream',
          connectionId: found.connectionId,
          streamState: found.streams.map(({ name, namespace }) => ({
            streamDescriptor: { name, ...(namespace === undefined ? {} : { namespace }) },
            streamState: this.streamState,
          })),
        },
      }
    return {
      body: {
        connectionId: found.connectionId,
        name: found.name,
        sourceId: ids.source,
        destinationId: ids.destination,
        status: found.status,
        syncCatalog: {
          streams: found.streams.map(({ name, namespace }) => ({
            stream: {
              name,
              ...(namespace === undefined ? {} : { namespace }),
              jsonSchema: { type: 'object', properties: { id: { type: 'integer' } } },
              supportedSyncModes: ['full_refresh', 'incremental'],
            },
            config: { syncMode: 'incremental', destinationSyncMode: 'append_dedup', selected: true },
          })),
        },
      },
    }
  }

  #attempt(job: ScriptedJob | undefined, number: number): Answer {
    const { attempts } = (this.#jobInfo(job, true).body ?? {}) as { attempts?: { attempt: { id: number } }[] }
    const found = attempts?.find(({ attempt }) => attempt.id === number)
    return found ? { body: found } : { status: 404, body: { message: 'Could not find attempt' } }
  }

  #jobInfo(job: ScriptedJob | undefined, hasLogs: boolean): Answer {
    if (!job) return { status: 404, body: { message: 'Could not find job' } }
    return {
      body: {
        job: {
          id: job.jobId,
          configType: job.jobType,
          configId: job.connectionId,
          createdAt: 1_700_000_000,
          updatedAt: 1_700_000_000,
          status: job.status,
        },
        attempts: job.attempts.map(({ id, status, streamStats, failures, lines, events }) => ({
          attempt: {
            id,
            status,
            createdAt: 1_700_000_000,
            updatedAt: 1_700_000_000,
            ...(streamStats && {
              streamStats: streamStats.map(({ rows, bytes, ...stream }) => ({
                ...stream,
                stats: { recordsEmitted: rows, bytesEmitted: bytes, recordsCommitted: rows, bytesCommitted: bytes },
              })),
            }),
            ...(failures && { failureSummary: { failures, partialSuccess: false } }),
          },
          ...(hasLogs
            ? events
              ? { logType: 'structured', logs: { version: '1', events } }
              : { logType: 'formatted', logs: { logLines: lines ?? [] } }
            : {}),
        })),
      },
    }
  }
}
