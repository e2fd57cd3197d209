import { throwIfAborted } from '../../base/index.js'
import type {
  Cell,
  EngineRequest,
  LoadFileOptions,
  QueryEstimate,
  QueryOptions,
  QueryResult,
  RelationName,
  ResultColumn,
  WarehouseConnection,
  WriteRowsOptions,
} from '../contract.js'
import { shownSql, warehouseErrors } from '../errors.js'
import { beginning, SerialConnection } from '../serial-connection.js'
import { kindOf, toCell, toParameter, typeName } from './cells.js'
import { failureOf, queryError } from './errors.js'
import type { BigQueryJobs, JobConfiguration } from './jobs.js'
import { loadConfiguration } from './load-configuration.js'
import { bigQueryPath } from './paths.js'
import type { FieldResource, JobResource, RowsResource, TableResource } from './rest.js'
import { needsSession, statementCount, withNames } from './statements.js'
import type { RowWriter } from './storage-write/row-writer.js'

/** A page has as many rows as fit into ten megabytes, if not these. */
const rowsPerPage = 20_000
const rowsPerPiece = 2_000
/** What a query may be where only reading is allowed. */
const readingType = 'SELECT'

/**
 * Statements of one user of BigQuery, each a job of its own. A session there is begun by the first statement that leaves something to
 * those after it: a transaction, a temporary table, a system variable.
 */
export class BigQueryConnection extends SerialConnection {
  readonly #jobs: BigQueryJobs
  readonly #writer: RowWriter
  #session: { readonly id: string; readonly location: string | undefined } | undefined
  #isTransactionOpen = false

  constructor(jobs: BigQueryJobs, writer: RowWriter) {
    super()
    this.#jobs = jobs
    this.#writer = writer
  }

  async reset(): Promise<void> {
    await this.serially(() => this.#endSession())
  }

  /** What a statement is, which a dry run tells, and then the statement: nothing comes between them. */
  queryReadOnly(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    const { params, signal } = options
    return this.serially(async () => {
      if (statementCount(sql) > 1) throw severalStatements(sql)
      await this.#checkReading(sql, this.#queryOf(sql, params), signal)
      return this.run(sql, options)
    }, signal)
  }

  /** A path is below `bigquery/v2`; `job` as a path runs the body as the configuration of a job, and waits for it. */
  async ask<T>({ method, path, body, query, signal }: EngineRequest): Promise<T> {
    if (path === 'job')
      return (await this.#jobs.run({ configuration: body as JobConfiguration, sql: 'job', signal })) as T
    try {
      return await this.#jobs.request<T>({
        path,
        signal,
        ...(method && { method }),
        ...(body && { body }),
        ...(query && { query }),
      })
    } catch (error) {
      throwIfAborted(signal)
      throw queryError(failureOf(error), { sql: `${method ?? 'GET'} ${path}`, place: this.#jobs.place })
    }
  }

  async loadFile(
    file: string,
    { database, schema, identifier }: RelationName,
    options: LoadFileOptions,
  ): Promise<number> {
    const destination = { projectId: database ?? this.#jobs.project, datasetId: schema, tableId: identifier }
    const { statistics } = await this.#jobs.load(file, destination, loadConfiguration(options), options.signal)
    return Number(statistics?.load?.outputRows ?? 0)
  }

  writeRows(
    relation: RelationName,
    rows: Parameters<NonNullable<WarehouseConnection['writeRows']>>[1],
    options: WriteRowsOptions,
  ): Promise<number> {
    return this.#writer.write({ ...relation, database: relation.database ?? this.#jobs.project }, rows, options)
  }

  async estimate(sql: string, options: Pick<QueryOptions, 'signal' | 'params'> = {}): Promise<QueryEstimate> {
    const configuration = { dryRun: true, query: this.#queryOf(sql, options.params) }
    const { statistics } = await this.#jobs.run({ configuration, sql, signal: options.signal })
    const { statementType, totalBytesProcessed, schema } = statistics?.query ?? {}
    return {
      bytesProcessed: Number(totalBytesProcessed ?? statistics?.totalBytesProcessed ?? 0),
      statement: statementType,
      columns: columnsOf(schema ? { jobComplete: true, schema } : { jobComplete: true }),
    }
  }

  protected end(): Promise<void> {
    return this.#endSession()
  }

  protected async run(sql: string, options: QueryOptions): Promise<QueryResult> {
    if (sql === 'rollback' || sql === 'commit') return this.#endTransaction(sql)
    if (options.isSingle && statementCount(sql) > 1) throw severalStatements(sql)
    const job = await this.#job(sql === beginning ? 'begin transaction' : sql, options)
    if (sql === beginning) this.#isTransactionOpen = true
    return this.#answer(job, sql, options)
  }

  protected async *pieces(sql: string, options: Pick<QueryOptions, 'signal'>): AsyncIterable<QueryResult> {
    const { signal } = options
    const job = await this.#job(sql, options)
    let page = await this.#page(job, sql, { maxResults: rowsPerPage, signal })
    for (;;) {
      const { pageToken } = page
      // The next ones come while these are used.
      const next = pageToken ? this.#page(job, sql, { maxResults: rowsPerPage, pageToken, signal }) : undefined
      next?.catch(() => {})
      const columns = columnsOf(page)
      const rows = cellsOf(page)
      for (let from = 0; from < rows.length; from += rowsPerPiece)
        yield { columns, rows: rows.slice(from, from + rowsPerPiece), truncated: false }
      if (!next) return
      page = await next
    }
  }

  #queryOf(sql: string, params: QueryOptions['params'] = []): object {
    const { options } = this.#jobs
    const { query, ...parameters } = withParameters(sql, params)
    return {
      query,
      useLegacySql: false,
      ...(options.priority === 'batch' ? { priority: 'BATCH' } : {}),
      ...(options.maximumBytesBilled === undefined ? {} : { maximumBytesBilled: String(options.maximumBytesBilled) }),
      ...this.#defaultDataset(),
      ...parameters,
    }
  }

  async #job(sql: string, { params, signal }: QueryOptions): Promise<JobResource> {
    const query = this.#queryOf(sql, params)
    if (this.#session)
      return this.#jobs.run({
        configuration: { query: { ...query, connectionProperties: [sessionProperty(this.#session.id)] } },
        sql,
        location: this.#session.location,
        isOnce: true,
        signal,
      })
    if (!needsSession(sql))
      return this.#jobs.run({ configuration: { query }, sql, isOnce: statementCount(sql) > 1, signal })
    return this.#jobInNewSession(sql, query, signal)
  }

  async #jobInNewSession(sql: string, query: object, signal: AbortSignal | undefined): Promise<JobResource> {
    const job = await this.#jobs.run({
      configuration: { query: { ...query, createSession: true } },
      sql,
      isOnce: true,
      signal,
    })
    const id = job.statistics?.sessionInfo?.sessionId
    if (!id)
      throw warehouseErrors.create('WAREHOUSE_SQL', {
        message: `BigQuery at ${this.#jobs.place} begins no sessions, which this statement needs: ${shownSql(sql)}`,
        hint: 'Emulators have none. Put all that belongs together into one text: begin transaction; …; commit transaction;',
      })
    this.#session = { id, location: job.jobReference.location }
    return job
  }

  /** The same checks that the statement will go through, which cost nothing, tell what it is. @throws WAREHOUSE_SQL */
  async #checkReading(sql: string, query: object, signal: AbortSignal | undefined): Promise<void> {
    const { statistics } = await this.#jobs.run({ configuration: { dryRun: true, query }, sql, signal })
    const type = statistics?.query?.statementType
    if (type === readingType) return
    throw warehouseErrors.create('WAREHOUSE_SQL', {
      message: `Only queries are allowed here, and this is ${type ?? 'something else'}: ${shownSql(sql)}`,
      hint: 'Ask by one `select`, or allow writing.',
    })
  }

  #defaultDataset(): object {
    const { dataset } = this.#jobs.options
    return dataset === undefined ? {} : { defaultDataset: { datasetId: dataset, projectId: this.#jobs.project } }
  }

  async #answer(job: JobResource, sql: string, { limit, signal }: QueryOptions): Promise<QueryResult> {
    const facts = factsOf(job)
    const commandTag = job.statistics?.query?.statementType
    const rowsAffected = await this.#rowsAffected(job, signal)
    const about = { facts, commandTag, rowsAffected }
    if (!answersRows(commandTag)) return { ...nothing, ...about }
    const most = limit ?? Number.POSITIVE_INFINITY
    // A page ends where it is ten megabytes long, too: how many rows were asked for says nothing about how many come.
    const asked = limit === undefined ? {} : { maxResults: limit + 1 }
    const first = await this.#page(job, sql, { ...asked, signal })
    const rows = cellsOf(first)
    const columns = columnsOf(first)
    for (let { pageToken } = first; pageToken && rows.length <= most; ) {
      const page = await this.#page(job, sql, { ...asked, pageToken, signal })
      for (const row of cellsOf(page, first)) rows.push(row)
      pageToken = page.pageToken
    }
    return { columns, rows: rows.slice(0, limit), truncated: rows.length > most, ...about }
  }

  async #page(job: JobResource, sql: string, page: Parameters<BigQueryJobs['rows']>[1]): Promise<RowsResource> {
    try {
      return await this.#jobs.rows(job, page)
    } catch (error) {
      throwIfAborted(page.signal)
      throw queryError(failureOf(error), { sql, place: this.#jobs.place, jobId: job.jobReference.jobId })
    }
  }

  /** What a statement has written; of a table that it made the table tells. */
  async #rowsAffected(
    { configuration, statistics }: JobResource,
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> {
    const { numDmlAffectedRows, statementType } = statistics?.query ?? {}
    if (numDmlAffectedRows !== undefined && statementType !== readingType) return Number(numDmlAffectedRows)
    if (statementType !== 'CREATE_TABLE_AS_SELECT') return undefined
    const made = configuration?.query?.destinationTable
    if (!made) return undefined
    const path = bigQueryPath('projects', made.projectId, 'datasets', made.datasetId, 'tables', made.tableId)
    const table = await this.#jobs.request<TableResource>({ path, signal }).catch(() => undefined)
    return table?.numRows === undefined ? undefined : Number(table.numRows)
  }

  async #endTransaction(how: 'commit' | 'rollback'): Promise<QueryResult> {
    if (!this.#isTransactionOpen) return nothing
    this.#isTransactionOpen = false
    await this.#job(`${how} transaction`, {})
    return nothing
  }

  async #endSession(): Promise<void> {
    this.#isTransactionOpen = false
    if (!this.#session) return
    // With it go its transaction and its tables; one that cannot be ended now ends by itself.
    await this.#job('call bq.abort_session()', {}).catch(() => {})
    this.#session = undefined
  }
}

function withParameters(
  sql: string,
  params: readonly Cell[],
): { readonly query: string; readonly parameterMode?: string; readonly queryParameters?: readonly object[] } {
  if (params.length === 0) return { query: sql }
  if (statementCount(sql) < 2)
    return { query: sql, parameterMode: 'POSITIONAL', queryParameters: params.map(toParameter) }
  const script = withNames(sql, params)
  return { query: script.sql, parameterMode: 'NAMED', queryParameters: script.parameters }
}

const nothing: QueryResult = { columns: [], rows: [], truncated: false }
const sessionProperty = (value: string) => ({ key: 'session_id', value })

/** Of what writes there is nothing to fetch; of scripts there may be. */
const answersRows = (type: string | undefined) =>
  type === undefined || type === readingType || ['SCRIPT', 'CALL', 'ASSERT', 'EXPORT_DATA'].includes(type)

const fieldsOf = ({ schema }: RowsResource): readonly FieldResource[] => schema?.fields ?? []

const columnsOf = (page: RowsResource): ResultColumn[] =>
  fieldsOf(page).map((field) => ({ name: field.name, type: typeName(field), kind: kindOf(field) }))

function cellsOf(page: RowsResource, first: RowsResource = page) {
  const fields = fieldsOf(first)
  return (page.rows ?? []).map(({ f }) => f.map(({ v }, i) => toCell(v, fields[i] as FieldResource)))
}

function factsOf({ jobReference, statistics }: JobResource): NonNullable<QueryResult['facts']> {
  const { cacheHit, totalBytesBilled, totalBytesProcessed, totalSlotMs } = statistics?.query ?? {}
  const numbers = {
    bytes_processed: totalBytesProcessed ?? statistics?.totalBytesProcessed,
    bytes_billed: totalBytesBilled,
    slot_ms: totalSlotMs ?? statistics?.totalSlotMs,
  }
  return {
    ...Object.fromEntries(
      Object.entries(numbers).flatMap(([key, value]) => (value === undefined ? [] : [[key, Number(value)]])),
    ),
    ...(jobReference.location === undefined ? {} : { location: jobReference.location }),
    project_id: jobReference.projectId,
    job_id: jobReference.jobId,
    ...(cacheHit ? { cache_hit: 1 } : {}),
  }
}

const severalStatements = (sql: string) =>
  warehouseErrors.create('WAREHOUSE_SQL', {
    message: `One statement is allowed here, and these are several: ${shownSql(sql)}`,
    hint: 'Send them one by one.',
  })
