/** What of a terminal is needed to paint on it. */
export interface Terminal {
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
}

const hideCursor = '\x1b[?25l'
const showCursor = '\x1b[?25h'
/** Terminals that know it show everything between the two at once; others ignore it. */
const beginFrame = '\x1b[?2026h'
const endFrame = '\x1b[?2026l'
const clearRestOfLine = '\x1b[K'
const clearBelow = '\x1b[J'

let active: LiveArea | undefined

/** Lets something else print while an area is live: above it, not through it. */
export function aboveLiveArea(print: () => void): void {
  if (active) active.above(print)
  else print()
}

/**
 * Lines at the bottom of a terminal that change in place, while other lines scroll by above them. Every change is one
 * write that overwrites (never clears first), so nothing flickers. The cursor comes back when the process ends, too.
 */
export class LiveArea {
  readonly #terminal: Terminal
  readonly #restore = () => this.close()
  #lines: readonly string[] = []
  #isOpen = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** Shows these lines instead of the last ones. They must be shorter than the terminal is wide. */
  paint(lines: readonly string[]): void {
    if (!this.#isOpen) this.#open()
    this.#terminal.write(`${beginFrame}${this.#home()}${rows(lines)}${clearBelow}${endFrame}`)
    this.#lines = lines
  }

  /** A line that stays, above the area. */
  print(line: string): void {
    this.#terminal.write(
      `${beginFrame}${this.#home()}${rows([...line.split('\n'), ...this.#lines])}${clearBelow}${endFrame}`,
    )
  }

  above(print: () => void): void {
    this.#terminal.write(`${this.#home()}${clearBelow}`)
    print()
    this.#terminal.write(rows(this.#lines))
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    if (active === this) active = undefined
    process.off('exit', this.#restore)
    this.#terminal.write(`${this.#home()}${clearBelow}${showCursor}`)
    this.#lines = []
  }

  #open(): void {
    this.#isOpen = true
    active = this
    process.once('exit', this.#restore)
    this.#terminal.write(hideCursor)
  }

  #home(): string {
    return this.#lines.length === 0 ? '\r' : `\r\x1b[${this.#lines.length}A`
  }
}

const rows = (lines: readonly string[]) => lines.map((line) => `${line}${clearRestOfLine}\n`).join('')
