import { extractLoadErrors } from '../../errors.js'

/** What Python reads in a text that no JSON holds: sets, bytes, complex numbers, `...`. A record with one in it cannot be written. */
export class NoJsonValue {
  readonly pythonType: string
  readonly #text: string
  constructor(pythonType: string, text: string) {
    this.pythonType = pythonType
    this.#text = text
  }
  get hashKey(): string {
    return this.#text
  }
  get isTruthy(): boolean {
    return this.#text !== 'set()'
  }
  pythonRepr(): string {
    return this.#text
  }
  /** @throws RECORD_NOT_JSON */
  toJSON(): never {
    throw extractLoadErrors.create('RECORD_NOT_JSON', {
      message: `Python takes the text \`${this.#text}\` for a ${this.pythonType}, which no record can hold.`,
      hint: 'Give the template a `value_type`, or pass what it says through the filter `string`.',
    })
  }
}
