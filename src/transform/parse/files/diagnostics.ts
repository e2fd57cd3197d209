import { MillraceError, type SourceLocation } from '../../../base/index.js'
import type { Diagnostic } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { errorHeader, errorMessage, placeLines } from '../../log/error-text.js'

/** Collects what is wrong with a project, so that one reading shows all of it. */
export class Diagnostics {
  readonly #errors: MillraceError[] = []
  readonly #warnings: Diagnostic[] = []
  /** Hears of every warning. */
  onWarning: ((warning: Diagnostic) => void) | undefined

  /** @param shared errors that were found before, to be told with those that are found here */
  constructor(shared?: Diagnostics) {
    if (shared) this.#errors.push(...shared.#errors)
  }

  /** What one line does to many nodes is said once. */
  error(error: MillraceError): void {
    const isSame = ({ code, message, at }: MillraceError) =>
      code === error.code && message === error.message && at?.file === error.at?.file && at?.line === error.at?.line
    if (error.at?.line === undefined || !this.#errors.some(isSame)) this.#errors.push(error)
  }

  warn(warning: Omit<Diagnostic, 'severity'>): void {
    const full: Diagnostic = { severity: 'warning', ...warning }
    this.#warnings.push(full)
    this.onWarning?.(full)
  }

  /** Runs one file's work; its error is kept and the next file goes on. Bugs pass through. */
  attempt<T>(work: () => T, at?: SourceLocation): T | undefined {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error
      this.error(error.at || !at ? error : Object.assign(error, { at }))
      return undefined
    }
  }

  get warnings(): readonly Diagnostic[] {
    return this.#warnings
  }

  get hasErrors(): boolean {
    return this.#errors.length > 0
  }

  /** @throws the only error, or one that lists all of them */
  throwErrors(): void {
    const [first, second] = this.#errors
    if (!first) return
    if (!second) throw first
    // The first one's kind stands on the first line of all: dbt stops there, and its tools look for it.
    throw transformErrors.create('TRANSFORM_PROJECT_BROKEN', {
      message: this.#errors.map(describe).join('\n\n'),
      hint: `These are ${this.#errors.length} errors. Mend them from the first on; later ones are often caused by earlier ones.`,
      data: {
        dbtType: errorHeader(first).replace(/ Error$/, ''),
        ...(first.data?.subject === undefined ? {} : { subject: first.data.subject }),
        diagnostics: this.#errors.map((error) => error.toJSON()),
      },
    })
  }
}

function describe(error: MillraceError, index: number): string {
  return [index === 0 ? error.message : errorMessage(error), ...placeLines(error)].join('\n')
}
