import { MillraceError, throwIfAborted } from '../../../base/index.js'
import type { Connection, ConnectionTimeouts } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import type { SyncOptions } from '../../sync-contract.js'

/** What one attempt is made with: its signal is that of its limits. */
export interface SyncWork extends SyncOptions {
  readonly limits: TimeLimits
  /** It did not do with the memory that DuckDB gives to loads. */
  readonly needsMemory?: boolean | undefined
}

/** The same items, one after the other, while nobody's time but that of the source runs. */
export type SourceRows = <Row>(items: AsyncIterable<Row>) => AsyncIterable<Row>

/** Of a time that is limited: it begins anew with each start, until it is ended for good. */
interface Timer {
  start(): void
  stop(): void
  end(): void
}

/**
 * Ends a sync that takes too long: as a whole, or because the source or the destination lets it wait. It is ended like one that is
 * cancelled, through its signal; `limitReached` tells the two apart.
 */
export class TimeLimits {
  readonly #ended = new AbortController()
  readonly #timeouts: ConnectionTimeouts | undefined
  readonly #name: string
  readonly #stopListening: () => void
  readonly #whole: Timer

  /** The caller disposes it. @param signal of whoever may cancel the sync */
  constructor({ name, timeouts }: Pick<Connection, 'name' | 'timeouts'>, signal: AbortSignal | undefined) {
    this.#timeouts = timeouts
    this.#name = name
    const cancel = () => this.#ended.abort(signal?.reason)
    if (signal?.aborted) cancel()
    signal?.addEventListener('abort', cancel)
    this.#stopListening = () => signal?.removeEventListener('abort', cancel)
    this.#whole = this.#timer(timeouts?.sync, () => this.#tookTooLong())
  }

  /** Of the sync. */
  get signal(): AbortSignal {
    return this.#ended.signal
  }

  dispose(): void {
    this.#whole.end()
    this.#stopListening()
  }

  /** The same items; while the source lets us wait for one, its time runs. @param other whose time stands still meanwhile */
  async *each<T>(items: AsyncIterable<T>, other?: Timer): AsyncGenerator<T> {
    const iterator = items[Symbol.asyncIterator]()
    try {
      for (;;) {
        other?.stop()
        const next = await this.source(() => iterator.next())
        other?.start()
        if (next.done) return
        yield next.value
      }
    } finally {
      const closed = iterator.return?.()
      // A source that does not hear that it is to end would hold up everybody.
      if (this.signal.aborted) closed?.catch(() => {})
      else await closed
    }
  }

  /**
   * Opens what is read from the source, within the time of the source. What is open too late is closed again.
   * @param what it is, as a sentence has it
   */
  async opened<T extends { dispose(): Promise<void> }>(what: string, open: () => Promise<T>): Promise<T> {
    let opening: Promise<T> | undefined
    const begin = () => {
      opening = open()
      return opening
    }
    const silent = (seconds: number) => ({
      message: `The source of the connection \`${this.#name}\` did not answer for ${seconds} s while ${what} was opened.`,
      hint: 'Look for what holds it up there (a lock on the table, a server that does not answer). If it really needs so long, set `timeouts.source_seconds` of the connection to more.',
    })
    try {
      return await this.source(begin, silent)
    } catch (error) {
      opening?.then((late) => late.dispose()).catch(() => {})
      throw error
    }
  }

  /** Waits for the source, and no longer than its time: also where it does not hear that it is to end. */
  async source<T>(
    work: () => Promise<T>,
    silent = (seconds: number) => ({
      message: `The source of the connection \`${this.#name}\` sent nothing for ${seconds} s.`,
      hint: 'If it really needs so long, set `timeouts.source_seconds` of the connection to more.',
    }),
  ): Promise<T> {
    throwIfAborted(this.signal)
    const seconds = this.#timeouts?.source
    const timer = this.#timer(seconds, () => extractLoadErrors.create('SOURCE_SILENT', silent(seconds ?? 0)))
    const ended = untilAborted(this.signal)
    try {
      return await Promise.race([work(), ended.promise])
    } finally {
      ended.forget()
      timer.end()
    }
  }

  /**
   * What a transaction of the destination does, which is waited for until it is rolled back: nothing else may happen on its connection meanwhile.
   * @param work is given `rows`: while it waits for one of these the destination's time stands still
   */
  async destination<T>(work: (rows: SourceRows) => Promise<T>): Promise<T> {
    throwIfAborted(this.signal)
    const seconds = this.#timeouts?.destination
    const timer = this.#timer(seconds, () =>
      extractLoadErrors.create('DESTINATION_SILENT', {
        message: `The destination of the connection \`${this.#name}\` was not through with its rows after ${seconds} s.`,
        hint: 'Nothing of them was committed. Look for what holds up the table (a lock of another session, say); if it really needs so long, set `timeouts.destination_seconds` to more.',
      }),
    )
    try {
      return await work((items) => this.each(items, timer))
    } finally {
      // Rows that nobody wants any more may still be waited for.
      timer.end()
    }
  }

  /** Ends the sync after so many seconds, if any; it runs already. */
  #timer(seconds: number | undefined, why: () => MillraceError): Timer {
    let timeout: NodeJS.Timeout | undefined
    let hasEnded = false
    const stop = () => clearTimeout(timeout)
    const end = () => {
      hasEnded = true
      stop()
    }
    const start = () => {
      stop()
      if (seconds !== undefined && !hasEnded) timeout = setTimeout(() => this.#ended.abort(why()), seconds * 1000)
    }
    start()
    return { start, stop, end }
  }

  #tookTooLong(): MillraceError {
    return extractLoadErrors.create('SYNC_TIMED_OUT', {
      message: `The sync of the connection \`${this.#name}\` was not through after ${this.#timeouts?.sync} s.`,
      hint: 'What was committed stays, and the next sync goes on from there. If it really needs so long, set `timeouts.sync_seconds` of the connection to more.',
    })
  }
}

/** The limit that ended a sync, where one did. */
export function limitReached(signal: AbortSignal | undefined): MillraceError | undefined {
  const reason: unknown = signal?.aborted ? signal.reason : undefined
  return reason instanceof MillraceError &&
    ['SYNC_TIMED_OUT', 'SOURCE_SILENT', 'DESTINATION_SILENT'].includes(reason.code)
    ? reason
    : undefined
}

function untilAborted(signal: AbortSignal): { readonly promise: Promise<never>; forget(): void } {
  let forget = () => {}
  const promise = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    forget = () => signal.removeEventListener('abort', abort)
  })
  // Whoever lost the race is not listened to.
  promise.catch(() => {})
  return { promise, forget }
}
