const againMs = 500

/** Has a statement ended once the signal aborts, or its time is up; again and again, since a request may come before it has begun. */
export class Cancelling {
  readonly #cancel: () => Promise<void>
  readonly #signal: AbortSignal | undefined
  readonly #timer: NodeJS.Timeout | undefined
  #asking: Promise<void> | undefined
  #isOver = false
  #isTimedOut = false
  #wake: () => void = () => {}
  readonly #start = () => {
    this.#asking ??= this.#ask()
  }

  constructor(cancel: () => Promise<void>, signal: AbortSignal | undefined, timeoutMs?: number) {
    this.#cancel = cancel
    this.#signal = signal
    if (timeoutMs !== undefined)
      this.#timer = setTimeout(() => {
        this.#isTimedOut = true
        this.#start()
      }, timeoutMs)
    if (signal?.aborted) this.#start()
    else signal?.addEventListener('abort', this.#start, { once: true })
  }

  get isTimedOut(): boolean {
    return this.#isTimedOut
  }

  /** One that is still under way would end the next statement. */
  async end(): Promise<void> {
    this.#isOver = true
    this.#wake()
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.#start)
    await this.#asking
  }

  async #ask(): Promise<void> {
    while (!this.#isOver) {
      await this.#cancel()
      if (this.#isOver) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, againMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
}
