import { withoutLeadingComments } from './statements.js'

/** What statements have left in their session. */
export class SessionChanges {
  readonly #parameters = new Set<string>()
  #isTouched = false

  note(sql: string): void {
    const text = withoutLeadingComments(sql)
    const [, parameter] =
      /^alter\s+session\s+(?:un)?set\s+([a-z_]+)\s*(?:=\s*(?:'(?:[^'\\]|\\.|'')*'|[\w.]+))?\s*;?\s*$/i.exec(text) ?? []
    if (parameter !== undefined) this.#parameters.add(parameter.toUpperCase())
    else if (/^(?:alter\s+session|set|unset|use|call|execute|declare|begin|start)\b/i.test(text)) this.#isTouched = true
    else if (/^create\b[^;(]{0,40}\btemp(?:orary)?\b/i.test(text)) this.#isTouched = true
  }

  /** The parameters that were set, where that is all; undefined: only a new session is as the old one was. */
  get parameters(): ReadonlySet<string> | undefined {
    return this.#isTouched ? undefined : this.#parameters
  }

  forget(): void {
    this.#parameters.clear()
    this.#isTouched = false
  }
}
