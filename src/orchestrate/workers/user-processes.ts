import type { ProjectNames } from '../contract/index.js'
import { openProcess } from './open-process.js'
import { type RunTask, type TaskOptions, UserHost, type UserHostsOptions } from './user-host.js'

/** The processes that have definitions.ts loaded as it stands when they begin, one for each step that wants one. */
export class UserProcesses {
  readonly #options: UserHostsOptions
  readonly #busy = new Set<UserHost>()
  #names: ProjectNames | undefined

  constructor(options: UserHostsOptions) {
    this.#options = options
  }

  know(names: ProjectNames | undefined): void {
    this.#names = names
  }

  /** One process for all tasks of `work`, unless it is lost. @param mark of the step */
  async using<T>(mark: string, work: (run: RunTask) => Promise<T>): Promise<T> {
    let held: UserHost | undefined
    const run: RunTask = async (task, options) => {
      if (!held?.isAlive) {
        if (held) await this.#end(held, undefined)
        held = this.#open(mark)
        await this.#load(held, options)
      }
      return held.run(task, options)
    }
    try {
      return await work(run)
    } finally {
      if (held) await this.#end(held, undefined)
    }
  }

  async end(error: unknown): Promise<void> {
    await Promise.all([...this.#busy].map((host) => this.#end(host, error)))
  }

  #open(mark: string): UserHost {
    const { file, projectDir, heapMb } = this.#options
    const host = new UserHost(openProcess(mark), { file, projectDir, names: this.#names, heapMb })
    this.#busy.add(host)
    return host
  }

  async #load(host: UserHost, options: TaskOptions): Promise<void> {
    await host.run({ type: 'load' }, { ...options, timeoutMs: this.#options.loadMs })
  }

  async #end(host: UserHost, error: unknown): Promise<void> {
    this.#busy.delete(host)
    await host.end(error)
  }
}
