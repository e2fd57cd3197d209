import { withoutLeadingComments } from './statements.js'

const setting = /^alter\s+session\s+(?:un)?set\s+([a-z_]+)\s*(?:=\s*(?:'(?:[^'\\]|\\.|'')*'|[\w.]+))?\s*;?\s*$/i

/** What statements have left in their session. */
export class SessionChanges {
  readonly #parameters = new Set<string>()
  #isTouched = false
  /** Another virtual warehouse runs its statements. */
  hasOtherWarehouse = false
  mayBeInTransaction = false

  note(sql: string): void {
    const text = withoutLeadingComments(sql)
    const [, parameter] = setting.exec(text) ?? []
    if (parameter !== undefined) this.#parameters.add(parameter.toUpperCase())
    else if (/^use\s+warehouse\b/i.test(text)) this.hasOtherWarehouse = true
    else if (/^(?:begin|start)\b(?:\s+(?:transaction|work|name\s+\S+))*\s*;?\s*$/i.test(text))
      this.mayBeInTransaction = true
    else if (/^(?:commit|rollback)\b/i.test(text)) this.mayBeInTransaction = false
    else if (/^(?:alter\s+session|set|unset|use|call|execute|declare|begin)\b/i.test(text)) this.#isTouched = true
    else if (/^create\b[^;(]{0,40}\btemp(?:orary)?\b/i.test(text)) this.#isTouched = true
  }

  /** The parameters that were set, where that is all; undefined: only a new session is as the old one was. */
  get parameters(): ReadonlySet<string> | undefined {
    return this.#isTouched ? undefined : this.#parameters
  }

  forget(): void {
    this.#parameters.clear()
    this.#isTouched = false
    this.hasOtherWarehouse = false
    this.mayBeInTransaction = false
  }
}
