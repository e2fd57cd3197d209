import { type ErrorJson, formatLocation, type Logger } from '../../../base/index.js'
import type { Definitions } from '../../../orchestrate/index.js'

/** Tells a log of what is wrong with the project: each problem once, and that it is mended. */
export class ToldProblems {
  readonly #logger: Pick<Logger, 'info' | 'warn' | 'error'>
  #told: ReadonlySet<string> = new Set()
  #warned: ReadonlySet<string> = new Set()

  constructor(logger: Pick<Logger, 'info' | 'warn' | 'error'>) {
    this.#logger = logger
  }

  tell({ problems, warnings = [] }: Pick<Definitions, 'problems' | 'warnings'>): void {
    const warned = new Set(warnings.map(lineOf))
    for (const line of warned) if (!this.#warned.has(line)) this.#logger.warn(line)
    for (const line of this.#warned) if (!warned.has(line)) this.#logger.info(`No longer so: ${line}`)
    this.#warned = warned
    const lines = new Set(problems.map(lineOf))
    for (const line of lines) if (!this.#told.has(line)) this.#logger.error(line)
    for (const line of this.#told) if (!lines.has(line)) this.#logger.info(`Mended: ${line}`)
    if (this.#told.size > 0 && lines.size === 0) this.#logger.info('The project can be read as a whole again.')
    this.#told = lines
  }
}

const lineOf = ({ at, message }: ErrorJson) =>
  [at && `${formatLocation(at)}:`, message.split('\n')[0]].filter(Boolean).join(' ')
