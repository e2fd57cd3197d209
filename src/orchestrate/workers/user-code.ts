import { Worker } from 'node:worker_threads'
import { errorFromJson, type Logger, toMillraceError } from '../../base/index.js'
import type { SensorResult, StepContext, StepExecutor } from '../contract.js'
import { orchestrateErrors } from '../errors.js'
import type { FromWorker, ToWorker, UserDefinitions } from './messages.js'

export interface UserCodeOptions {
  readonly file: string
  readonly projectDir: string
  readonly logger: Logger
  /** Answers a query of the user's code: rows as objects. */
  readonly query: (sql: string, signal: AbortSignal | undefined) => Promise<unknown>
}

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  readonly context?: StepContext | undefined
}

/** The user's definitions.ts in a worker thread of its own: a crash or an endless loop there harms nothing here. */
export class UserCode implements StepExecutor {
  readonly kind = 'typescript'
  readonly #options: UserCodeOptions
  readonly #pending = new Map<number, Pending>()
  #worker: Worker | undefined
  #lastId = 0

  constructor(options: UserCodeOptions) {
    this.#options = options
  }

  /** Loads the file anew and answers what it defines. @throws DEFINITIONS_INVALID with file, line and frame */
  async load(): Promise<UserDefinitions> {
    if (this.#pending.size === 0) await this.close()
    return (await this.#ask({ type: 'load', id: 0 })) as UserDefinitions
  }

  async evaluateSensor(name: string, cursor: unknown): Promise<SensorResult> {
    return (await this.#ask({ type: 'sensor', id: 0, name, cursor })) as SensorResult
  }

  async execute(context: StepContext): Promise<void> {
    const [key = ''] = context.step.assets
    // Only ending the thread stops user code that does not listen.
    const stop = () =>
      void this.#end(
        orchestrateErrors.create('USER_CODE_CRASHED', { message: 'The worker was ended: the run was cancelled.' }),
      )
    context.signal.addEventListener('abort', stop, { once: true })
    try {
      await this.#ask({ type: 'asset', id: 0, key, checks: context.step.checks.map((check) => check.name) }, context)
    } finally {
      context.signal.removeEventListener('abort', stop)
    }
  }

  async close(): Promise<void> {
    await this.#end(orchestrateErrors.create('USER_CODE_CRASHED', { message: 'The engine shuts down.' }))
  }

  async #end(error: unknown): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    for (const pending of this.#pending.values()) pending.reject(error)
    this.#pending.clear()
    await worker?.terminate()
  }

  #ask(message: Exclude<ToWorker, { type: 'answer' }>, context?: StepContext): Promise<unknown> {
    const worker = this.#start()
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, context })
      worker.postMessage({ ...message, id })
    })
  }

  #start(): Worker {
    if (this.#worker) return this.#worker
    const { file, projectDir } = this.#options
    const worker = new Worker(new URL('./user-worker.js', import.meta.url), {
      workerData: { file, projectDir },
      stdout: true,
      stderr: true,
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    })
    const fail = (why: string) => {
      if (this.#worker !== worker) return
      void this.#end(
        orchestrateErrors.create('USER_CODE_CRASHED', {
          message: `The worker that runs definitions.ts ended: ${why}.`,
          hint: 'The log of the run shows what it printed last.',
        }),
      )
    }
    worker.on('message', (message: FromWorker) => this.#receive(worker, message))
    worker.on('error', (error) => fail(error.message))
    worker.on('exit', (code) => fail(`exit code ${code}`))
    for (const stream of [worker.stdout, worker.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => this.#print(text))
    worker.unref()
    this.#worker = worker
    return worker
  }

  /** What the user's code prints belongs to the step that runs. */
  #print(text: string): void {
    const running = [...this.#pending.values()].find((pending) => pending.context)
    for (const line of text.split('\n')) {
      if (line === '') continue
      if (running?.context) running.context.log('info', line)
      else this.#options.logger.info(line)
    }
  }

  #receive(worker: Worker, message: FromWorker): void {
    const pending = this.#pending.get(message.id)
    const asset = pending?.context?.step.assets[0]
    switch (message.type) {
      case 'done':
      case 'failed':
        this.#pending.delete(message.id)
        if (message.type === 'done') pending?.resolve(message.value)
        else pending?.reject(errorFromJson(message.error))
        return
      case 'log':
        pending?.context?.log('info', message.message)
        return
      case 'materialized':
        if (asset !== undefined) pending?.context?.materialized(asset, message.metadata)
        return
      case 'checked':
        if (asset !== undefined) pending?.context?.checked(asset, message.check.name, message.check)
        return
      case 'query':
        this.#options.query(message.sql, pending?.context?.signal).then(
          (rows) => worker.postMessage({ type: 'answer', query: message.query, rows } satisfies ToWorker),
          (error: unknown) =>
            worker.postMessage({
              type: 'answer',
              query: message.query,
              error: toMillraceError(error).toJSON(),
            } satisfies ToWorker),
        )
    }
  }
}
