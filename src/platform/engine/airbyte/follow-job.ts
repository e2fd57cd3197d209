import { type Clock, grouped, MillraceError, plural } from '../../../base/index.js'
import { type AirbyteJob, isOver } from '../../../extract-load/index.js'
import type { StepContext } from '../../../orchestrate/index.js'
import { platformErrors } from '../../errors.js'
import type { JobPlace } from './start-job.js'

export interface Following extends JobPlace {
  readonly pollMs: number
  readonly patienceMs: number
  /** Is told whenever an attempt of the job has failed and another one follows. */
  readonly onAttemptFailed: () => Promise<void>
}

const firstPauseMs = 500
const pauseGrows = 1.5

/** Asks until a job is over. @throws AIRBYTE_CONTACT_LOST, AIRBYTE_JOB_GONE, what the signal says */
export async function followJob(context: StepContext, jobId: number, following: Following): Promise<AirbyteJob> {
  const { client, clock, pollMs } = following
  const contact = new Contact(context, following)
  let status = ''
  for (let pauseMs = Math.min(firstPauseMs, pollMs); ; pauseMs = Math.min(pauseMs * pauseGrows, pollMs)) {
    const job = await client
      .job(jobId, { signal: context.signal, once: true })
      .catch((thrown: unknown) => contact.lost(thrown, jobId))
    if (job) {
      contact.regained()
      if (job.status !== status) {
        if (status !== '') context.log('info', `Job ${jobId}: ${job.status}.`)
        status = job.status
        if (status === 'incomplete') await following.onAttemptFailed()
      }
      context.progress(undefined, undefined, progressText(job))
      if (isOver(job)) return job
    }
    await clock.sleep(pauseMs, { signal: context.signal })
  }
}

const progressText = ({ id, status, rows, bytes }: AirbyteJob) =>
  [
    `job ${id}: ${status}`,
    rows ? plural(rows, 'row', grouped(rows)) : undefined,
    bytes ? `${grouped(bytes)} bytes` : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(', ')

const passing = new Set(['AIRBYTE_UNREACHABLE', 'AIRBYTE_FAILED', 'AIRBYTE_ANSWER_INVALID'])

/** A server that is started again, or busy, is waited for; what it does goes on meanwhile. */
class Contact {
  readonly #context: StepContext
  readonly #server: string
  readonly #patienceMs: number
  readonly #clock: Clock
  readonly #client: JobPlace['client']
  #since: number | undefined
  /** Whether the server was well after it, or what stands before it, had not known the job. */
  #isWell = false

  constructor(context: StepContext, { server, patienceMs, clock, client }: Following) {
    this.#context = context
    this.#server = server
    this.#patienceMs = patienceMs
    this.#clock = clock
    this.#client = client
  }

  /** @throws what no waiting mends */
  async lost(thrown: unknown, jobId: number): Promise<undefined> {
    this.#context.signal.throwIfAborted()
    const { code, message, data } = thrown as MillraceError
    // A proxy knows no address either while what is behind it starts again.
    const isUnknown = code === 'AIRBYTE_NOT_FOUND'
    if (isUnknown && (data?.isOwn === true || this.#isWell))
      throw platformErrors.create('AIRBYTE_JOB_GONE', {
        message: `The Airbyte server ${this.#server} no longer has job ${jobId}: it was deleted there, or the server was made anew.`,
        hint: 'What it loaded until then nobody can tell. Start a new run.',
        cause: thrown,
      })
    if (!(thrown instanceof MillraceError) || !(isUnknown || passing.has(code))) throw thrown
    const now = this.#clock.monotonicMs()
    if (this.#since === undefined) {
      this.#since = now
      this.#context.log(
        'warn',
        `${message} It is waited for, ${plural(Math.ceil(this.#patienceMs / 60_000), 'minute')} at most.`,
      )
    }
    if (now - this.#since < this.#patienceMs) {
      this.#isWell = isUnknown && (await this.#isHealthy())
      return undefined
    }
    throw platformErrors.create('AIRBYTE_CONTACT_LOST', {
      message: `${message} That is so for ${Math.round((now - this.#since) / 1000)} s; job ${jobId} may go on there.`,
      hint: 'Once the server answers again start a new run: a job that still runs is followed, and none is started beside it. `patience` below `airbyte` in millrace.yaml says how long is waited.',
      cause: thrown,
    })
  }

  async #isHealthy(): Promise<boolean> {
    try {
      await this.#client.health({ signal: this.#context.signal, once: true })
      return true
    } catch {
      this.#context.signal.throwIfAborted()
      return false
    }
  }

  regained(): void {
    this.#isWell = false
    if (this.#since === undefined) return
    const seconds = Math.round((this.#clock.monotonicMs() - this.#since) / 1000)
    this.#since = undefined
    this.#context.log('info', `The Airbyte server ${this.#server} answers again, after ${seconds} s.`)
  }
}
