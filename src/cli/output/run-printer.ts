import type { Run, RunEvent } from '../../orchestrate/index.js'
import { out } from './colors.js'
import { LiveArea } from './live-area.js'
import { RunningSteps, seconds } from './running-steps.js'
import { isCheckStep, stepLabel } from './step-label.js'

/** Shows a run to somebody: event by event, and how it ended. */
export interface RunPrinter {
  event(event: RunEvent): void
  /** Called a few times a second while the run goes on. */
  tick(run: Run): void
  end(run: Run): void
  /** Puts the terminal back into order, however it went. */
  close(): void
}

/** JSON lines for machines, lines for pipes and logs, lines and a live area for terminals. */
export function runPrinter(options: { json: boolean; verbose: boolean }): RunPrinter {
  if (options.json) return new JsonPrinter()
  if (process.stdout.isTTY && process.env.TERM !== 'dumb') return new LivePrinter(options.verbose)
  return new LinePrinter({ ...options, print: (line) => console.log(line) })
}

class JsonPrinter implements RunPrinter {
  event(event: RunEvent): void {
    console.log(JSON.stringify(event))
  }
  tick(): void {}
  end(run: Run): void {
    console.log(JSON.stringify({ type: 'run_ended', run }))
  }
  close(): void {}
}

const marks: Readonly<Record<string, string>> = {
  step_succeeded: out.green('✓'),
  step_failed: out.red('✗'),
  step_skipped: out.yellow('-'),
  step_cancelled: out.yellow('■'),
}

interface LineOptions {
  readonly verbose: boolean
  /** Checks that passed are counted, not listed. */
  readonly hidePassedChecks?: boolean
  readonly print: (line: string) => void
}

class LinePrinter implements RunPrinter {
  readonly #options: LineOptions
  readonly #startedMs = new Map<string, number>()

  constructor(options: LineOptions) {
    this.#options = options
  }

  event(event: RunEvent): void {
    const line = this.#line(event)
    if (line !== undefined) this.#options.print(line)
  }

  tick(): void {}
  close(): void {}

  #line(event: RunEvent): string | undefined {
    const { type, step = '', level, message = '' } = event
    switch (type) {
      case 'step_started':
        this.#startedMs.set(step, Date.parse(event.at))
        return undefined
      case 'step_succeeded':
      case 'step_failed':
      case 'step_skipped':
      case 'step_cancelled':
        return this.#stepEnd(event)
      case 'step_retrying':
      case 'run_resumed':
        return out.yellow(message)
      case 'log': {
        const isShown = this.#options.verbose || level === 'warn' || level === 'error' || step.startsWith('sync:')
        return isShown && level !== 'debug' ? out.dim(`  ${message}`) : undefined
      }
      case 'check_evaluated':
        if (level === 'info') return undefined
        return `  ${level === 'warn' ? out.yellow('warn') : out.red('fail')} ${event.check} of ${event.asset}: ${message}`
      default:
        return undefined
    }
  }

  #stepEnd({ type, step = '', at, message }: RunEvent): string | undefined {
    const isFine = type === 'step_succeeded'
    if (isFine && this.#options.hidePassedChecks && isCheckStep(step)) return undefined
    const startedMs = this.#startedMs.get(step)
    const duration = startedMs === undefined ? '' : ` ${out.dim(seconds(Date.parse(at) - startedMs))}`
    const why = isFine || !message ? '' : `  ${message.split('\n')[0]}`
    return `${marks[type]} ${stepLabel(step)}${duration}${why}`
  }

  end(run: Run): void {
    const { print } = this.#options
    const { succeeded, failed, skipped } = run.stepCounts
    const duration =
      run.startedAt && run.endedAt ? ` in ${seconds(Date.parse(run.endedAt) - Date.parse(run.startedAt))}` : ''
    const color = run.status === 'succeeded' ? out.green : run.status === 'failed' ? out.red : out.yellow
    print(
      `Run ${run.id} ${color(run.status)}${duration}: ${succeeded} steps done, ${failed} failed, ${skipped} skipped.`,
    )
    if (run.status === 'succeeded') return
    if (run.error) {
      const { at, frame, hint, message } = run.error
      print(`${out.red('first error')} ${message}`)
      if (at) print(`  at ${[at.file, at.line, at.column].filter((part) => part !== undefined).join(':')}`)
      if (frame) print(frame)
      if (hint) print(`  ${out.cyan('hint')} ${hint}`)
    }
    print(out.dim(`  Run again what did not succeed: millrace runs rerun ${run.id} --from-failure`))
  }
}

class LivePrinter implements RunPrinter {
  readonly #area = new LiveArea(process.stdout)
  readonly #running = new RunningSteps()
  readonly #lines: LinePrinter

  constructor(verbose: boolean) {
    this.#lines = new LinePrinter({ verbose, hidePassedChecks: !verbose, print: (line) => this.#area.print(line) })
  }

  event(event: RunEvent): void {
    this.#running.take(event)
    this.#lines.event(event)
  }

  tick(run: Run): void {
    // A terminal that does not know its size says 0.
    const columns = process.stdout.columns || 80
    const rows = process.stdout.rows || 24
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
