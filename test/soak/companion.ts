import { join } from 'node:path'
import { type Command, millrace, sleep } from '../support/millrace.js'

export const companionNames = ['second engine', 'worker', 'launching worker', 'daemon'] as const
export type CompanionName = (typeof companionNames)[number]

/** What each of them is started with. */
const commands: Readonly<Record<CompanionName, readonly string[]>> = {
  'second engine': ['engine'],
  worker: ['worker'],
  'launching worker': ['worker'],
  daemon: ['daemon'],
}

export interface CompanionOptions {
  readonly projectDir: string
  /** Asked at each start. */
  readonly storeUrl: () => string
  readonly signal: AbortSignal
}

/** A process beside `millrace up`, as another machine would have it: it shares the store, and starts again whenever it ended. */
export class Companion {
  readonly #name: CompanionName
  readonly #options: CompanionOptions
  readonly #said: string[] = []
  #running: { readonly command: Command; readonly store: string } | undefined

  constructor(name: CompanionName, options: CompanionOptions) {
    this.#name = name
    this.#options = options
  }

  /** Until the signal aborts. */
  async keep(): Promise<void> {
    const { projectDir, storeUrl, signal } = this.#options
    while (!signal.aborted) {
      const store = storeUrl()
      const command = millrace(projectDir, commands[this.#name], {
        MILLRACE_STATE_DIR: join(projectDir, `.state of ${this.#name}`),
        MILLRACE_METASTORE_URL: store,
      })
      this.#running = { command, store }
      await command.ended
      this.#said.push(command.output())
      await sleep(500)
    }
  }

  get pid(): number | undefined {
    return this.#running?.command.process.pid
  }

  /** It was told the address of the store once: where that is another one by now, it is started again. */
  followStore(): void {
    if (this.#running && this.#running.store !== this.#options.storeUrl()) this.#running.command.process.kill('SIGKILL')
  }

  said(): string {
    return [...this.#said, this.#running?.command.output() ?? ''].map((text) => `${this.#name}: ${text}`).join('\n')
  }

  async stop(): Promise<void> {
    this.#running?.command.process.kill('SIGINT')
    await this.#running?.command.ended
  }
}
