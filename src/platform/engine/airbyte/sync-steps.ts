import type { StepContext, StepExecutor } from '../../../orchestrate/index.js'

/** Syncs of our own connections, and such that another server is asked for: one kind of steps, as they are one thing for everybody else. */
export class SyncSteps implements StepExecutor {
  readonly kind = 'sync'
  readonly #own: StepExecutor
  readonly #remote: StepExecutor
  readonly #isRemote: (context: StepContext) => boolean

  constructor(executors: {
    readonly own: StepExecutor
    readonly remote: StepExecutor
    readonly isRemote: (context: StepContext) => boolean
  }) {
    this.#own = executors.own
    this.#remote = executors.remote
    this.#isRemote = executors.isRemote
  }

  execute(context: StepContext): Promise<void> {
    return this.#of(context).execute(context)
  }

  async clear(context: StepContext): Promise<void> {
    await this.#of(context).clear?.(context)
  }

  #of(context: StepContext): StepExecutor {
    return this.#isRemote(context) ? this.#remote : this.#own
  }
}
