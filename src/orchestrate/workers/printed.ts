type Level = 'info' | 'warn'

/** A task that prints without end must not fill the store. */
const maxBytes = 1_000_000
const maxLineLength = 16_384

/** Makes lines of what the user's code prints and logs, and what runs with it, up to a limit. */
export class Printed {
  readonly #send: (level: Level, line: string) => void
  readonly #rest: Record<Level, string> = { info: '', warn: '' }
  #bytes = 0

  constructor(send: (level: Level, line: string) => void) {
    this.#send = send
  }

  /** From now on standard output and error of this thread come here. */
  capture(): void {
    for (const [name, level] of [
      ['stdout', 'info'],
      ['stderr', 'warn'],
    ] as const) {
      const write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
        this.print(level, typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))
        const callback = rest.find((one): one is () => void => typeof one === 'function')
        if (callback) queueMicrotask(callback)
        return true
      }
      process[name].write = write as typeof process.stdout.write
    }
  }

  line(level: Level, text: string): void {
    if (this.#bytes > maxBytes) return
    this.#bytes += text.length + 1
    if (this.#bytes > maxBytes) this.#send('warn', 'It printed more than 1 MB; the rest is left out.')
    else this.#send(level, text.length > maxLineLength ? `${text.slice(0, maxLineLength)} …` : text)
  }

  /** As it comes, in pieces. */
  print(level: Level, text: string): void {
    if (this.#bytes > maxBytes) return
    const lines = (this.#rest[level] + text).split('\n')
    const rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') this.line(level, line)
    // A line without end is sent in parts.
    if (rest.length > maxLineLength) this.line(level, rest)
    this.#rest[level] = rest.length > maxLineLength ? '' : rest
  }

  /** Sends what has no line end yet, and starts to count anew. */
  finish(): void {
    for (const level of ['info', 'warn'] as const) {
      if (this.#rest[level] !== '') this.line(level, this.#rest[level])
      this.#rest[level] = ''
    }
    this.#bytes = 0
  }
}
