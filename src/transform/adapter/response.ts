import { PyDict, pairs, str } from '../../jinja/index.js'

/** dbt's answer about a statement: prints as its message, and reads as an object and as a dict. */
export class AdapterResponse {
  readonly pythonType = 'AdapterResponse'
  readonly message: string
  readonly code: string | null
  readonly rowsAffected: number | null

  /** What the engine says besides, under dbt's names. */
  readonly facts: Readonly<Record<string, string | number>>

  constructor(
    message: string,
    code: string | null = null,
    rowsAffected: number | null = null,
    facts: Readonly<Record<string, string | number>> = {},
  ) {
    this.facts = facts
    this.message = message
    this.code = code
    this.rowsAffected = rowsAffected
  }

  /** What a macro handed to store_result: a response, a dict with its keys, or a text. */
  static from(value: unknown): AdapterResponse {
    if (value instanceof AdapterResponse) return value
    if (value instanceof PyDict) {
      const members = new Map(pairs(value).map(([key, item]) => [str(key), item]))
      const [message, code, rows] = [members.get('_message'), members.get('code'), members.get('rows_affected')]
      return new AdapterResponse(
        message == null ? 'OK' : str(message),
        code == null ? null : str(code),
        rows == null ? null : Number(rows),
      )
    }
    return new AdapterResponse(value == null ? 'OK' : str(value))
  }

  /** As run_results.json has it. */
  toRecord(): Record<string, unknown> {
    return {
      _message: this.message,
      ...(this.code === null ? {} : { code: this.code }),
      ...(this.rowsAffected === null ? {} : { rows_affected: this.rowsAffected }),
      ...this.facts,
    }
  }

  pythonStr(): string {
    return this.message
  }
  pythonRepr(): string {
    return this.message
  }
  jinjaAttribute(name: string): unknown {
    if (name === '_message' || name === 'message') return this.message
    if (name === 'code') return this.code
    if (name === 'rows_affected') return this.rowsAffected
    return this.facts[name]
  }
}
