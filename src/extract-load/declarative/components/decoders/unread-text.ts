import { failure } from '../../failure.js'

/** No record, line or field that anybody means is as long. */
export const mostCharacters = 64 * 1024 ** 2

/**
 * Text that comes in pieces, of which the end may not be readable yet. New pieces are handed on once they are as long as that end: an end that
 * goes on and on is looked at a few times only, and not with each piece.
 */
export class UnreadText {
  readonly #most: number
  #rest = ''
  #pieces: string[] = []
  #size = 0

  constructor(most = mostCharacters) {
    this.#most = most
  }

  /** @returns all that is unread; undefined: more has to come first */
  add(piece: string): string | undefined {
    this.#pieces.push(piece)
    this.#size += piece.length
    return this.#size < this.#rest.length ? undefined : this.take()
  }

  /** All that is unread. */
  take(): string {
    const all = this.#pieces.length === 0 ? this.#rest : this.#rest + this.#pieces.join('')
    this.#rest = ''
    this.#pieces = []
    this.#size = 0
    return all
  }

  /** What of it cannot be read yet. @throws API_ANSWER_INVALID where that is too long */
  keep(rest: string): void {
    if (rest.length > this.#most) throw tooLong(this.#most)
    this.#rest = rest
  }
}

export const tooLong = (most: number) =>
  failure('API_ANSWER_INVALID', {
    message: `A response has a line, a field or a record of more than ${Math.floor(most / 1024 ** 2)} million characters.`,
    hint: 'Does the decoder fit what the API sends? `connectors preview` shows it: a line may have no end, a quote may not be closed.',
    failureType: 'system_error',
  })
