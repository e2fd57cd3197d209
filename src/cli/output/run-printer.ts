import type { Run, RunEvent } from '../../orchestrate/index.js'

/** Shows a run to somebody: event by event, and how it ended. */
export interface RunPrinter {
  event(event: RunEvent): void
  /** Called a few times a second while the run goes on. */
  tick(run: Run): void
  end(run: Run): void
  /** Puts the terminal back into order, however it went. */
  close(): void
}
