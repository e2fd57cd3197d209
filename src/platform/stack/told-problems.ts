import { type ErrorJson, formatLocation, type Logger } from '../../base/index.js'
import type { Definitions } from '../../orchestrate/index.js'

/** Tells a log of what is wrong with the project: each problem once, and that it is mended. */
export class ToldProblems {
  readonly #logger: Pick<Logger, 'info' | 'error'>
  #told: ReadonlySet<string> = new Set()

  constructor(logger: Pick<Logger, 'info' | 'error'>) {
    this.#logger = logger
  }

  tell({ problems }: Pick<Definitions, 'problems'>): void {
    const lines = new Set(problems.map(lineOf))
    for (const line of lines) if (!this.#told.has(line)) this.#logger.error(line)
    for (const line of this.#told) if (!lines.has(line)) this.#logger.info(`Mended: ${line}`)
    if (this.#told.size > 0 && lines.size === 0) this.#logger.info('The project can be read as a whole again.')
    this.#told = lines
  }
}

const lineOf = ({ at, message }: ErrorJson) =>
  [at && `${formatLocation(at)}:`, message.split('\n')[0]].filter(Boolean).join(' ')
