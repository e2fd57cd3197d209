import type { ProjectNames } from '../contract/index.js'
import { IdleThreads } from './idle-threads.js'
import type { UserDefinitions } from './messages.js'
import { openThread } from './open-thread.js'
import { type RunTask, type TaskOptions, UserHost, type UserHostsOptions, usingOne } from './user-host.js'

/** A file that takes so long may never come to an end: who has work goes on with what is loaded. */
const lateMs = 10_000

/**
 * The threads that have definitions.ts loaded, as many as there is work at once; one is kept warm for the next, others for a while. A
 * file that is edited replaces them once it could be loaded: what goes on ends with the code that it began with, and while the file is
 * broken the threads that have the last good one do the work, one after the other where they are fewer than the work.
 */
export class UserThreads {
  readonly #options: UserHostsOptions
  readonly #busy = new Set<UserHost>()
  readonly #idle: IdleThreads
  /** Those that are not told to anybody yet. */
  readonly #loading = new Set<UserHost>()
  /** Of threads whose file could be loaded: how many loads there were before. */
  readonly #loads = new WeakMap<UserHost, number>()
  readonly #waiting = new Set<(thread: UserHost | undefined) => void>()
  #load = 0
  #isBroken = false
  #ended: { readonly error: unknown } | undefined
  #names: ProjectNames | undefined

  /** @param options.lingerMs how long a thread is kept that nobody needs, besides the one used last */
  constructor(options: UserHostsOptions & { readonly lingerMs: number }) {
    this.#options = options
    this.#idle = new IdleThreads(options.lingerMs)
  }

  /** Loads the file anew. @throws DEFINITIONS_INVALID; what was loaded before is used on then */
  async load(names: ProjectNames | undefined, options: TaskOptions): Promise<UserDefinitions> {
    this.#names = names
    const { thread, definitions } = await this.#fresh(options)
    this.#loads.set(thread, ++this.#load)
    const ended = this.#idle.end(undefined)
    this.#idle.push(thread)
    for (const tell of this.#waiting) tell(undefined)
    await ended
    return definitions
  }

  using<T>(work: (run: RunTask) => Promise<T>): Promise<T> {
    return usingOne({ take: (options) => this.#take(options), giveBack: (thread) => this.#giveBack(thread) }, work)
  }

  async end(error: unknown): Promise<void> {
    this.#load++
    this.#ended = { error }
    await Promise.all([...[...this.#busy, ...this.#loading].map((thread) => thread.end(error)), this.#idle.end(error)])
  }

  async #take(options: TaskOptions): Promise<UserHost> {
    for (;;) {
      options.signal?.throwIfAborted()
      const idle = this.#idle.pop()
      if (idle) return this.#taken(idle)
      if (this.#isBroken && this.#hasGood()) {
        const free = await this.#oneThatIsFree(options.signal)
        if (free) return this.#taken(free)
        continue
      }
      const load = this.#load
      const late = this.#hasGood() ? AbortSignal.timeout(lateMs) : undefined
      try {
        const signals = [options.signal, late].filter((signal) => signal !== undefined)
        const { thread } = await this.#fresh({ ...options, signal: AbortSignal.any(signals) })
        this.#loads.set(thread, load)
        return this.#taken(thread)
      } catch (error) {
        // It was edited a moment ago, and nobody has looked at it yet.
        if (late?.aborted) this.#isBroken = true
        if (!this.#hasGood() && !late?.aborted) throw error
      }
    }
  }

  async #fresh(options: TaskOptions): Promise<{ thread: UserHost; definitions: UserDefinitions }> {
    if (this.#ended) throw this.#ended.error
    const { file, projectDir, keptIn, heapMb, loadMs } = this.#options
    const thread = new UserHost(openThread, { file, projectDir, keptIn, names: this.#names, heapMb })
    this.#loading.add(thread)
    try {
      const definitions = (await thread.run({ type: 'load' }, { ...options, timeoutMs: loadMs })) as UserDefinitions
      this.#isBroken = false
      return { thread, definitions }
    } catch (error) {
      if (!options.signal?.aborted) this.#isBroken = true
      await thread.end(undefined)
      throw error
    } finally {
      this.#loading.delete(thread)
    }
  }

  #taken(thread: UserHost): UserHost {
    this.#busy.add(thread)
    return thread
  }

  #isGood(thread: UserHost): boolean {
    return thread.isAlive && this.#loads.get(thread) === this.#load
  }

  #hasGood(): boolean {
    // One may have become free while another one found the file broken.
    const isGood = (thread: UserHost) => this.#isGood(thread)
    return [...this.#busy].some(isGood) || this.#idle.some(isGood)
  }

  async #giveBack(thread: UserHost): Promise<void> {
    this.#busy.delete(thread)
    const [tell] = this.#waiting
    if (!this.#isGood(thread)) {
      // Who waits for one of the good ones may wait for nothing now.
      tell?.(undefined)
      await thread.end(undefined)
    } else if (tell) tell(this.#taken(thread))
    else this.#idle.push(thread)
  }

  /** Undefined when it is time to look again. */
  #oneThatIsFree(signal: AbortSignal | undefined): Promise<UserHost | undefined> {
    return new Promise((resolve) => {
      const tell = (thread: UserHost | undefined) => {
        this.#waiting.delete(tell)
        signal?.removeEventListener('abort', stop)
        resolve(thread)
      }
      const stop = () => tell(undefined)
      signal?.addEventListener('abort', stop, { once: true })
      this.#waiting.add(tell)
    })
  }
}
