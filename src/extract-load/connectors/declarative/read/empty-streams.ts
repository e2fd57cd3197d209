/** Why streams may have no records, kept until it is known whether they have any. */
export class EmptyStreams {
  readonly #reasons = new Map<string, string>()
  readonly #read = new Set<string>()

  /** The first reason is told. */
  note(stream: string, reason: string): void {
    if (!this.#reasons.has(stream)) this.#reasons.set(stream, reason)
  }

  notEmpty(stream: string): void {
    this.#read.add(stream)
  }

  /** Undefined where it has records, or nobody said why it has none. */
  of(stream: string): string | undefined {
    return this.#read.has(stream) ? undefined : this.#reasons.get(stream)
  }
}
