import type { Run, RunEvent } from '../../orchestrate/index.js'
import type { RunPrinter } from './run-printer.js'

/** Every event as it is, one a line, and the run at the end. */
export class JsonPrinter implements RunPrinter {
  event(event: RunEvent): void {
    console.log(JSON.stringify(event))
  }
  tick(): void {}
  end(run: Run): void {
    console.log(JSON.stringify({ type: 'run_ended', run }))
  }
  close(): void {}
}
