import { AsyncResource } from 'node:async_hooks'
import { Worker } from 'node:worker_threads'
import { endMarked, errorFromJson, type MillraceError, newId, toMillraceError } from '../../base/index.js'
import type { CheckEvents, ProjectNames } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import type { CheckQuestion, FromWorker, Report, Task, ToWorker } from './messages.js'
import { markOfStep } from './step-keys.js'

export interface TaskOptions {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  readonly query: (sql: string) => Promise<unknown>
  /** The rows of a query, piece by piece. */
  readonly read: (sql: string) => AsyncIterable<unknown>
  readonly onReport: (report: Report) => void
  /** See `StepContext.history`; of a step that asks checks. */
  readonly history?: ((check: CheckQuestion, most: number) => Promise<CheckEvents>) | undefined
}

/** User code that was asked to stop may tidy up this long. */
const graceMs = 1_000

interface Running {
  readonly mark: string
  readonly options: TaskOptions
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  /** Tables that are being read, by what the thread calls them. */
  readonly readers: Map<number, AsyncIterator<unknown>>
}

/**
 * A thread with the user's definitions.ts, for one task at a time: an endless loop, a crash or a leak there harms
 * nothing here, and ending the thread ends the task whatever it does.
 */
export class UserThread {
  readonly #worker: Worker
  #running: Running | undefined
  #isEnded = false

  constructor(
    workerData: {
      readonly file: string
      readonly projectDir: string
      readonly names?: ProjectNames | undefined
    },
    { heapMb }: { readonly heapMb: number },
  ) {
    const worker = new Worker(new URL('./user-worker.js', import.meta.url), {
      workerData,
      stdout: true,
      stderr: true,
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: heapMb },
    })
    worker.on('message', (message: FromWorker) => this.#receive(message))
    worker.on('error', (error: NodeJS.ErrnoException) => this.#lost(whyLost(error, heapMb)))
    worker.on('exit', (code) => this.#lost(`it ended with the exit code ${code}, as process.exit does`))
    // What the code prints comes as messages; this is what Node itself has to say.
    for (const stream of [worker.stdout, worker.stderr]) stream.resume()
    worker.unref()
    this.#worker = worker
  }

  /** False when it has ended and cannot be used any more. */
  get isAlive(): boolean {
    return !this.#isEnded
  }

  /**
   * Of a task that does not end well all processes are ended that it has started; one that does may leave some behind.
   * @throws USER_CODE_FAILED, DEFINITIONS_INVALID; USER_CODE_CRASHED, and then the thread is gone
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
        // What the thread asks for belongs to the span of its task.
        const asks = { query: AsyncResource.bind(options.query), read: AsyncResource.bind(options.read) }
        this.#running = { mark, options: { ...options, ...asks }, resolve, reject, readers }
        this.#post({ type: 'task', task, mark })
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

  /** Ends the thread and with it what runs there. */
  async end(error: unknown): Promise<void> {
    this.#isEnded = true
    const running = this.#running
    // A thread that waits for a process cannot be ended before that has.
    await Promise.all([this.#worker.terminate(), running && endMarked(running.mark)])
    running?.reject(error)
  }

  async #stop(error: MillraceError): Promise<void> {
    const running = this.#running
    this.#post({ type: 'abort' })
    await new Promise((resolve) => setTimeout(resolve, graceMs))
    if (this.#running === running) await this.end(error)
  }

  #lost(why: string): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#running?.reject(
      orchestrateErrors.create('USER_CODE_CRASHED', {
        message: `The thread that ran definitions.ts was lost: ${why}.`,
        hint: 'The log of the run shows what it printed last.',
      }),
    )
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #answer(query: number, rows: Promise<unknown>): void {
    rows.then(
      (found) => this.#post({ type: 'answer', query, rows: found }),
      (error: unknown) => this.#post({ type: 'answer', query, error: toMillraceError(error).toJSON() }),
    )
  }

  #receive(message: FromWorker): void {
    const running = this.#running
    if (!running) return
    switch (message.type) {
      case 'done':
        running.resolve(message.value)
        return
      case 'failed':
        if (message.isFatal) this.#isEnded = true
        running.reject(errorFromJson(message.error))
        return
      case 'query':
        this.#answer(message.query, running.options.query(message.sql))
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

function whyLost(error: NodeJS.ErrnoException, heapMb: number): string {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return `it needed more than ${heapMb.toLocaleString('en-US')} MB of memory`
  return error.message
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
