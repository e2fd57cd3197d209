import type { ProjectNames } from '../contract/index.js'
import { openProcess } from './open-process.js'
import { type RunTask, type TaskOptions, UserHost, type UserHostsOptions, usingOne } from './user-host.js'

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

  /** @param mark of the step */
  using<T>(mark: string, work: (run: RunTask) => Promise<T>): Promise<T> {
    const giveBack = (host: UserHost) => this.#end(host, undefined)
    return usingOne({ take: (options) => this.#take(mark, options), giveBack }, work)
  }

  async end(error: unknown): Promise<void> {
    await Promise.all([...this.#busy].map((host) => this.#end(host, error)))
  }

  async #take(mark: string, options: TaskOptions): Promise<UserHost> {
    const { file, projectDir, keptIn, heapMb, loadMs } = this.#options
    const host = new UserHost(openProcess(mark), { file, projectDir, keptIn, names: this.#names, heapMb })
    this.#busy.add(host)
    try {
      await host.run({ type: 'load' }, { ...options, timeoutMs: loadMs })
      return host
    } catch (error) {
      await this.#end(host, undefined)
      throw error
    }
  }

  async #end(host: UserHost, error: unknown): Promise<void> {
    this.#busy.delete(host)
    await host.end(error)
  }
}
