import type { LogFile } from './binlog-events.js'
import type { Gtid, Gtids } from './gtids.js'
import type { LogPosition } from './log-position.js'

/** How far a log was read, in whole transactions: by its files, and by the numbers of transactions where they have some. */
export class LogProgress {
  /** Where the last transaction that was looked at ended; without a file until there is one, where only numbers say where to begin. */
  position: LogPosition
  /** The file that it is in. */
  file: LogFile | undefined
  /** All transactions up to there; undefined where that is not known. */
  gtids: Gtids | undefined
  /** The transaction that is looked at. */
  current: Gtid | undefined
  #openFile: LogFile | undefined
  #hasBegun = false
  readonly #isNumbered: boolean

  /** @param isNumbered whether the server numbers its transactions: what says of a file that none has a number says nothing else */
  constructor(
    start: { readonly position: LogPosition; readonly file: LogFile | undefined; readonly gtids: Gtids | undefined },
    isNumbered: boolean,
  ) {
    this.position = start.position
    this.file = start.file
    this.#openFile = start.file
    this.gtids = start.gtids?.copy()
    this.#isNumbered = isNumbered
  }

  /** A file of the log begins. Where the log is read from the middle of it, the stream's state says which one it is. */
  begin(file: LogFile, position: LogPosition): void {
    if (file.name === this.position.file) return
    this.#openFile = file
    // In the first file that is read by numbers, transactions that were read before may stand anywhere.
    if (this.position.file === '') return
    this.file = file
    this.position = position
  }

  /** What all files before this one hold. */
  before(gtids: Gtids | undefined): void {
    this.#settle()
    if (this.#isNumbered) this.gtids ??= gtids?.copy()
  }

  transaction(gtid: Gtid | undefined): void {
    this.#settle()
    this.#hasBegun = true
    this.current = gtid
  }

  commit(position: LogPosition): void {
    this.#settle()
    this.file = this.#openFile
    this.position = position
  }

  /** The transaction is through: the next one begins, if not more is said of it. */
  #settle(): void {
    if (!this.#hasBegun) return
    this.#hasBegun = false
    if (this.current) this.gtids?.add(this.current)
    else this.gtids = undefined
    this.current = undefined
  }
}
