/**
 * What many ask for at once is worked out once for all of them. Who asks while it is worked out is given the next one, which is never
 * older than the question.
 */
export class SharedAnswer<T> {
  readonly #workOut: () => Promise<T>
  #current: Promise<T> | undefined
  #next: Promise<T> | undefined

  constructor(workOut: () => Promise<T>) {
    this.#workOut = workOut
  }

  get(): Promise<T> {
    if (!this.#current) return this.#begin()
    this.#next ??= this.#current.then(
      () => this.#begin(),
      () => this.#begin(),
    )
    return this.#next
  }

  #begin(): Promise<T> {
    this.#next = undefined
    const current = this.#workOut().finally(() => {
      // Where others wait, the next one begins now, and stands here from then on.
      if (this.#current === current && !this.#next) this.#current = undefined
    })
    this.#current = current
    return current
  }
}
