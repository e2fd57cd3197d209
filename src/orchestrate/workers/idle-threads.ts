import type { UserHost } from './user-host.js'

/**
 * Threads that nobody needs right now, the one used last on top. That one stays for what comes next; the others end when they were not
 * wanted for a while: where work comes all the time, starting threads would be most of it.
 */
export class IdleThreads {
  readonly #lingerMs: number
  /** The one used last is last. */
  #threads: { readonly thread: UserHost; readonly sinceMs: number }[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(lingerMs: number) {
    this.#lingerMs = lingerMs
  }

  push(thread: UserHost): void {
    this.#threads.push({ thread, sinceMs: performance.now() })
    this.#endLater()
  }

  /** The one used last of those that are alive. */
  pop(): UserHost | undefined {
    for (;;) {
      const thread = this.#threads.pop()?.thread
      if (!thread || thread.isAlive) return thread
    }
  }

  some(test: (thread: UserHost) => boolean): boolean {
    return this.#threads.some(({ thread }) => test(thread))
  }

  async end(error: unknown): Promise<void> {
    const threads = this.#threads
    this.#threads = []
    await Promise.all(threads.map(({ thread }) => thread.end(error)))
  }

  #endLater(): void {
    if (this.#timer || this.#threads.length < 2) return
    const [first] = this.#threads
    const leftMs = this.#lingerMs - (performance.now() - (first?.sinceMs ?? 0))
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#endUnwanted()
      this.#endLater()
    }, leftMs)
    this.#timer.unref()
  }

  #endUnwanted(): void {
    const now = performance.now()
    // One that was lost meanwhile is not the one that stays.
    this.#threads = this.#threads.filter(({ thread }) => thread.isAlive)
    // A timer may come a moment early.
    const isUnwanted = ({ sinceMs }: { readonly sinceMs: number }) => now - sinceMs > this.#lingerMs - 10
    while (this.#threads.length > 1 && this.#threads[0] && isUnwanted(this.#threads[0]))
      void this.#threads.shift()?.thread.end(undefined)
  }
}
