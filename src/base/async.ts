import { baseErrors } from './errors.js'

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw baseErrors.create('ABORTED', { message: 'Cancelled.', cause: signal.reason })
}

/** Wakes the one who waits; a ring while nobody waits is kept for the next wait. */
export class Bell {
  #isRung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#isRung = true
    this.#wake?.()
  }

  /** Resolves at the next ring, or after `atMostMs`. */
  async wait(atMostMs?: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    if (!this.#isRung)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        if (atMostMs !== undefined) timer = setTimeout(resolve, atMostMs)
      })
    clearTimeout(timer)
    this.#wake = undefined
    this.#isRung = false
  }
}

/** Bounds how many tasks run at once. Waiters are served in order; one whose signal aborts leaves the line. */
export class Semaphore {
  readonly #waiting: (() => void)[] = []
  #free: number
  constructor(permits: number) {
    this.#free = permits
  }
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#free > 0) this.#free--
    else await this.#turn(signal)
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1)
        reject(signal?.reason)
      }
      const enter = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      this.#waiting.push(enter)
      signal?.addEventListener('abort', leave, { once: true })
      if (signal?.aborted) leave()
    })
  }
}

/** Runs `task` over every item, at most `limit` at once; the first failure rejects after the running ones settled. */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  limit: number,
  task: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length)
  let next = 0
  let failed = false
  const worker = async () => {
    while (next < items.length && !failed) {
      const index = next++
      try {
        results[index] = await task(items[index] as T, index)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  return results
}

/**
 * A queue between a producer that pushes and one consumer that iterates. It is unbounded by itself:
 * producers that can outrun the consumer await `drained()` between pushes.
 */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = []
  #wake: (() => void) | undefined
  #drained: (() => void)[] = []
  #closed = false
  #error: unknown
  push(item: T): void {
    if (this.#closed) return
    this.#items.push(item)
    this.#wake?.()
  }
  close(error?: unknown): void {
    this.#closed = true
    this.#error = error
    this.#wake?.()
    for (const resolve of this.#drained.splice(0)) resolve()
  }
  /** Resolves when the consumer has taken everything pushed so far. */
  drained(): Promise<void> {
    if (this.#items.length === 0 || this.#closed) return Promise.resolve()
    return new Promise((resolve) => this.#drained.push(resolve))
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        while (this.#items.length > 0) yield this.#items.shift() as T
        for (const resolve of this.#drained.splice(0)) resolve()
        if (this.#closed) {
          if (this.#error !== undefined) throw this.#error
          return
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        this.#wake = undefined
      }
    } finally {
      this.#closed = true
      for (const resolve of this.#drained.splice(0)) resolve()
    }
  }
}

/**
 * The items of several sources as they come. One that is ahead waits: it is asked for one item more than was taken.
 * @param release makes sources that wait for something give up; called once, at the end, whatever it was
 */
export async function* merged<T>(
  sources: readonly AsyncIterable<T>[],
  release: () => Promise<void>,
): AsyncGenerator<T> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]())
  const ask = async (iterator: AsyncIterator<T>) => ({ iterator, next: await iterator.next() })
  const asked = new Map<AsyncIterator<T>, ReturnType<typeof ask>>()
  const askNext = (iterator: AsyncIterator<T>) => {
    // Behind the others, so that none is left waiting by one that is always ready.
    asked.delete(iterator)
    const answer = ask(iterator)
    // Nobody listens to it where another one fails first.
    answer.catch(() => {})
    asked.set(iterator, answer)
  }
  try {
    for (const iterator of iterators) askNext(iterator)
    while (asked.size > 0) {
      const { iterator, next } = await Promise.race(asked.values())
      if (next.done) asked.delete(iterator)
      else {
        askNext(iterator)
        yield next.value
      }
    }
  } finally {
    await release()
    await Promise.allSettled(iterators.map((iterator) => iterator.return?.()))
  }
}

/** Does the work once for all who ask, and again for who asks after it has failed. */
export function onceItWorks<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined
      throw error
    })
    return done
  }
}
