import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import {
  type BigQueryWarehouseOptions,
  openBigQuery,
  queryReadOnly,
  type WarehouseConnection,
  withConnection,
} from '../../src/warehouse/index.js'

interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Body
  readonly authorization: string | undefined
}
interface Body {
  readonly jobReference?: { readonly jobId?: string; readonly location?: string }
  readonly configuration?: Readonly<Record<string, unknown>> & {
    readonly dryRun?: boolean
    readonly query?: Readonly<Record<string, unknown>> & { readonly query: string }
  }
}

/** What the service answers to jobs, one after the other; the last one again and again. */
let script: (jobId: string) => [status: number, body: unknown]
let asked: Asked[] = []
/** Other answers than the one row, by path and page. */
let other: ((one: Asked) => unknown) | undefined
/** Requests that were ended by who asked. */
let ended = 0
let url = ''
const server = createServer(async (request, response) => {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const text = Buffer.concat(pieces).toString('utf8')
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server')
  const answer = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  if (pathname === '/token') return answer(200, { access_token: 'renewed', expires_in: 3600, token_type: 'Bearer' })
  const body = (text === '' ? {} : JSON.parse(text)) as Body
  const one = {
    method: request.method ?? '',
    path: pathname,
    query: searchParams,
    body,
    authorization: request.headers.authorization,
  }
  if (body.configuration?.dryRun && body.configuration.query?.query === 'select 1') return answer(200, done('dry', {}))
  asked.push(one)
  response.on('close', () => {
    if (!response.writableFinished) ended++
  })
  const given = other?.(one)
  if (given === 'nothing') return
  if (given !== undefined) return answer(200, given)
  if (pathname.includes('/queries/'))
    return answer(200, {
      jobComplete: true,
      schema: { fields: [{ name: 'n', type: 'INTEGER' }] },
      rows: [{ f: [{ v: '1' }] }],
    })
  const jobId = body.jobReference?.jobId ?? pathname.split('/').at(-1) ?? ''
  const [status, said] = script(jobId)
  return answer(status, said)
})

const done = (jobId: string, more: object, status: object = {}) => ({
  jobReference: { projectId: 'payer', jobId, location: 'EU' },
  configuration: { query: {} },
  status: { state: 'DONE', ...status },
  statistics: { query: { statementType: 'SELECT', totalBytesProcessed: '2048', totalBytesBilled: '4096' }, ...more },
})
const failed = (reason: string, message = reason) => ({ errorResult: { reason, message } })

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked = []
  other = undefined
  ended = 0
  script = (jobId) => [200, done(jobId, {})]
})

/** @param answers of the requests for jobs, in their order */
const answering = (...answers: ((jobId: string) => [number, unknown])[]) => {
  let next = 0
  script = (jobId) => (answers[Math.min(next++, answers.length - 1)] as (typeof answers)[number])(jobId)
}
const using = async <T>(
  work: (connection: WarehouseConnection) => Promise<T>,
  more: Partial<BigQueryWarehouseOptions> = {},
) => {
  const warehouse = await openBigQuery({
    login: { kind: 'token', token: 't' },
    project: 'p',
    apiEndpoint: url,
    ...more,
  })
  return withConnection(warehouse, work)
}
const inserted = () => asked.filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs'))
const jobIds = () => inserted().map(({ body }) => body.jobReference?.jobId)

it('asks for jobs as the profile says: who pays, where, how long, how much', () =>
  using(
    async (connection) => {
      const { facts } = await connection.query('select n')
      const [{ path, body }] = inserted() as [Asked]
      expect(path).toBe('/bigquery/v2/projects/payer/jobs')
      expect(body.jobReference).toMatchObject({ location: 'EU', jobId: expect.stringMatching(/^millrace_/) })
      expect(body.configuration).toEqual({
        jobTimeoutMs: '60000',
        reservation: 'r',
        labels: { team: 'data' },
        query: { query: 'select n', useLegacySql: false, priority: 'BATCH', maximumBytesBilled: '1000' },
      })
      expect(facts).toEqual({
        ...{ bytes_processed: 2048, bytes_billed: 4096, location: 'EU', project_id: 'payer' },
        job_id: body.jobReference?.jobId,
      })
    },
    {
      ...{
        executionProject: 'payer',
        location: 'EU',
        jobTimeoutMs: 60_000,
        reservation: 'r',
        labels: { team: 'data' },
      },
      ...{ priority: 'batch', maximumBytesBilled: 1000n },
    },
  ))

it('tries a job that failed for a reason that passes again, as another one', () =>
  using(async (connection) => {
    answering(
      (id) => [200, done(id, {}, failed('backendError'))],
      (id) => [200, done(id, {})],
    )
    expect((await connection.query('select n')).rows).toEqual([[1]])
    expect(new Set(jobIds()).size).toBe(2)
  }))

it('asks for a job of which it heard nothing by the same name, and takes the one that is there', () =>
  using(async (connection) => {
    answering(
      () => [503, { error: { code: 503, message: 'later', errors: [{ reason: 'backendError', message: 'later' }] } }],
      () => [409, { error: { code: 409, message: 'there', errors: [{ reason: 'duplicate', message: 'there' }] } }],
      (id) => [200, done(id, {})],
    )
    expect((await connection.query('insert into t values (1)')).rows).toEqual([[1]])
    expect(new Set(jobIds()).size).toBe(1)
  }))

it('tries a script that failed halfway not again', () =>
  using(async (connection) => {
    answering((id) => [200, done(id, {}, failed('backendError'))])
    await expect(connection.query('delete from t where true; insert into t values (1)')).rejects.toMatchObject({
      code: 'WAREHOUSE_CONNECTION_LOST',
    })
    expect(inserted()).toHaveLength(1)
  }))

it('says what to do about what BigQuery refuses', () =>
  using(async (connection) => {
    answering((id) => [200, done(id, {}, failed('bytesBilledLimitExceeded', 'Query exceeded limit'))])
    await expect(connection.query('select n')).rejects.toMatchObject({
      code: 'WAREHOUSE_SQL',
      hint: expect.stringContaining('maximum_bytes_billed'),
    })
    answering((id) => [
      200,
      done(id, {}, failed('invalidQuery', 'Could not serialize access to table p:d.t due to concurrent update')),
    ])
    await expect(connection.query('select n')).rejects.toMatchObject({ code: 'WAREHOUSE_CONFLICT', retryable: true })
    answering(() => [
      403,
      {
        error: {
          code: 403,
          message: 'User does not have bigquery.jobs.create permission',
          errors: [{ reason: 'accessDenied', message: 'User does not have bigquery.jobs.create permission' }],
        },
      },
    ])
    await expect(connection.query('select n')).rejects.toMatchObject({
      code: 'WAREHOUSE_REFUSED',
      hint: expect.stringContaining('Job User'),
    })
  }))

it('keeps a transaction in a session, which ends with the connection', async () => {
  await using(async (connection) => {
    answering((id) => [200, done(id, { sessionInfo: { sessionId: 's-1' } })])
    await connection.begin()
    await connection.query('insert into t values (1)')
    await connection.commit()
  })
  const sent = inserted().map(({ body }) => body.configuration?.query)
  expect(sent.map((query) => [query?.query, query?.createSession ?? query?.connectionProperties])).toEqual([
    ['begin transaction', true],
    ...['insert into t values (1)', 'commit transaction', 'call bq.abort_session()'].map((sql) => [
      sql,
      [{ key: 'session_id', value: 's-1' }],
    ]),
  ])
  expect(inserted().at(-1)?.body.jobReference?.location).toBe('EU')
})

it('cancels where the job is', () =>
  using(async (connection) => {
    const stop = new AbortController()
    let isCancelled = false
    script = (jobId) => {
      if (asked.at(-1)?.path.endsWith('/cancel')) isCancelled = true
      // It is known by now where the job is.
      else if (asked.at(-1)?.method === 'GET') stop.abort()
      return [
        200,
        isCancelled ? done(jobId, {}, failed('stopped')) : { ...done(jobId, {}), status: { state: 'RUNNING' } },
      ]
    }
    await expect(connection.query('select n', { signal: stop.signal })).rejects.toMatchObject({ code: 'ABORTED' })
    const [cancel] = asked.filter(({ path }) => path.endsWith('/cancel')) as [Asked]
    expect([cancel.path, cancel.query.get('location')]).toEqual([
      `/bigquery/v2/projects/p/jobs/${jobIds()[0]}/cancel`,
      'EU',
    ])
  }))

it('renews its token by one that renews', () =>
  using(
    async (connection) => {
      await connection.query('select n')
      expect(asked[0]?.authorization).toBe('Bearer renewed')
    },
    {
      login: { kind: 'refreshToken', refreshToken: 'r', clientId: 'c', clientSecret: 's', tokenUri: `${url}/token` },
    },
  ))

it('tells what a query would read', () =>
  using(async (connection) => {
    expect(await connection.estimate?.('select n from t')).toEqual({
      bytesProcessed: 2048,
      statement: 'SELECT',
      columns: [],
    })
    expect(inserted()[0]?.body.configuration).toMatchObject({ dryRun: true })
  }))

it('reads on where a page ends before the limit, and no further', () =>
  using(async (connection) => {
    const pageOf = (v: string, pageToken?: string) => ({
      jobComplete: true,
      schema: { fields: [{ name: 'n', type: 'INTEGER' }] },
      rows: [{ f: [{ v }] }],
      ...(pageToken && { pageToken }),
    })
    const pages: Readonly<Record<string, unknown>> = {
      '': pageOf('1', 'b'),
      b: pageOf('2', 'c'),
      c: pageOf('3', 'd'),
      d: pageOf('4'),
    }
    other = ({ path, query }) => (path.includes('/queries/') ? pages[query.get('pageToken') ?? ''] : undefined)
    expect(await connection.query('select n', { limit: 2 })).toMatchObject({ rows: [[1], [2]], truncated: true })
    expect(asked.filter(({ path }) => path.includes('/queries/'))).toHaveLength(3)
    expect(await connection.query('select n', { limit: 4 })).toMatchObject({
      rows: [[1], [2], [3], [4]],
      truncated: false,
    })
  }))

it('ends the request under way when it is told to stop: rows, and the catalogue', async () => {
  const warehouse = await openBigQuery({ login: { kind: 'token', token: 't' }, project: 'a:p', apiEndpoint: url })
  const stopped = async (work: (signal: AbortSignal) => Promise<unknown>) => {
    const stop = new AbortController()
    const before = ended
    other = ({ method }) => {
      if (method === 'POST') return undefined
      setTimeout(() => stop.abort(), 10)
      return 'nothing'
    }
    await expect(work(stop.signal)).rejects.toMatchObject({ code: 'ABORTED' })
    await expect.poll(() => ended).toBe(before + 1)
  }
  const relation = { schema: 'd', identifier: 'a b/c' }
  await withConnection(warehouse, async (connection) => {
    await stopped((signal) => connection.query('select n', { signal }))
    await stopped((signal) => connection.ask?.({ path: 'projects/p/datasets/d', signal }) as Promise<unknown>)
  })
  await stopped((signal) => warehouse.listSchemas({ signal }))
  await stopped((signal) => warehouse.listRelations({ schemas: ['d'], signal }))
  await stopped((signal) => warehouse.columns(relation, { signal }))
  expect(asked.at(-1)?.path).toBe('/bigquery/v2/projects/a%3Ap/datasets/d/tables/a%20b%2Fc')
})

it('tells what a statement is before it runs where only reading is allowed, and sends nothing else', () =>
  using(async (connection) => {
    await queryReadOnly(connection, 'select n', {})
    expect(inserted().map(({ body }) => body.configuration?.dryRun ?? false)).toEqual([true, false])
    asked = []
    answering((id) => [200, done(id, { query: { statementType: 'INSERT' } })])
    await expect(queryReadOnly(connection, 'insert into t values (1)', {})).rejects.toMatchObject({
      code: 'WAREHOUSE_SQL',
      message: expect.stringContaining('INSERT'),
    })
    await expect(queryReadOnly(connection, 'select 1; delete from t', {})).rejects.toMatchObject({
      code: 'WAREHOUSE_SQL',
    })
    expect(inserted()).toHaveLength(1)
  }))

it('ends its session to be as new', () =>
  using(async (connection) => {
    answering((id) => [200, done(id, { sessionInfo: { sessionId: 's-1' } })])
    await connection.query('set @@time_zone = "UTC"')
    await connection.reset()
    await connection.query('select n')
    expect(inserted().map(({ body }) => body.configuration?.query?.query)).toEqual([
      'set @@time_zone = "UTC"',
      'call bq.abort_session()',
      'select n',
    ])
    expect(inserted().at(-1)?.body.configuration?.query).not.toHaveProperty('connectionProperties')
  }))

it('names the parameters of a script, equal ones once', () =>
  using(async (connection) => {
    const sql =
      "begin transaction; update t set a = ? where b = ? or c = '?'; delete from t where b = ?; commit transaction"
    await connection.query(sql, { params: ['x', 1, 'x'] })
    expect(inserted()[0]?.body.configuration?.query).toMatchObject({
      query:
        "begin transaction; update t set a = @p1 where b = @p2 or c = '?'; delete from t where b = @p1; commit transaction",
      parameterMode: 'NAMED',
      queryParameters: [
        { name: 'p1', parameterType: { type: 'STRING' }, parameterValue: { value: 'x' } },
        { name: 'p2', parameterType: { type: 'INT64' }, parameterValue: { value: '1' } },
      ],
    })
  }))
