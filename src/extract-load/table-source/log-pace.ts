/** Rows that wait to be handed on hold what they were read from. */
const waitingBytes = 32 * 1024 * 1024
/** How far apart positions are at least. */
const positionBytes = 8 * 1024 * 1024
const positionMs = 1_000
/** So much of a log is rather read once more than written down as read when nothing in it was of a stream. */
export const unnotedBytes = 1024 * 1024

/** Says when somebody who reads a log is to tell how far he is. */
export class LogPace {
  /** Something of a stream was read. */
  hasRows = false
  #bytes = 0
  #at = performance.now()

  /** So much was looked at. */
  read(bytes: number): void {
    this.#bytes += bytes
  }

  get isPositionDue(): boolean {
    return this.hasRows && (this.#bytes >= positionBytes || performance.now() - this.#at >= positionMs)
  }

  /** A position was given. */
  told(): void {
    this.#bytes = 0
    this.#at = performance.now()
  }
}

interface WaitingRows {
  readonly isEmpty: boolean
  readonly isFull: boolean
  readonly sizeBytes: number
}

/** Of the rows of several tables those that are handed on now: all of them, or where enough of them wait. */
export function dueRows<Rows extends WaitingRows>(rows: readonly Rows[], isAll: boolean): readonly Rows[] {
  const waiting = rows.filter(({ isEmpty }) => !isEmpty)
  const isMuch = isAll || waiting.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) >= waitingBytes
  return isMuch ? waiting : waiting.filter(({ isFull }) => isFull)
}
