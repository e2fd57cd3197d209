import { z } from 'zod'
import { isJson, MillraceError } from '../../base/index.js'
import {
  type AirbyteConfiguredConnection,
  type AirbyteConnection,
  type AirbyteDeclarativeDefinition,
  type AirbyteDefinition,
  type AirbyteDestination,
  type AirbyteInstance,
  type AirbyteSource,
  type AirbyteStreamProperties,
  type AirbyteWorkspace,
  configuredConnectionAnswer,
  connectionAnswer,
  declarativeDefinitionAnswer,
  definitionAnswer,
  destinationAnswer,
  instanceAnswer,
  sourceAnswer,
  streamPropertiesAnswer,
  workspaceAnswer,
} from './answers.js'
import {
  type AirbyteAttempt,
  type AirbyteJob,
  type AirbyteJobInfo,
  type AirbyteStreamStatus,
  attemptAnswer,
  jobAnswer,
  jobInfoAnswer,
  streamStatusesAnswer,
} from './job-answers.js'
import { allPages } from './paging.js'
import { type AirbyteConnectionState, readStateAnswer } from './state-answer.js'
import { type AirbyteQuery, type AirbyteServerOptions, AirbyteTransport, type CallOptions } from './transport.js'
import { strange } from './transport-errors.js'

/** Which jobs of a connection. */
export interface JobFilter {
  readonly connectionId: string
  readonly type?: 'sync' | 'reset' | 'refresh' | 'clear' | undefined
  /** The newest ones; at most 100. */
  readonly limit?: number | undefined
}

/** What changes of a connection; what is left out stays. */
export interface ConnectionChange {
  readonly schedule?: { readonly scheduleType: 'manual' | 'cron'; readonly cronExpression?: string } | undefined
  readonly status?: 'active' | 'inactive' | undefined
}

/** What is held of an answer with logs, in bytes: a log may be longer than the memory of who asks for it. */
const mostLogBytes = 32 * 1024 * 1024

/**
 * A server of Airbyte. Its public API (`/api/public/v1`) is asked for what it tells, its configuration API (`/api/v1`) for the rest. What
 * only reads is asked again when the server is busy, fails or is away for a moment; what starts something never is. All throw AIRBYTE_….
 */
export class AirbyteServerClient {
  readonly #transport: AirbyteTransport
  readonly #options: AirbyteServerOptions

  constructor(options: AirbyteServerOptions) {
    this.#options = options
    this.#transport = new AirbyteTransport(options)
  }

  get addresses() {
    return this.#transport.addresses
  }

  /** Whether it answers, whoever asks. */
  async health(options: CallOptions = {}): Promise<void> {
    await this.#transport.askText({ method: 'GET', api: 'rest', path: '/health' }, options)
  }

  /** Its version, where it says one. */
  async instance(options: CallOptions = {}): Promise<AirbyteInstance> {
    const call = { method: 'GET', api: 'configuration', path: '/instance_configuration' } as const
    return unlessUnknown(this.#transport.ask(call, instanceAnswer, options), { version: undefined, edition: undefined })
  }

  workspaces(options: CallOptions = {}): Promise<AirbyteWorkspace[]> {
    return this.#list('/workspaces', {}, workspaceAnswer, options)
  }

  /** @param workspaceIds undefined: all that one may see */
  connections(workspaceIds: readonly string[] | undefined, options: CallOptions = {}): Promise<AirbyteConnection[]> {
    return this.#list('/connections', inWorkspaces(workspaceIds), connectionAnswer, options)
  }

  connection(connectionId: string, options: CallOptions = {}): Promise<AirbyteConnection> {
    return this.#get(`/connections/${encodeURIComponent(connectionId)}`, {}, connectionAnswer, options)
  }

  /** With what only the configuration API tells: the namespaces of streams in older servers, their fields, how they are selected. */
  configuredConnection(connectionId: string, options: CallOptions = {}): Promise<AirbyteConfiguredConnection> {
    return this.#configuration('/connections/get', { connectionId }, configuredConnectionAnswer, options)
  }

  /** Once or twice is the same. */
  changeConnection(
    connectionId: string,
    change: ConnectionChange,
    options: CallOptions = {},
  ): Promise<AirbyteConnection> {
    const path = `/connections/${encodeURIComponent(connectionId)}`
    return this.#transport.ask({ method: 'PATCH', api: 'rest', path, body: change }, connectionAnswer, options)
  }

  state(connectionId: string, options: CallOptions = {}): Promise<AirbyteConnectionState> {
    const call = { method: 'POST', api: 'configuration', path: '/state/get', body: { connectionId } } as const
    return this.#transport.askText(call, options).then((text) => {
      const state = isJson(text) ? readStateAnswer(text) : undefined
      if (!state) throw strange(this.#options, 'POST /state/get', 'it is no state')
      return state
    })
  }

  sources(workspaceIds: readonly string[] | undefined, options: CallOptions = {}): Promise<AirbyteSource[]> {
    return this.#list('/sources', inWorkspaces(workspaceIds), sourceAnswer, options)
  }

  source(sourceId: string, options: CallOptions = {}): Promise<AirbyteSource> {
    return this.#get(`/sources/${encodeURIComponent(sourceId)}`, {}, sourceAnswer, options)
  }

  destinations(workspaceIds: readonly string[] | undefined, options: CallOptions = {}): Promise<AirbyteDestination[]> {
    return this.#list('/destinations', inWorkspaces(workspaceIds), destinationAnswer, options)
  }

  destination(destinationId: string, options: CallOptions = {}): Promise<AirbyteDestination> {
    return this.#get(`/destinations/${encodeURIComponent(destinationId)}`, {}, destinationAnswer, options)
  }

  /** Which program a connector is. */
  definition(
    role: 'source' | 'destination',
    definitionId: string,
    options: CallOptions = {},
  ): Promise<AirbyteDefinition> {
    const body = { [`${role}DefinitionId`]: definitionId }
    return this.#configuration(`/${role}_definitions/get`, body, definitionAnswer, options)
  }

  /** The connectors of a workspace that are manifests; none of servers that cannot tell them. */
  async declarativeDefinitions(
    workspaceId: string,
    options: CallOptions = {},
  ): Promise<AirbyteDeclarativeDefinition[]> {
    const path = `/workspaces/${encodeURIComponent(workspaceId)}/definitions/declarative_sources`
    return unlessUnknown(this.#list(path, {}, declarativeDefinitionAnswer, options), [])
  }

  /** What a source offers. The server may have to ask it, which takes a while. */
  streams(
    { sourceId, destinationId }: { readonly sourceId: string; readonly destinationId?: string | undefined },
    options: CallOptions = {},
  ): Promise<AirbyteStreamProperties[]> {
    return this.#get('/streams', { sourceId, destinationId }, z.array(streamPropertiesAnswer), options)
  }

  /** The newest jobs of a connection, the newest first. */
  async jobs({ connectionId, type, limit = 20 }: JobFilter, options: CallOptions = {}): Promise<AirbyteJob[]> {
    const query = { connectionId, jobType: type, limit, orderBy: 'createdAt|DESC' }
    const { data } = await this.#get('/jobs', query, z.object({ data: z.array(jobAnswer).default([]) }), options)
    return data.sort((a, b) => b.id - a.id)
  }

  job(jobId: number, options: CallOptions = {}): Promise<AirbyteJob> {
    return this.#get(`/jobs/${jobId}`, {}, jobAnswer, options)
  }

  /** Attempts, rows of each stream, reasons of failures; without logs, which may be large, where the server can leave them out. */
  async jobInfo(jobId: number, options: CallOptions = {}): Promise<AirbyteJobInfo> {
    const call = this.#configuration('/jobs/get_without_logs', { id: jobId }, jobInfoAnswer, options)
    // Not every server has it.
    return (await unlessUnknown(call, undefined)) ?? this.#withLogs(jobId, options)
  }

  /** An attempt of a job with its logs. @throws AIRBYTE_ANSWER_TOO_LARGE beyond `mostLogBytes` */
  async attempt(jobId: number, attemptNumber: number, options: CallOptions = {}): Promise<AirbyteAttempt | undefined> {
    const body = { jobId, attemptNumber }
    const call = this.#configuration('/attempt/get_for_job', body, attemptAnswer, options, mostLogBytes)
    const known = await unlessUnknown(call, undefined)
    if (known) return known
    const { attempts } = await this.#withLogs(jobId, options)
    return attempts.find(({ attempt }) => attempt.id === attemptNumber)
  }

  #withLogs(id: number, options: CallOptions): Promise<AirbyteJobInfo> {
    return this.#configuration('/jobs/get', { id }, jobInfoAnswer, options, mostLogBytes)
  }

  /** How far each stream of a job is; none where the server does not tell. */
  async streamStatuses(
    { workspaceId, jobId }: { readonly workspaceId: string; readonly jobId: number },
    options: CallOptions = {},
  ): Promise<AirbyteStreamStatus[]> {
    const body = { workspaceId, jobId, pagination: { pageSize: 1000, rowOffset: 0 } }
    const found = this.#configuration('/stream_statuses/list', body, streamStatusesAnswer, options)
    return (await unlessUnknown(found, { streamStatuses: [] })).streamStatuses
  }

  /**
   * Asks for a sync, once. Whoever gets no answer (AIRBYTE_UNREACHABLE, AIRBYTE_FAILED) does not know whether there is one: look among
   * the jobs before you ask again. @throws AIRBYTE_BUSY when a job of the connection runs
   */
  createSync(connectionId: string, options: CallOptions = {}): Promise<AirbyteJob> {
    const call = { method: 'POST', api: 'rest', path: '/jobs', body: { connectionId, jobType: 'sync' } } as const
    return this.#transport.askOnce(call, jobAnswer, options)
  }

  /** Once or twice is the same. @throws AIRBYTE_BUSY of a job that is over */
  cancelJob(jobId: number, options: CallOptions = {}): Promise<AirbyteJob> {
    return this.#transport.ask({ method: 'DELETE', api: 'rest', path: `/jobs/${jobId}` }, jobAnswer, options)
  }

  #get<Schema extends z.ZodType>(
    path: string,
    query: AirbyteQuery,
    schema: Schema,
    options: CallOptions,
  ): Promise<z.output<Schema>> {
    return this.#transport.ask({ method: 'GET', api: 'rest', path, query }, schema, options)
  }

  #list<Schema extends z.ZodType>(
    path: string,
    query: AirbyteQuery,
    schema: Schema,
    options: CallOptions,
  ): Promise<z.output<Schema>[]> {
    return allPages(schema, (page, answer) => this.#get(path, { ...query, ...page }, answer, options))
  }

  /** Only for what reads. */
  #configuration<Schema extends z.ZodType>(
    path: string,
    body: object,
    schema: Schema,
    options: CallOptions,
    mostBytes?: number,
  ): Promise<z.output<Schema>> {
    return this.#transport.ask({ method: 'POST', api: 'configuration', path, body, mostBytes }, schema, options)
  }
}

const inWorkspaces = (ids: readonly string[] | undefined) => ({ workspaceIds: ids })

/** What a server answers that does not have a call: an older one, or one of ours. */
async function unlessUnknown<T>(answer: Promise<T>, otherwise: T | undefined): Promise<T>
async function unlessUnknown<T>(answer: Promise<T>, otherwise: undefined): Promise<T | undefined>
async function unlessUnknown<T>(answer: Promise<T>, otherwise: T | undefined): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    const status = error instanceof MillraceError ? error.data?.status : undefined
    if (status === 404 || status === 405 || status === 501) return otherwise
    throw error
  }
}
