import { type Clock, grouped, type MillraceError, plural, toMillraceError } from '../../../base/index.js'
import { type AirbyteJob, type AirbyteJobInfo, isOver } from '../../../extract-load/index.js'
import {
  type AssetKey,
  type ConnectionSpec,
  isForGood,
  type Metadata,
  type RemoteConnection,
  type StepContext,
  type StepExecutor,
  stopReason,
} from '../../../orchestrate/index.js'
import type { AirbyteServers } from '../../airbyte/airbyte-servers.js'
import { onlyThere } from '../../airbyte/only-there.js'
import { streamLabel } from '../../airbyte/stream-label.js'
import { platformErrors } from '../../errors.js'
import { followJob } from './follow-job.js'
import { failuresOf, jobFailed } from './job-failure.js'
import { figuresOf, jobTotals, type StreamFigures } from './job-figures.js'
import { tellAttempt } from './job-log.js'
import { type FollowedJob, type JobPlace, startJob, unknownJobs } from './start-job.js'

export interface RemoteSyncOptions {
  readonly servers: AirbyteServers
  readonly clock: Clock
  /** The connection of a step, as the definitions have it now. */
  readonly connectionOf: (step: string) => ConnectionSpec | undefined
}

/** How long a cancelled job is looked after until it has ended. */
const cancelledWithinMs = 120_000
const cancelAgainMs = 1_000

/** A sync that another server does: asked for, followed, and told here. */
export class RemoteSyncExecutor implements StepExecutor {
  readonly kind = 'sync'
  readonly #options: RemoteSyncOptions

  constructor(options: RemoteSyncOptions) {
    this.#options = options
  }

  async execute(context: StepContext): Promise<void> {
    const work = this.#work(context)
    if (context.fullRefresh) throw onlyThere(work.spec.name, work.remote, 'loaded from the start')
    const { jobId, isAdopted } = await this.#started(context, work)
    const told = new Set<number>()
    const tellLogs = async (info: AirbyteJobInfo | undefined, isLast: boolean) => {
      for (const { attempt } of info?.attempts ?? [])
        if (!told.has(attempt.id) && (isLast || attempt.status !== 'running')) {
          told.add(attempt.id)
          await this.#tellLog(context, work, { jobId, attempt: attempt.id })
        }
    }
    let job: AirbyteJob
    try {
      job = await followJob(context, jobId, {
        ...work.place,
        ...work.server,
        server: work.remote.server,
        onAttemptFailed: async () => await tellLogs(await this.#info(context, work, jobId), false),
      })
    } catch (thrown) {
      if (context.signal.aborted && isForGood(stopReason(context.signal)))
        if (isAdopted)
          context.log(
            'info',
            `Job ${jobId} goes on on the Airbyte server ${work.remote.server}: this run did not begin it.`,
          )
        else await this.#cancel(context, work, jobId)
      throw thrown
    }
    const info = await this.#info(context, work, jobId)
    await tellLogs(info, true)
    await this.#tell(context, work, job, info)
  }

  /** @throws AIRBYTE_NOT_DONE_FROM_HERE */
  async clear(context: StepContext): Promise<void> {
    const { spec, remote } = this.#work(context)
    throw onlyThere(spec.name, remote, 'cleared')
  }

  #work(context: StepContext) {
    const spec = this.#options.connectionOf(context.step.key)
    const server = this.#options.servers.servers.find(({ name }) => name === spec?.remote?.server)
    const client = server && this.#options.servers.client(server.name)
    if (!spec?.remote || !server || !client)
      throw platformErrors.create('CONNECTION_NOT_FOUND', {
        message: `The connection of the step ${context.step.key} is no longer in the project.`,
        hint: 'Its server was taken out of millrace.yaml, or the connection renamed or deleted there after this run was planned. Start a new run.',
      })
    const place: JobPlace = { client, server: server.name, connectionId: spec.remote.id, clock: this.#options.clock }
    return { spec, remote: spec.remote, server, client, place }
  }

  async #started(context: StepContext, work: Work): Promise<FollowedJob> {
    // What was noted says that there may be a job, though nobody knows it.
    let note = context.note
    const noting: StepContext = {
      ...context,
      keepNote: async (kept) => {
        note = kept
        await context.keepNote?.(kept)
      },
    }
    try {
      return await startJob(noting, work.place)
    } catch (thrown) {
      if (note && isForGood(stopReason(context.signal)))
        for (const jobId of await unknownJobs(note, work.place)) await this.#cancel(context, work, jobId)
      throw thrown
    }
  }

  /** What a job did; a server that does not tell, or has just gone, makes no failure of a sync that worked. */
  async #info(context: StepContext, { client }: Work, jobId: number): Promise<AirbyteJobInfo | undefined> {
    try {
      return await client.jobInfo(jobId, { signal: context.signal })
    } catch (thrown) {
      context.signal.throwIfAborted()
      context.log('warn', `Its log and the rows of each stream are not known: ${toMillraceError(thrown).message}`)
      return undefined
    }
  }

  async #tellLog(
    context: StepContext,
    { client, remote }: Work,
    { jobId, attempt }: { readonly jobId: number; readonly attempt: number },
  ): Promise<void> {
    try {
      const found = await client.attempt(jobId, attempt, { signal: context.signal })
      if (found) tellAttempt(context, found, remote.page)
    } catch (thrown) {
      context.signal.throwIfAborted()
      const { code, message } = toMillraceError(thrown)
      const level = code === 'AIRBYTE_ANSWER_TOO_LARGE' ? 'info' : 'warn'
      context.log(level, `The log of attempt ${attempt + 1} stands only there, ${remote.page}: ${message}`, { attempt })
    }
  }

  async #tell(context: StepContext, work: Work, job: AirbyteJob, info: AirbyteJobInfo | undefined): Promise<void> {
    const { spec, remote } = work
    if (job.status === 'succeeded') {
      for (const { asset, metadata } of streamsOf(work, job, info)) context.materialized(asset, metadata)
      const { rows, bytes } = jobTotals(job)
      context.log('info', `Job ${job.id} succeeded: ${plural(rows, 'row')}, ${grouped(bytes)} bytes.`)
      return
    }
    if (job.status === 'cancelled')
      throw platformErrors.create('AIRBYTE_SYNC_CANCELLED', {
        message: `Job ${job.id} of ${spec.name} was cancelled on the Airbyte server ${remote.server}.`,
        hint: `Who did it, and why, its page may tell: ${remote.page}`,
      })
    const failures = info ? failuresOf(info) : []
    const failed = { connection: spec.name, page: remote.page, jobId: job.id, attempts: info?.attempts.length ?? 1 }
    const error = jobFailed(failed, failures)
    const complete = await this.#completeStreams(context, work, job.id)
    for (const { asset, label, metadata } of streamsOf(work, job, info)) {
      // Of a job that failed in one stream the others are loaded all the same.
      if (complete.has(label)) context.materialized(asset, metadata)
      else {
        const own = failures.filter(
          ({ streamDescriptor: of }) => of && streamLabel(spec.streams, of.name, of.namespace) === label,
        )
        context.failed(asset, (own.length > 0 ? jobFailed(failed, own) : error).toJSON())
      }
    }
    throw error
  }

  /** Those that the last attempt brought to their end, where the server tells it. */
  async #completeStreams(
    context: StepContext,
    { client, remote, spec }: Work,
    jobId: number,
  ): Promise<ReadonlySet<string>> {
    const found = await client
      .streamStatuses({ workspaceId: remote.workspaceId, jobId }, { signal: context.signal })
      .catch(() => [])
    const latest = new Map<string, (typeof found)[number]>()
    const isNewer = (one: (typeof found)[number], than: (typeof found)[number] | undefined) =>
      !than ||
      (one.attemptNumber ?? 0) > (than.attemptNumber ?? 0) ||
      ((one.attemptNumber ?? 0) === (than.attemptNumber ?? 0) &&
        (one.transitionedAt ?? 0) >= (than.transitionedAt ?? 0))
    for (const one of found) {
      const label = streamLabel(spec.streams, one.streamName, one.streamNamespace)
      if (label !== undefined && isNewer(one, latest.get(label))) latest.set(label, one)
    }
    return new Set([...latest].filter(([, { runState }]) => runState === 'COMPLETE').map(([label]) => label))
  }

  /** A cancelled run cancels what it had another server begin, and waits until that has ended. */
  async #cancel(context: StepContext, { client, remote }: Work, jobId: number): Promise<void> {
    const signal = AbortSignal.timeout(cancelledWithinMs)
    try {
      context.log('info', `Job ${jobId} is cancelled on the Airbyte server ${remote.server}.`)
      // One that is over cannot be cancelled any more.
      await client.cancelJob(jobId, { signal }).catch((thrown: MillraceError) => {
        if (thrown.code !== 'AIRBYTE_BUSY') throw thrown
      })
      for (;;) {
        const job = await client.job(jobId, { signal })
        if (isOver(job)) return context.log('info', `Job ${jobId}: ${job.status}.`)
        await this.#options.clock.sleep(cancelAgainMs, { signal })
      }
    } catch (thrown) {
      const why = signal.aborted ? 'It has not ended in time.' : toMillraceError(thrown).message
      context.log('error', `Job ${jobId} may go on on the Airbyte server ${remote.server}: ${why} ${remote.page}`)
    }
  }
}

interface Work {
  readonly spec: ConnectionSpec
  readonly remote: RemoteConnection
  readonly client: NonNullable<ReturnType<AirbyteServers['client']>>
  readonly place: JobPlace
}

/** What is told of each stream: its own rows and bytes where the server tells them, else those of the job, with the first of them. */
function streamsOf(
  { spec, remote }: Work,
  job: AirbyteJob,
  info: AirbyteJobInfo | undefined,
): readonly { readonly asset: AssetKey; readonly label: string; readonly metadata: Metadata }[] {
  const byLabel = new Map<string, StreamFigures>()
  for (const figures of info ? figuresOf(info) : []) {
    const label = streamLabel(spec.streams, figures.name, figures.namespace)
    if (label !== undefined) byLabel.set(label, figures)
  }
  const durationMs = durationOf(job)
  const totals = jobTotals(job)
  return spec.streams.map(({ name: label, asset, syncMode }, i) => {
    const figures = byLabel.get(label)
    const counts: Metadata = figures
      ? {
          rows_committed: figures.rows,
          bytes_read: figures.bytes,
          ...(figures.rejected > 0 ? { rows_rejected: figures.rejected } : {}),
          // What is downstream stays fresh: nothing was written.
          ...(syncMode === 'incremental' && figures.rows === 0 && figures.emitted === 0 ? { unchanged: true } : {}),
        }
      : i === 0 && byLabel.size === 0
        ? {
            rows_committed: totals.rows,
            bytes_read: totals.bytes,
            ...(spec.streams.length > 1 ? { note: 'rows and bytes are those of all streams of the job' } : {}),
          }
        : byLabel.size === 0
          ? {}
          : { rows_committed: 0, bytes_read: 0 }
    return {
      asset,
      label,
      metadata: {
        ...counts,
        ...(durationMs === undefined ? {} : { duration_ms: durationMs }),
        // A text: nobody wants to see it plotted.
        airbyte_job: String(job.id),
        airbyte_server: remote.server,
        airbyte_connection: { type: 'url', url: remote.page },
      },
    }
  })
}

function durationOf({ startTime, lastUpdatedAt }: AirbyteJob): number | undefined {
  const ms = Date.parse(lastUpdatedAt ?? '') - Date.parse(startTime ?? '')
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined
}
