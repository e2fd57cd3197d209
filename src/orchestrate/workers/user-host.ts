import { AsyncResource } from 'node:async_hooks'
import { endMarked, errorFromJson, type MillraceError, newId, toMillraceError } from '../../base/index.js'
import type { FilePlaces } from '../authoring/sensor.js'
import type { CheckEvents } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import type { HostChannel, HostSettings, OpenHost } from './host-channel.js'
import type { CheckHistoryQuestion, FromWorker, Report, Task } from './messages.js'
import { markOfStep } from './step-keys.js'

export interface TaskOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  readonly query: (sql: string) => Promise<unknown>
  /** The rows of a query, piece by piece. */
  readonly read: (sql: string) => AsyncIterable<unknown>
  readonly files: (path: string, places: FilePlaces) => Promise<unknown>
  readonly onReport: (report: Report) => void
  /** See `StepContext.history`; of a step that asks checks. */
  readonly history?: ((check: CheckHistoryQuestion, most: number) => Promise<CheckEvents>) | undefined
}

export type RunTask = (task: Task, options: TaskOptions) => Promise<unknown>

export interface UserHostsOptions {
  readonly file: string
  readonly projectDir: string
  readonly keptIn?: string | undefined
  readonly heapMb: number
  readonly loadMs: number
}

/** User code that was asked to stop may tidy up this long. */
const graceMs = 1_000

interface Running {
  readonly mark: string
  readonly options: TaskOptions
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  /** Tables that are being read, by what the code calls them. */
  readonly readers: Map<number, AsyncIterator<unknown>>
}

/**
 * A thread or a process with the user's definitions.ts, for one task at a time: an endless loop, a crash or a leak there harms
 * nothing here, and ending it ends the task whatever it does.
 */
export class UserHost {
  readonly #channel: HostChannel
  #running: Running | undefined
  #isEnded = false

  constructor(open: OpenHost, settings: HostSettings) {
    this.#channel = open(settings, {
      onMessage: (message) => this.#receive(message),
      onLost: (why) => this.#lost(why),
    })
  }

  /** False when it has ended and cannot be used any more. */
  get isAlive(): boolean {
    return !this.#isEnded
  }

  /**
   * Of a task that does not end well all processes are ended that it has started; one that does may leave some behind.
   * @throws USER_CODE_FAILED, DEFINITIONS_INVALID; USER_CODE_CRASHED, and then it is gone
   */
  async run(task: Task, options: TaskOptions): Promise<unknown> {
    const { signal, timeoutMs } = options
    const readers = new Map<number, AsyncIterator<unknown>>()
    const mark = `${task.type === 'step' ? markOfStep(task.run.runId, task.step) : `${task.type} `}${newId()}`
    let isDone = false
    signal?.throwIfAborted()
    const stop = () => void this.#stop(toMillraceError(signal?.reason))
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => void this.end(timedOut(task, timeoutMs)), timeoutMs)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      const value = await new Promise((resolve, reject) => {
        // What the code asks for belongs to the span of its task.
        const asks = {
          query: AsyncResource.bind(options.query),
          read: AsyncResource.bind(options.read),
          files: AsyncResource.bind(options.files),
        }
        this.#running = { mark, options: { ...options, ...asks }, resolve, reject, readers }
        this.#channel.post({ type: 'task', task, mark })
      })
      isDone = true
      return value
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      this.#running = undefined
      if (!isDone) await endMarked(mark)
      await Promise.all([...readers.values()].map((reader) => reader.return?.().catch(() => {})))
    }
  }

  /** Ends it, and with it what runs there. */
  async end(error: unknown): Promise<void> {
    this.#isEnded = true
    const running = this.#running
    // A thread that waits for a process cannot be ended before that has.
    await Promise.all([this.#channel.end(), running && endMarked(running.mark)])
    running?.reject(error)
  }

  async #stop(error: MillraceError): Promise<void> {
    const running = this.#running
    this.#channel.post({ type: 'abort' })
    await new Promise((resolve) => setTimeout(resolve, graceMs))
    if (this.#running === running) await this.end(error)
  }

  #lost(why: string): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#running?.reject(
      orchestrateErrors.create('USER_CODE_CRASHED', {
        message: `The ${this.#channel.kind} that ran definitions.ts was lost: ${why}.`,
        hint: 'The log of the run shows what it printed last.',
      }),
    )
  }

  #answer(query: number, rows: Promise<unknown>): void {
    rows.then(
      (found) => this.#channel.post({ type: 'answer', query, rows: found }),
      (error: unknown) => this.#channel.post({ type: 'answer', query, error: toMillraceError(error).toJSON() }),
    )
  }

  #receive(message: FromWorker): void {
    // Also of what an earlier task left behind: it is about to end, whoever has it then.
    if (message.type === 'failed' && message.isFatal) this.#isEnded = true
    const running = this.#running
    if (!running) return
    switch (message.type) {
      case 'done':
        running.resolve(message.value)
        return
      case 'failed':
        running.reject(errorFromJson(message.error))
        return
      case 'query':
        this.#answer(message.query, running.options.query(message.sql))
        return
      case 'files':
        this.#answer(message.query, running.options.files(message.path, message.places))
        return
      case 'read':
        this.#answer(message.query, nextRows(running, message))
        return
      case 'history':
        this.#answer(message.query, historyOf(running, message))
        return
      case 'stopReading': {
        const reader = running.readers.get(message.reader)
        running.readers.delete(message.reader)
        reader?.return?.().catch(() => {})
        return
      }
      default:
        running.options.onReport(message)
    }
  }
}

const historyOf = async ({ options }: Running, { check, most }: Extract<FromWorker, { type: 'history' }>) =>
  (await options.history?.(check, most)) ?? { materializations: [], outcomes: [] }

async function nextRows(
  { options, readers }: Running,
  { reader, sql }: { readonly reader: number; readonly sql: string },
): Promise<unknown> {
  const known = readers.get(reader) ?? options.read(sql)[Symbol.asyncIterator]()
  readers.set(reader, known)
  const { done, value } = await known.next()
  return done ? undefined : value
}

function timedOut(task: Task, timeoutMs: number): MillraceError {
  const what =
    task.type === 'load' ? 'Loading definitions.ts' : task.type === 'sensor' ? `The sensor ${task.name}` : 'It'
  return orchestrateErrors.create('USER_CODE_TIMEOUT', {
    message: `${what} took longer than ${timeoutMs / 1000} s and was ended.`,
    hint:
      task.type === 'load'
        ? 'Only define things there; work belongs into the functions of assets, checks and sensors.'
        : 'A sensor should only look whether there is something to do; the work belongs into an asset.',
  })
}

/** One host for all tasks of `work`, unless it is lost: then another one goes on. */
export async function usingOne<T>(
  {
    take,
    giveBack,
  }: { take: (options: TaskOptions) => Promise<UserHost>; giveBack: (host: UserHost) => Promise<void> },
  work: (run: RunTask) => Promise<T>,
): Promise<T> {
  let held: UserHost | undefined
  const run: RunTask = async (task, options) => {
    if (!held?.isAlive) {
      if (held) await giveBack(held)
      held = undefined
      held = await take(options)
    }
    return held.run(task, options)
  }
  try {
    return await work(run)
  } finally {
    if (held) await giveBack(held)
  }
}
