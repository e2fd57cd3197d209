import type { Run, RunEvent } from '../../orchestrate/index.js'
import { LinePrinter } from './line-printer.js'
import { LiveArea, type Terminal } from './live-area.js'
import type { RunPrinter } from './run-printer.js'
import { RunningSteps } from './running-steps.js'

/** Lines that stay, and below them what runs right now, changing in place. */
export class LivePrinter implements RunPrinter {
  readonly #terminal: Terminal
  readonly #area: LiveArea
  readonly #running = new RunningSteps()
  readonly #lines: LinePrinter

  constructor(terminal: Terminal, { verbose }: { readonly verbose: boolean }) {
    this.#terminal = terminal
    this.#area = new LiveArea(terminal)
    this.#lines = new LinePrinter({ verbose, print: (line) => this.#area.print(line) })
  }

  event(event: RunEvent): void {
    this.#running.take(event)
    this.#lines.event(event)
  }

  tick(run: Run): void {
    // A terminal that does not know its size says 0.
    const columns = this.#terminal.columns || 80
    const rows = this.#terminal.rows || 24
    this.#area.paint(this.#running.lines(run, Date.now(), columns, rows))
  }

  end(run: Run): void {
    this.#area.close()
    this.#lines.end(run)
  }

  close(): void {
    this.#area.close()
  }
}
