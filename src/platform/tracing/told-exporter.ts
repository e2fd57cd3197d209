import type { SpanExporter } from '@opentelemetry/sdk-trace-base'
import { type Logger, redact } from '../../base/index.js'

interface Told {
  readonly logger: Logger
  /** Without login. */
  readonly address: string
}

/** An exporter that says once that its collector cannot be reached, and once that it can be again: nobody else does. */
export class ToldExporter implements SpanExporter {
  readonly #exporter: SpanExporter
  readonly #told: Told
  #isLost = false

  constructor(exporter: SpanExporter, told: Told) {
    this.#exporter = exporter
    this.#told = told
  }

  /** The last spans could not be sent. */
  get isLost(): boolean {
    return this.#isLost
  }

  export(...[spans, done]: Parameters<SpanExporter['export']>): void {
    this.#exporter.export(spans, (result) => {
      if (result.code === 0) this.#found()
      else this.lost(result.error?.message || (result.error as NodeJS.ErrnoException | undefined)?.code || 'no answer')
      done(result)
    })
  }

  lost(why: string): void {
    if (this.#isLost) return
    this.#isLost = true
    const { logger, address } = this.#told
    logger.warn(`Traces cannot be sent to ${address} (${redact(why)}); the work goes on without them.`)
  }

  #found(): void {
    if (!this.#isLost) return
    this.#isLost = false
    this.#told.logger.info(`Traces are sent to ${this.#told.address} again.`)
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.()
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown()
  }
}
