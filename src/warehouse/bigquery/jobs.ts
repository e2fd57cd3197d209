import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BigQuery } from '@google-cloud/bigquery'
import { baseErrors, throwIfAborted } from '../../base/index.js'
import { type BigQueryFailure, failureOf, isNetwork, isPassing, queryError, RequestFailed } from './errors.js'
import type { BigQueryWarehouseOptions } from './options.js'
import { bigQueryPath } from './paths.js'
import type { JobResource, RowsResource, TableReference } from './rest.js'

/** How long the server may hold back its answer that a job is not done yet. */
const waitMs = 10_000
const loadPollMs = 500
const requestRetries = 3
const requestDelayMs = 500
const retryDelayMs = 1_000
const cancelIntervalMs = 500
/** How long a cancelled job is waited for: the server may be away. */
const cancelWaitMs = 15_000
const creationTimeoutMs = 60_000

/** What of a job's configuration is the affair of who asks. */
export type JobConfiguration = Readonly<Record<string, unknown>>

export interface RunOptions {
  readonly configuration: JobConfiguration
  /** The statement, or what stands for it in an error. */
  readonly sql: string
  readonly location?: string | undefined
  /** What was done is not undone when it fails halfway: it is not tried again. */
  readonly isOnce?: boolean
  readonly signal?: AbortSignal | undefined
}

interface Request {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: object
  readonly timeoutMs?: number
  /** How often it is asked again when nobody answers. */
  readonly retries?: number
  readonly signal?: AbortSignal | undefined
}

/** The jobs of one project, by BigQuery's REST API and its own driver. */
export class BigQueryJobs {
  readonly #client: BigQuery
  readonly #options: BigQueryWarehouseOptions
  /** The server, as errors name it. */
  readonly place: string
  /** Who runs the jobs, and pays for them. */
  readonly #payer: string
  /** Whose tables are meant when nothing is said. */
  readonly project: string

  constructor(client: BigQuery, options: BigQueryWarehouseOptions, project: string) {
    this.#client = client
    this.#options = options
    this.project = project
    this.#payer = options.executionProject ?? project
    this.place = options.apiEndpoint ?? 'bigquery.googleapis.com'
  }

  get options(): BigQueryWarehouseOptions {
    return this.#options
  }

  /**
   * The driver's own requests cannot be ended; its sign-in sends those that can.
   * @param path below the project that runs jobs, or a whole one: `/jobs`, `projects/p/datasets`
   * @throws RequestFailed; ABORTED
   */
  async request<T>(request: Request): Promise<T> {
    const { retries = requestRetries, signal } = request
    for (let attempt = 0; ; attempt++) {
      throwIfAborted(signal)
      try {
        return await this.#ask<T>(request)
      } catch (error) {
        throwIfAborted(signal)
        const failure = failureOf(error)
        if (attempt >= retries || !(isPassing(failure) || isNetwork(failure))) throw error
        await sleep(requestDelayMs * 2 ** attempt, undefined, { signal }).catch(() => {})
      }
    }
  }

  async #ask<T>({ method = 'GET', path, query = {}, body, timeoutMs, signal }: Request): Promise<T> {
    const whole = path.startsWith('/') ? `${bigQueryPath('projects', this.#payer)}${path}` : path
    const given = Object.entries(query).filter(([, value]) => value !== undefined)
    try {
      const { data } = await this.#client.authClient.request<T>({
        method,
        url: `${this.#client.apiEndpoint}/bigquery/v2/${whole}`,
        params: { ...Object.fromEntries(given), prettyPrint: false },
        headers: { 'user-agent': 'millrace' },
        responseType: 'json',
        retry: false,
        ...(body === undefined ? {} : { data: body }),
        ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
        ...(signal === undefined ? {} : { signal }),
      })
      return data
    } catch (error) {
      throw new RequestFailed(error)
    }
  }

  /** The same, through all pages. */
  async *pages<T extends { readonly nextPageToken?: string }>(request: Request): AsyncGenerator<T> {
    for (let pageToken: string | undefined; ; ) {
      const page = await this.request<T>({ ...request, query: { ...request.query, pageToken } })
      yield page
      pageToken = page.nextPageToken
      if (!pageToken) return
    }
  }

  /** Asks for a job and waits until it is done. @throws WAREHOUSE_SQL and the like, ABORTED once the job was cancelled */
  async run(options: RunOptions): Promise<JobResource> {
    const { retries = 1, retryDeadlineMs } = this.#options
    const started = Date.now()
    let jobId = newJobId()
    for (let attempt = 0; ; attempt++) {
      throwIfAborted(options.signal)
      try {
        return await this.#runOnce(jobId, options.signal, () => this.#insert(jobId, options))
      } catch (error) {
        if (!(error instanceof JobFailed)) throw error
        const { failure, isOver } = error
        const isLate = retryDeadlineMs !== undefined && Date.now() - started > retryDeadlineMs
        const isTriedAgain = attempt < retries && !isLate && (isPassing(failure) || isNetwork(failure))
        if (!isTriedAgain || (isOver && options.isOnce)) throw error.toError(options.sql, this.place)
        // One of which nobody knows what became of it is asked for by the same name: it will not run twice.
        if (isOver) jobId = newJobId()
        await sleep(retryDelayMs * 2 ** attempt, undefined, { signal: options.signal }).catch(() => {})
      }
    }
  }

  /** Brings a file of this machine into a table by a load job. */
  async load(
    file: string,
    destination: TableReference,
    load: JobConfiguration,
    signal?: AbortSignal,
  ): Promise<JobResource> {
    throwIfAborted(signal)
    const sql = `load ${destination.datasetId}.${destination.tableId}`
    try {
      const jobId = newJobId()
      return await this.#runOnce(jobId, signal, () => this.#upload(jobId, file, destination, load, signal))
    } catch (error) {
      throw error instanceof JobFailed ? error.toError(sql, this.place) : error
    }
  }

  /** Rows of a job that is done, from a page on. */
  rows(
    job: JobResource,
    page: { readonly maxResults?: number; readonly pageToken?: string; readonly signal?: AbortSignal | undefined },
  ): Promise<RowsResource> {
    const { jobId, location, projectId } = job.jobReference
    const { signal, ...which } = page
    return this.request({
      path: bigQueryPath('projects', projectId, 'queries', jobId),
      query: { location, timeoutMs: waitMs, 'formatOptions.useInt64Timestamp': true, ...which },
      signal,
    })
  }

  async #runOnce(
    jobId: string,
    signal: AbortSignal | undefined,
    insert: () => Promise<JobResource>,
  ): Promise<JobResource> {
    let location = this.#options.location
    const done = this.#finish(insert, jobId, (job) => {
      location = job.jobReference.location ?? location
    })
    if (!signal) return done
    const cancelled = this.#cancelOn(signal, jobId, () => location, done)
    try {
      return await Promise.race([done, cancelled.gaveUp])
    } catch (error) {
      // A job that was through before the request came has its own answer.
      if (signal.aborted && !(error instanceof JobFailed && error.isOver && error.failure.reason !== 'stopped'))
        throw baseErrors.create('ABORTED', { message: `The query was cancelled (job ${jobId}).`, cause: error })
      throw error
    } finally {
      cancelled.stop()
      done.catch(() => {})
    }
  }

  async #finish(
    insert: () => Promise<JobResource>,
    jobId: string,
    onJob: (job: JobResource) => void,
  ): Promise<JobResource> {
    let job: JobResource
    try {
      job = await insert()
      onJob(job)
      while (job.status.state !== 'DONE') job = await this.#wait(job)
    } catch (error) {
      throw new JobFailed(failureOf(error), jobId, false)
    }
    const { errorResult } = job.status
    if (errorResult) throw new JobFailed(errorResult, jobId, true)
    return job
  }

  async #insert(jobId: string, { configuration, location }: RunOptions): Promise<JobResource> {
    const { jobTimeoutMs, labels, reservation } = this.#options
    const body = {
      jobReference: { jobId, location: location ?? this.#options.location },
      configuration: {
        ...(jobTimeoutMs === undefined ? {} : { jobTimeoutMs: String(jobTimeoutMs) }),
        ...(reservation === undefined ? {} : { reservation }),
        ...(labels === undefined ? {} : { labels }),
        ...configuration,
      },
    }
    const timeoutMs = this.#options.creationTimeoutMs ?? creationTimeoutMs
    try {
      return await this.request<JobResource>({ method: 'POST', path: '/jobs', body, timeoutMs })
    } catch (error) {
      // It was sent again after an answer that was lost: it is there.
      if ((error as { code?: unknown }).code === 409 && failureOf(error).reason === 'duplicate')
        return this.#get(jobId, location ?? this.#options.location)
      throw error
    }
  }

  async #upload(
    jobId: string,
    file: string,
    destination: TableReference,
    load: JobConfiguration,
    signal: AbortSignal | undefined,
  ): Promise<JobResource> {
    const { datasetId, projectId, tableId } = destination
    const { location } = this.#options
    const table = this.#client.dataset(datasetId, { projectId }).table(tableId)
    if (location !== undefined) table.location = location
    const target = table.createWriteStream_({ ...load, jobId })
    let job: JobResource | undefined
    target.on('job', (made: { metadata: JobResource }) => {
      job = made.metadata
    })
    const answered = new Promise<void>((resolve, reject) => {
      target.on('job', resolve)
      target.on('error', reject)
    })
    await Promise.all([pipeline(createReadStream(file), target, { signal, end: true }), answered])
    return job as unknown as JobResource
  }

  #get(jobId: string, location: string | undefined): Promise<JobResource> {
    return this.request<JobResource>({ path: `/jobs/${jobId}`, query: { location } })
  }

  /** Until it is done, or the server has waited long enough. */
  async #wait(job: JobResource): Promise<JobResource> {
    const { jobId, location } = job.jobReference
    if ((job.configuration as { load?: unknown } | undefined)?.load) {
      await sleep(loadPollMs)
      return this.#get(jobId, location)
    }
    const path = `/queries/${jobId}`
    const query = { location, timeoutMs: waitMs, maxResults: 0 }
    // What is wrong with the job it says itself.
    await this.request<RowsResource>({ path, query, retries: 0 }).catch(() => sleep(requestDelayMs))
    return this.#get(jobId, location)
  }

  /** From the abort on asks for the end again and again: a request that comes before the job is known is refused. */
  #cancelOn(
    signal: AbortSignal,
    jobId: string,
    location: () => string | undefined,
    done: Promise<unknown>,
  ): { readonly gaveUp: Promise<never>; readonly stop: () => void } {
    let isOver = false
    const wake = new AbortController()
    const end = () => {
      isOver = true
      wake.abort()
    }
    done.then(end, end)
    let onAbort = () => {}
    const gaveUp = new Promise<never>((_, reject) => {
      onAbort = () => void ask(reject)
    })
    const ask = async (reject: (error: unknown) => void) => {
      for (const until = Date.now() + cancelWaitMs; !isOver; ) {
        await this.request({
          method: 'POST',
          path: `/jobs/${jobId}/cancel`,
          query: { location: location() },
          retries: 0,
        }).catch(() => {})
        if (isOver) return
        if (Date.now() > until) reject(new Error('BigQuery does not say that the job has ended.'))
        await sleep(cancelIntervalMs, undefined, { signal: wake.signal }).catch(() => {})
      }
    }
    gaveUp.catch(() => {})
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    return {
      gaveUp,
      stop: () => {
        end()
        signal.removeEventListener('abort', onAbort)
      },
    }
  }
}

const newJobId = () => `millrace_${randomUUID().replaceAll('-', '')}`

/** A job or the request for it that failed, before it is said in words. */
class JobFailed extends Error {
  readonly failure: BigQueryFailure
  readonly jobId: string
  /** The job says so itself; otherwise nobody knows what became of it. */
  readonly isOver: boolean

  constructor(failure: BigQueryFailure, jobId: string, isOver: boolean) {
    super(failure.message)
    this.failure = failure
    this.jobId = jobId
    this.isOver = isOver
  }

  toError(sql: string, place: string) {
    return queryError(this.failure, { sql, place, jobId: this.jobId })
  }
}
