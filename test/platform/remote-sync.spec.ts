import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { baseErrors, type Clock, type ErrorJson, toMillraceError } from '../../src/base/index.js'
import type { Metadata, StepContext } from '../../src/orchestrate/index.js'
import { AirbyteServers } from '../../src/platform/airbyte/airbyte-servers.js'
import type { AirbyteServer } from '../../src/platform/contract.js'
import { RemoteSyncExecutor } from '../../src/platform/engine/airbyte/remote-sync-executor.js'
import { remoteAssets } from '../../src/platform/graph/remote-assets.js'
import { AirbyteStandIn, type ScriptedConnection, secret } from '../support/airbyte-server.js'
import { eventually } from '../support/millrace.js'

/** Pauses of seconds take some milliseconds. */
const faster = 100
const startedAt = Date.now()
const clock: Clock = {
  now: () => new Date(startedAt + (Date.now() - startedAt) * faster),
  monotonicMs: () => performance.now() * faster,
  sleep: (durationMs, { signal } = {}) =>
    new Promise((resolve, reject) => {
      const end = () => reject(signal?.reason)
      if (signal?.aborted) return end()
      signal?.addEventListener('abort', end, { once: true })
      setTimeout(() => {
        signal?.removeEventListener('abort', end)
        resolve()
      }, durationMs / faster)
    }),
}

let standIn: AirbyteStandIn
let connection: ScriptedConnection
let dir: string
beforeEach(async () => {
  standIn = await AirbyteStandIn.start()
  dir = await mkdtemp(join(tmpdir(), 'millrace-remote-'))
  connection = standIn.add({
    name: 'Shop',
    streams: [
      { name: 'orders', namespace: 'public' },
      { name: 'people', namespace: 'public' },
    ],
  })
  onTestFinished(async () => {
    await standIn.stop()
    await rm(dir, { recursive: true, force: true })
  })
})

async function opened(settings: Partial<AirbyteServer> = {}) {
  const server: AirbyteServer = {
    name: 'prod',
    url: standIn.url,
    credentials: { type: 'application', clientId: 'app', clientSecret: secret },
    workspace: undefined,
    connections: undefined,
    refreshMs: 60_000,
    pollMs: 2_000,
    patienceMs: 60_000,
    schedules: new Map(),
    at: { file: 'millrace.yaml' },
    ...settings,
  }
  const servers = new AirbyteServers({ project: { stateDir: dir, airbyte: [server] }, clock, asks: 'commands' })
  const parts = remoteAssets(await servers.read(), { taken: new Map(), tables: new Map() })
  const connectionOf = (step: string) => parts.connections.find((one) => one.step === step)
  return new RemoteSyncExecutor({ servers, clock, connectionOf })
}

interface Told {
  readonly made: Record<string, Metadata>
  readonly failed: Record<string, ErrorJson>
  readonly log: string[]
  readonly notes: Metadata[]
}

/** A step of a run, with what it tells. */
function step(
  executor: RemoteSyncExecutor,
  { note, signal = new AbortController().signal, ...more }: Partial<StepContext> = {},
) {
  const told: Told = { made: {}, failed: {}, log: [], notes: [] }
  const context = {
    runId: 'r1',
    step: { key: 'sync:prod.shop' },
    assets: ['raw/orders', 'raw/people'],
    attempt: 1,
    fullRefresh: false,
    signal,
    note,
    keepNote: async (kept: Metadata) => void told.notes.push(kept),
    materialized: (asset: string, metadata: Metadata) => {
      told.made[asset] = metadata
    },
    failed: (asset: string, error: ErrorJson) => {
      told.failed[asset] = error
    },
    log: (level: string, message: string) => told.log.push(`${level} ${message}`),
    progress: () => {},
    ...more,
  } as unknown as StepContext
  const ended = executor.execute(context).then(
    () => undefined,
    (thrown: unknown) => toMillraceError(thrown),
  )
  return { told, ended }
}

const cancelled = () => baseErrors.create('ABORTED', { message: 'x', data: { why: 'cancel' } })
const shutDown = () => baseErrors.create('ABORTED', { message: 'x', data: { why: 'shutdown' } })

it('asks for a sync, follows it, and tells of each stream and what the server logged', async () => {
  standIn.looksUntilDone = 3
  const { told, ended } = step(await opened())
  expect(await ended).toBeUndefined()
  expect(told.made).toMatchObject({
    'raw/orders': { rows_committed: 10, bytes_read: 1000, airbyte_job: '1', airbyte_server: 'prod' },
    'raw/people': { rows_committed: 20, bytes_read: 2000 },
  })
  expect(told.log).toEqual(
    expect.arrayContaining([
      'info 2026-01-01 00:00:00 platform > INFO sync of 2 streams',
      'warn WARN one row was odd',
      'info Job 1 succeeded: 30 rows, 3,000 bytes.',
    ]),
  )
  expect(told.notes.map(({ newest_job: newest, job }) => [newest, job])).toEqual([
    [0, undefined],
    [0, 1],
  ])
  expect(standIn.posts).toBe(1)
})

it('without its streams the rows and bytes of a job are told once', async () => {
  standIn.outcome = (job) => {
    Object.assign(job, { rows: 7, bytes: 70 })
    standIn.end(job, 'succeeded')
  }
  const { told, ended } = step(await opened())
  await ended
  expect(told.made['raw/orders']).toMatchObject({ rows_committed: 7, bytes_read: 70, note: expect.any(String) })
  expect(told.made['raw/people']).not.toHaveProperty('rows_committed')
})

it('what brought nothing leaves what is downstream as it is', async () => {
  standIn.outcome = (job) => {
    const stats = { streamNamespace: 'public', bytes: 0 }
    Object.assign(job.attempts[0] ?? {}, {
      streamStats: [
        { streamName: 'orders', rows: 0, ...stats },
        { streamName: 'people', rows: 1, ...stats },
      ],
    })
    standIn.end(job, 'succeeded')
  }
  const { told, ended } = step(await opened())
  await ended
  expect(told.made['raw/orders']).toMatchObject({ unchanged: true })
  expect(told.made['raw/people']).not.toHaveProperty('unchanged')
})

const failure = {
  failureOrigin: 'source',
  failureType: 'config_error',
  externalMessage: 'The password has expired',
  internalMessage: 'SQLException: nope',
  timestamp: 1,
}

it('a job that fails says why, after how many attempts, and which streams are loaded all the same', async () => {
  standIn.outcome = (job) => {
    Object.assign(job.attempts[0] ?? {}, { status: 'failed', lines: ['ERROR first attempt'] })
    job.attempts.push({
      id: 1,
      status: 'failed',
      failures: [
        { failureType: 'manual_cancellation', externalMessage: 'stopped', timestamp: 1 },
        { ...failure, streamDescriptor: { name: 'people', namespace: 'public' } },
      ],
      events: [{ timestamp: 1, message: 'no way in', level: 'ERROR', logSource: 'source' }],
      states: { orders: 'COMPLETE', people: 'INCOMPLETE' },
    })
    standIn.end(job, 'failed')
  }
  const { told, ended } = step(await opened())
  expect((await ended)?.toJSON()).toMatchObject({
    code: 'AIRBYTE_SYNC_FAILED',
    message: 'Job 1 of prod.shop failed after 2 attempts. In the source: The password has expired.',
    hint: expect.stringContaining(`${standIn.url}/workspaces/`),
    data: { failureOrigin: 'source', failureType: 'config_error', internalMessage: 'SQLException: nope' },
    retryable: false,
  })
  expect(Object.keys(told.made)).toEqual(['raw/orders'])
  expect(Object.keys(told.failed)).toEqual(['raw/people'])
  expect(told.log).toEqual(expect.arrayContaining(['error ERROR first attempt', 'error source > no way in']))
})

it('a job with an attempt that failed goes on', async () => {
  standIn.looksUntilDone = 0
  const { told, ended } = step(await opened())
  const job = await eventually('the job', () => standIn.jobs[0])
  Object.assign(job.attempts[0] ?? {}, { status: 'failed', lines: ['ERROR attempt 0'] })
  job.status = 'incomplete'
  await eventually('the log of the attempt', () => told.log.includes('error ERROR attempt 0'))
  job.attempts.push({ id: 1, status: 'running' })
  job.status = 'running'
  standIn.succeed(job)
  expect(await ended).toBeUndefined()
  expect(told.log.filter((line) => line.includes('attempt 0'))).toHaveLength(1)
  // Each log is asked for once, and never those of all attempts.
  const asked = (call: string) => standIn.calls.filter((one) => one === `POST /api/v1/${call}`).length
  expect([asked('attempt/get_for_job'), asked('jobs/get')]).toEqual([2, 0])
})

it('a log that is too large to be held is told where it is; rows are those of each stream all the same', async () => {
  standIn.intercept = (call) => (call.endsWith('/get_for_job') ? { body: ' '.repeat(33 * 1024 * 1024) } : undefined)
  const { told, ended } = step(await opened())
  expect(await ended).toBeUndefined()
  expect(told.log.find((line) => line.includes('The log of attempt 1 stands only there'))).toMatch(
    /^info .*\/connections\/.* with more than 32 MB\.$/,
  )
  expect(told.made['raw/people']).toMatchObject({ rows_committed: 20 })
})

it('a server that knows no call for one attempt tells its logs with the job', async () => {
  for (const call of ['jobs/get_without_logs', 'attempt/get_for_job']) standIn.lacks.add(`POST /api/v1/${call}`)
  const { told, ended } = step(await opened())
  expect(await ended).toBeUndefined()
  expect(told.log).toContain('warn WARN one row was odd')
})

it('a sync that runs there already is followed, whether it shows before or only when another is asked for', async () => {
  standIn.looksUntilDone = 3
  const executor = await opened()
  standIn.begin(connection.connectionId)
  const shown = step(executor)
  expect(await shown.ended).toBeUndefined()
  expect(standIn.posts).toBe(0)
  expect(shown.told.log).toContain('info Job 1 of this connection runs there already: it is followed.')
  // It begins between the look and the question.
  standIn.intercept = (call) => {
    if (call === 'POST /api/public/v1/jobs') standIn.begin(connection.connectionId)
    return undefined
  }
  const hidden = step(executor)
  expect(await hidden.ended).toBeUndefined()
  expect([standIn.posts, standIn.jobs.length]).toEqual([1, 2])
  expect(hidden.told.made['raw/orders']).toMatchObject({ airbyte_job: '2' })
})

it('a job that empties tables is waited for', async () => {
  const clearing = standIn.begin(connection.connectionId, 'clear')
  const { told, ended } = step(await opened())
  await eventually('it waits', () => told.log.includes('info It waits for the end of job 1, a clear.'))
  expect(standIn.posts).toBe(0)
  standIn.end(clearing, 'succeeded')
  expect(await ended).toBeUndefined()
  expect(told.made['raw/orders']).toMatchObject({ airbyte_job: '2' })
})

it('an answer that does not come starts nothing twice', async () => {
  standIn.intercept = (call) => (call === 'POST /api/public/v1/jobs' ? { isDropped: true } : undefined)
  const { told, ended } = step(await opened())
  expect(await ended).toBeUndefined()
  expect([standIn.posts, standIn.jobs.length]).toEqual([1, 1])
  expect(told.log).toContain('info Job 1 was begun, though the answer did not come.')
})

it('a question that never came there is asked again, by the next attempt', async () => {
  standIn.intercept = (call) => (call === 'POST /api/public/v1/jobs' ? { status: 502, body: 'bad gateway' } : undefined)
  const executor = await opened()
  const first = step(executor)
  expect(await first.ended).toMatchObject({ code: 'AIRBYTE_FAILED', retryable: true })
  standIn.intercept = undefined
  const second = step(executor, { note: first.told.notes.at(-1) })
  expect(await second.ended).toBeUndefined()
  expect([standIn.posts, standIn.jobs.length]).toEqual([2, 1])
})

it('whoever takes a step up goes on with its job: the one that is noted, or one that came after the note', async () => {
  const executor = await opened()
  standIn.looksUntilDone = 0
  const killed = new AbortController()
  const first = step(executor, { signal: killed.signal })
  const job = await eventually('the job', () => standIn.jobs[0])
  const [asked, begun] = await eventually('the notes', () =>
    first.told.notes.length === 2 ? first.told.notes : undefined,
  )
  killed.abort(shutDown())
  expect(await first.ended).toMatchObject({ code: 'ABORTED' })
  expect(job.status).toBe('running')
  standIn.succeed(job)
  for (const note of [asked, begun]) {
    const next = step(executor, { note })
    expect(await next.ended).toBeUndefined()
    expect(next.told.made['raw/orders']).toMatchObject({ airbyte_job: '1', rows_committed: 10 })
  }
  expect([standIn.posts, standIn.jobs.length]).toEqual([1, 1])
})

it('a run that is cancelled cancels its job there, and waits until it has ended', async () => {
  standIn.looksUntilDone = 0
  const cancel = new AbortController()
  const { told, ended } = step(await opened(), { signal: cancel.signal })
  const job = await eventually('the job', () => (told.notes.length === 2 ? standIn.jobs[0] : undefined))
  cancel.abort(cancelled())
  expect(await ended).toMatchObject({ code: 'ABORTED' })
  expect(job.status).toBe('cancelled')
  expect(told.log.at(-1)).toBe('info Job 1: cancelled.')
})

it('a run that is cancelled leaves a job alone that it did not begin, also where another engine took it up', async () => {
  standIn.looksUntilDone = 0
  const executor = await opened()
  const job = standIn.begin(connection.connectionId)
  let note: Metadata | undefined
  for (const begins of [
    `info Job 1 of this connection runs there already: it is followed.`,
    'info Job 1 is followed further.',
  ]) {
    const cancel = new AbortController()
    const { told, ended } = step(executor, { note, signal: cancel.signal })
    await eventually('it follows', () => told.log.includes(begins))
    cancel.abort(cancelled())
    expect(await ended).toMatchObject({ code: 'ABORTED' })
    expect(told.log.at(-1)).toBe('info Job 1 goes on on the Airbyte server prod: this run did not begin it.')
    note ??= told.notes.at(-1)
  }
  expect(job.status).toBe('running')
})

it('a run that is cancelled while it asks waits for the answer, and cancels what it began', async () => {
  standIn.looksUntilDone = 0
  const cancel = new AbortController()
  standIn.intercept = (call) => {
    if (call !== 'POST /api/public/v1/jobs') return undefined
    cancel.abort(cancelled())
    return { delayMs: 100 }
  }
  const { ended } = step(await opened(), { signal: cancel.signal })
  expect(await ended).toMatchObject({ code: 'ABORTED' })
  expect(standIn.jobs.map(({ status }) => status)).toEqual(['cancelled'])
})

it('a run that is cancelled while the answer is lost looks for what it may have begun, and cancels that', async () => {
  standIn.looksUntilDone = 0
  const cancel = new AbortController()
  standIn.intercept = (call) => {
    if (call !== 'POST /api/public/v1/jobs') return undefined
    cancel.abort(cancelled())
    return { isDropped: true }
  }
  const { ended } = step(await opened(), { signal: cancel.signal })
  expect(await ended).toMatchObject({ code: 'ABORTED' })
  expect(standIn.jobs.map(({ status }) => status)).toEqual(['cancelled'])
})

it('a job that somebody cancels there fails the step, and says so', async () => {
  standIn.outcome = (job) => standIn.end(job, 'cancelled')
  const { ended } = step(await opened())
  expect(await ended).toMatchObject({
    code: 'AIRBYTE_SYNC_CANCELLED',
    message: expect.stringContaining('Job 1 of prod.shop'),
  })
})

it('a server that is started anew in the middle is waited for', async () => {
  standIn.looksUntilDone = 0
  const { told, ended } = step(await opened())
  const job = await eventually('the job', () => (told.notes.length === 2 ? standIn.jobs[0] : undefined))
  await standIn.stop()
  await eventually('it is told', () => told.log.find((line) => line.startsWith('warn The Airbyte server prod')))
  await standIn.start()
  standIn.succeed(job)
  expect(await ended).toBeUndefined()
  expect(told.log.some((line) => /^info The Airbyte server prod answers again, after \d+ s\.$/.test(line))).toBe(true)
  expect([standIn.posts, standIn.jobs.length]).toEqual([1, 1])
})

it('a server that stays away, or has no such job any more, ends the step', async () => {
  standIn.looksUntilDone = 0
  const executor = await opened({ patienceMs: 5_000 })
  const away = step(executor)
  await eventually('the job', () => away.told.notes.length === 2)
  await standIn.stop()
  expect(await away.ended).toMatchObject({
    code: 'AIRBYTE_CONTACT_LOST',
    message: expect.stringContaining('job 1 may go on there'),
  })
  await standIn.start()
  standIn.jobs.length = 0
  const gone = step(executor, { note: away.told.notes.at(-1) })
  expect(await gone.ended).toMatchObject({ code: 'AIRBYTE_JOB_GONE' })
})

it('a proxy that knows no address while the server behind it starts is waited for; a server that is well is believed', async () => {
  standIn.looksUntilDone = 0
  const notFound = { status: 404, body: '<html>404 page not found</html>' }
  standIn.intercept = (call) => (call.endsWith('/jobs/1') || call.endsWith('/health') ? notFound : undefined)
  const executor = await opened()
  const { told, ended } = step(executor)
  const looks = () => standIn.calls.filter((call) => call.endsWith('/jobs/1')).length
  await eventually('it is asked again', () => looks() > 3)
  const job = await eventually('the job', () => standIn.jobs[0])
  standIn.intercept = undefined
  standIn.succeed(job)
  expect(await ended).toBeUndefined()
  standIn.intercept = (call) => (call.endsWith('/jobs/1') ? notFound : undefined)
  const gone = step(executor, { note: told.notes.at(-1) })
  expect(await gone.ended).toMatchObject({ code: 'AIRBYTE_JOB_GONE' })
})

it('a note that cannot be kept keeps a sync from being asked for', async () => {
  const lost = baseErrors.create('UNEXPECTED', { message: 'another engine has the run' })
  const { ended } = step(await opened(), { keepNote: () => Promise.reject(lost) })
  expect(await ended).toBe(lost)
  expect(standIn.posts).toBe(0)
})

it('what is only done there is refused by name', async () => {
  const { ended } = step(await opened(), { fullRefresh: true })
  expect(await ended).toMatchObject({
    code: 'AIRBYTE_NOT_DONE_FROM_HERE',
    hint: expect.stringContaining('/connections/'),
  })
  expect(standIn.posts).toBe(0)
})
