import type { Clock, MillraceError } from '../../../base/index.js'
import { type AirbyteJob, type AirbyteServerClient, isOver } from '../../../extract-load/index.js'
import { isForGood, type Metadata, type StepContext, stopReason } from '../../../orchestrate/index.js'
import { type JobNote, noteOf, readNote } from './job-note.js'

export interface JobPlace {
  readonly client: AirbyteServerClient
  readonly server: string
  readonly connectionId: string
  readonly clock: Clock
}

export interface FollowedJob {
  readonly jobId: number
  /** The server was at it already, for somebody else: it is not ours to cancel. */
  readonly isAdopted: boolean
}

/** For how long a job may be on its way of which nobody knows whether it was begun. */
const underwayMs = 20_000
const lookAgainMs = 2_000
/** A server that tells it is busy may need a moment to show with what. */
const busyLooks = 5
/** Emptying a connection is no sync: it is waited for. */
const emptyingAgainMs = 5_000

/** Which job of a connection a step follows: the one that it has noted, one that runs there already, or a new one. It is asked for once, whatever dies. */
export async function startJob(context: StepContext, place: JobPlace): Promise<FollowedJob> {
  const noted = readNote(context.note)
  const note = noted?.server === place.server && noted.connectionId === place.connectionId ? noted : undefined
  if (note?.job !== undefined) {
    context.log('info', `Job ${note.job} is followed further.`)
    return { jobId: note.job, isAdopted: note.isAdopted === true }
  }
  if (note) {
    const begun = await jobSince(context, place, note)
    if (begun) return adopt(context, note, begun, `Job ${begun.id} was begun by this run before it was interrupted.`)
  }
  return askForJob(context, place)
}

async function askForJob(context: StepContext, place: JobPlace): Promise<FollowedJob> {
  const { client, connectionId, clock } = place
  const [newest, running] = await whatRuns(context, place)
  const note: JobNote = {
    server: place.server,
    connectionId,
    askedAt: clock.now().toISOString(),
    newestJob: newest?.id ?? 0,
  }
  if (running)
    return adopt(
      context,
      note,
      running,
      `Job ${running.id} of this connection runs there already: it is followed.`,
      true,
    )
  // From here on whoever takes the step up knows that there may be a job.
  await context.keepNote?.(noteOf(note))
  try {
    const job = await client.createSync(connectionId, { signal: unlessCancelled(context.signal) })
    return adopt(context, note, job, `Job ${job.id} was begun.`)
  } catch (thrown) {
    context.signal.throwIfAborted()
    const { code } = thrown as MillraceError
    const isUnknown = code === 'AIRBYTE_UNREACHABLE' || code === 'AIRBYTE_FAILED' || code === 'AIRBYTE_ANSWER_INVALID'
    if (isUnknown) {
      context.log('warn', `${(thrown as Error).message} Whether a sync was begun shows among its jobs.`)
      const begun = await jobSince(context, place, note)
      if (begun) return adopt(context, note, begun, `Job ${begun.id} was begun, though the answer did not come.`)
    }
    if (code === 'AIRBYTE_BUSY') {
      const busy = await busyWith(context, place)
      if (busy)
        return adopt(context, note, busy, `Job ${busy.id} of this connection runs there already: it is followed.`, true)
    }
    throw thrown
  }
}

async function adopt(
  context: StepContext,
  note: JobNote,
  job: AirbyteJob,
  message: string,
  isAdopted = false,
): Promise<FollowedJob> {
  await context.keepNote?.(noteOf({ ...note, job: job.id, isAdopted }))
  context.log('info', message, { job: job.id })
  return { jobId: job.id, isAdopted }
}

const moves = ({ type }: AirbyteJob) => type === 'sync' || type === 'refresh'

/** The newest job, and the one that loads data now. One that empties tables is waited for. */
async function whatRuns(
  context: StepContext,
  { client, connectionId, clock }: JobPlace,
): Promise<readonly [newest: AirbyteJob | undefined, running: AirbyteJob | undefined]> {
  for (let hasTold = false; ; hasTold = true) {
    const jobs = await client.jobs({ connectionId }, { signal: context.signal })
    const running = jobs.filter((job) => !isOver(job))
    const emptying = running.find((job) => !moves(job))
    if (!emptying) return [jobs[0], running.find(moves)]
    if (!hasTold) context.log('info', `It waits for the end of job ${emptying.id}, a ${emptying.type}.`)
    await clock.sleep(emptyingAgainMs, { signal: context.signal })
  }
}

/** A sync that is newer than what there was when the step asked. The server may still be about to begin it. */
async function jobSince(
  context: StepContext,
  { client, connectionId, clock }: JobPlace,
  { newestJob, askedAt }: JobNote,
): Promise<AirbyteJob | undefined> {
  for (;;) {
    const jobs = await client.jobs({ connectionId }, { signal: context.signal })
    // The first of them: others may have followed it.
    const begun = jobs.filter((job) => job.id > newestJob && moves(job)).at(-1)
    const sinceMs = clock.now().getTime() - Date.parse(askedAt)
    if (begun || sinceMs > underwayMs || sinceMs < 0) return begun
    await clock.sleep(lookAgainMs, { signal: context.signal })
  }
}

/** What goes on there that a step may have begun before it was stopped, for who wants to end it. */
export async function unknownJobs(
  noted: Metadata,
  { client, connectionId, server }: JobPlace,
): Promise<readonly number[]> {
  const note = readNote(noted)
  if (note?.server !== server || note.connectionId !== connectionId || note.isAdopted) return []
  const signal = AbortSignal.timeout(underwayMs)
  const jobs = await client.jobs({ connectionId }, { signal }).catch(() => [])
  const isMeant = (job: AirbyteJob) =>
    note.job === undefined ? job.id > note.newestJob && moves(job) : job.id === note.job
  return jobs.filter((job) => !isOver(job) && isMeant(job)).map(({ id }) => id)
}

async function busyWith(
  context: StepContext,
  { client, connectionId, clock }: JobPlace,
): Promise<AirbyteJob | undefined> {
  for (let look = 0; look < busyLooks; look++) {
    const jobs = await client.jobs({ connectionId }, { signal: context.signal })
    const running = jobs.find((job) => !isOver(job) && moves(job))
    if (running) return running
    await clock.sleep(lookAgainMs, { signal: context.signal })
  }
  return undefined
}

/** Of a cancelled run the answer is waited for: only who knows the job can end it. An engine that shuts down does not wait. */
function unlessCancelled(signal: AbortSignal): AbortSignal {
  const ends = new AbortController()
  const end = () => {
    if (!isForGood(stopReason(signal))) ends.abort(signal.reason)
  }
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  return ends.signal
}
