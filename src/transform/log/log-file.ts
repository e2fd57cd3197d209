import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '../../base/index.js'

const bufferBytes = 64 * 1024
/** How many full files are kept, as dbt does. */
const keptFiles = 5

/**
 * logs/dbt.log: lines are appended; a file that is full becomes dbt.log.1, the former one dbt.log.2, and so on. Lines
 * wait in memory until there are many, or the command ends: a line a write would cost more than running a node.
 */
export class LogFile {
  readonly #path: string
  readonly #maxBytes: number
  #lines: string[] = []
  #waitingBytes = 0
  #file: number | undefined
  #sizeBytes = 0
  #isBroken = false

  constructor(path: string, maxBytes: number) {
    this.#path = path
    this.#maxBytes = maxBytes
  }

  write(line: string): void {
    this.#lines.push(line, '\n')
    this.#waitingBytes += line.length + 1
    if (this.#waitingBytes >= bufferBytes) this.flush()
  }

  /** A log that cannot be written (a full disk, a read-only folder) must not end the command. */
  flush(): void {
    if (this.#lines.length === 0 || this.#isBroken) return
    const text = Buffer.from(this.#lines.join(''))
    this.#lines = []
    this.#waitingBytes = 0
    try {
      if (this.#maxBytes > 0 && this.#open() > 0 && this.#sizeBytes + text.length > this.#maxBytes) this.#rotate()
      this.#open()
      writeSync(this.#file as number, text)
      this.#sizeBytes += text.length
    } catch {
      this.#isBroken = true
    }
  }

  close(): void {
    this.flush()
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  /** Answers its size. */
  #open(): number {
    if (this.#file === undefined) {
      makeFolder(dirname(this.#path))
      this.#sizeBytes = existsSync(this.#path) ? statSync(this.#path).size : 0
      this.#file = openSync(this.#path, 'a')
    }
    return this.#sizeBytes
  }

  #rotate(): void {
    closeSync(this.#file as number)
    this.#file = undefined
    const named = (n: number) => (n === 0 ? this.#path : `${this.#path}.${n}`)
    rmSync(named(keptFiles), { force: true })
    for (let n = keptFiles - 1; n >= 0; n--) if (existsSync(named(n))) renameSync(named(n), named(n + 1))
  }
}
