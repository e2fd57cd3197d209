import type { ErrorJson } from '../../base/index.js'
import type { Run, RunEvent } from '../../orchestrate/index.js'
import { out } from './colors.js'
import type { RunPrinter } from './run-printer.js'
import { duration, errorLines, statusText } from './run-words.js'
import { seconds } from './seconds.js'
import { isCheckStep, stepLabel } from './step-label.js'

const marks: Readonly<Record<string, string>> = {
  step_succeeded: out.green('✓'),
  step_failed: out.red('✗'),
  step_skipped: out.yellow('-'),
  step_cancelled: out.yellow('■'),
}
/** Beyond this many, what was skipped for the same reason is counted. */
const shownSkipped = 5

interface LineOptions {
  readonly verbose: boolean
  readonly print: (line: string) => void
}

/** A line for every asset that was made and for everything that went wrong; what passed a check is counted. */
export class LinePrinter implements RunPrinter {
  readonly #options: LineOptions
  readonly #startedMs = new Map<string, number>()
  /** How often a reason to skip was given. */
  readonly #skipped = new Map<string, number>()
  readonly #shownErrors = new Set<string>()
  #passedChecks = 0

  constructor(options: LineOptions) {
    this.#options = options
  }

  event(event: RunEvent): void {
    for (const line of this.#lines(event)) this.#options.print(line)
  }

  tick(): void {}
  close(): void {}

  #lines(event: RunEvent): readonly string[] {
    const { type, step = '', level, message = '' } = event
    switch (type) {
      case 'step_started':
        this.#startedMs.set(step, Date.parse(event.at))
        return []
      case 'step_succeeded':
        if (!isCheckStep(step)) return [this.#stepLine(event)]
        this.#passedChecks++
        return this.#options.verbose ? [this.#stepLine(event)] : []
      case 'step_failed':
        return [this.#stepLine(event), ...this.#failure(event)]
      case 'step_skipped':
        return this.#isOneOfMany(event) ? [] : [`${this.#stepLine(event)}  ${firstLine(message)}`]
      case 'step_cancelled':
        return [this.#stepLine(event)]
      case 'step_retrying':
      case 'run_resumed':
        return [out.yellow(message)]
      case 'log': {
        const isShown = this.#options.verbose || level === 'warn' || level === 'error' || step.startsWith('sync:')
        return isShown && level !== 'debug' ? [out.dim(`  ${message}`)] : []
      }
      case 'check_evaluated':
        if (level === 'info') return []
        return [
          `  ${level === 'warn' ? out.yellow('warn') : out.red('fail')} ${event.check} of ${event.asset}: ${message}`,
        ]
      default:
        return []
    }
  }

  #stepLine({ type, step = '', at }: RunEvent): string {
    const startedMs = this.#startedMs.get(step)
    const took = startedMs === undefined ? '' : ` ${out.dim(seconds(Date.parse(at) - startedMs))}`
    return `${marks[type]} ${stepLabel(step)}${took}`
  }

  /** The error in full, once: several steps may fail of the same. */
  #failure({ message = '', error }: RunEvent): readonly string[] {
    if (!error) return message === '' ? [] : [`  ${message}`]
    return this.#isNew(error) ? errorLines(error).map((line) => `  ${line}`) : [`  ${firstLine(error.message)}`]
  }

  #isNew(error: ErrorJson): boolean {
    const text = JSON.stringify([error.code, error.message, error.at])
    if (this.#shownErrors.has(text)) return false
    this.#shownErrors.add(text)
    return true
  }

  #isOneOfMany({ message = '' }: RunEvent): boolean {
    const count = (this.#skipped.get(message) ?? 0) + 1
    this.#skipped.set(message, count)
    return count > shownSkipped && !this.#options.verbose
  }

  end(run: Run): void {
    const { print } = this.#options
    for (const [reason, count] of this.#skipped)
      if (count > shownSkipped && !this.#options.verbose)
        print(`${marks.step_skipped} and ${count - shownSkipped} more  ${firstLine(reason)}`)
    const { succeeded, failed, skipped, cancelled } = run.stepCounts
    const took = duration(run)
    const checks = this.#passedChecks > 0 ? ` (${this.#passedChecks} of them checks)` : ''
    print(
      `Run ${run.id} ${statusText(run.status)}${took === '' ? '' : ` in ${took}`}: ${succeeded} steps done${checks}, ${failed} failed, ${skipped} skipped${cancelled > 0 ? `, ${cancelled} cancelled` : ''}.`,
    )
    if (run.status === 'succeeded') return
    if (run.error && this.#isNew(run.error)) for (const line of errorLines(run.error)) print(line)
    print(out.dim(`  Run again what did not succeed: millrace runs rerun ${run.id.slice(-8)} --from-failure`))
  }
}

const firstLine = (text: string) => text.split('\n')[0] ?? ''
