import type { QueryClient } from '@tanstack/react-query'

/** Between two reloads of what a page shows. */
const settleMs = 400
/** The whole graph is large: it follows at this pace while a run goes on. */
const graphSettleMs = 2_000
/** How long the next reload waits for the answers of the last one: one that never comes must not stop the others. */
const patienceMs = 5_000

/** Many events come at once: one reload serves them all, and the next one waits until the last is there. */
export class Reloads {
  readonly #client: QueryClient
  readonly #waiting = new Set<string>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #isReloading = false
  #graphAt = Number.NEGATIVE_INFINITY

  constructor(client: QueryClient) {
    this.#client = client
  }

  /** @param keys the first parts of the keys of queries that are old now */
  add(keys: readonly string[]): void {
    for (const key of keys) this.#waiting.add(key)
    this.#arm()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#waiting.clear()
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#isReloading || this.#waiting.size === 0) return
    this.#timer = setTimeout(() => void this.#reload(), settleMs)
  }

  async #reload(): Promise<void> {
    this.#timer = undefined
    const keys = new Set(this.#waiting)
    this.#waiting.clear()
    if (keys.has('assets') && performance.now() - this.#graphAt < graphSettleMs) {
      keys.delete('assets')
      this.#waiting.add('assets')
    } else if (keys.has('assets')) this.#graphAt = performance.now()
    this.#isReloading = true
    const answers = this.#client
      .invalidateQueries({ predicate: (query) => keys.has(String(query.queryKey[0])) })
      .catch(() => undefined)
    await within(patienceMs, answers)
    this.#isReloading = false
    this.#arm()
  }
}

/** Waits for what comes, but not longer than so many milliseconds. */
async function within(ms: number, what: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([what, late])
  clearTimeout(timer)
}
