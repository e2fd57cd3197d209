import type { Diagnostic } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { Path, SettingsFile } from '../../project/yaml-file.js'
import { type Problem, placeOf, problemText } from '../../value-checks.js'
import type { Diagnostics } from '../files/diagnostics.js'
import type { PropertyKind } from './properties.js'

/** What of a section of a properties file is no entry: what is there, its place, and what to write instead. */
export interface NoEntry {
  readonly reason: string
  readonly path: Path
  readonly hint: string
}

const code = 'TRANSFORM_YAML_INVALID'

/** Says what is wrong with the entries of a properties file, in dbt's words. */
export class PropertyProblems {
  readonly #file: string
  readonly #locate: SettingsFile['locate']
  readonly #diagnostics: Diagnostics

  constructor(file: string, { locate }: Pick<SettingsFile, 'locate'>, diagnostics: Diagnostics) {
    this.#file = file
    this.#locate = locate
    this.#diagnostics = diagnostics
  }

  isNoEntry(kind: PropertyKind, { reason, path, hint }: NoEntry): void {
    const message = kind === 'data_tests' ? reason : `The schema file at ${this.#file} is invalid because ${reason}`
    this.#tell(kind, message, { at: this.#locate(path), hint })
  }

  /** @param index of the entry in its section */
  isRefused(kind: PropertyKind, index: number, name: string, problem: Problem): void {
    this.#tell(kind, `Invalid ${kind} config given in ${this.#file} @ ${kind}: '${name}' - ${problemText(problem)}`, {
      at: this.#locate([kind, index, ...placeOf(problem)]),
      hint: problem.hint,
    })
  }

  #tell(kind: PropertyKind, message: string, place: Pick<Diagnostic, 'at' | 'hint'>): void {
    if (kind !== 'data_tests') this.#diagnostics.error(transformErrors.create(code, { message, ...place }))
    // There it may be an anchor, written to be used in other places.
    else
      this.#diagnostics.warn({
        code,
        message: `Unable to parse 'data_tests' section of file '${this.#file}'\n${message}`,
        ...place,
      })
  }
}
