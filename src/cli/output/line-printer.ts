import { type ErrorJson, formatLocation, plural } from '../../base/index.js'
import type { Run, RunEvent } from '../../orchestrate/index.js'
import { out } from './colors.js'
import { errorLines } from './error-lines.js'
import type { RunPrinter } from './run-printer.js'
import { duration, statusText } from './run-words.js'
import { seconds } from './seconds.js'
import { isCheckStep, stepLabel } from './step-label.js'

const marks: Readonly<Record<string, string>> = {
  step_succeeded: out.green('✓'),
  step_failed: out.red('✗'),
  step_skipped: out.yellow('-'),
  step_cancelled: out.yellow('■'),
}
/** How many of those that were skipped for one reason are named. */
const namedSkipped = 3
/** What the orchestrator says of a step whose upstream was itself skipped: a consequence, no reason of its own. */
const isConsequence = (reason: string) => /^upstream .* was skipped$/.test(reason)

interface LineOptions {
  readonly verbose: boolean
  readonly print: (line: string) => void
}

/** A line for every asset that was made and for everything that went wrong; what passed a check is counted. */
export class LinePrinter implements RunPrinter {
  readonly #options: LineOptions
  readonly #startedMs = new Map<string, number>()
  /** The steps that were skipped, by the reason given. */
  readonly #skipped = new Map<string, string[]>()
  readonly #shownErrors = new Set<string>()
  /** Why streams of a step failed in its last attempt. */
  readonly #said = new Map<string, Set<string>>()
  /** Lines since the last failure. */
  #since = 0
  #firstFailure: { readonly step: string; readonly text: string } | undefined
  #failures = 0
  /** Of checks that found an error. */
  #failedChecks = 0
  #passedChecks = 0

  constructor(options: LineOptions) {
    this.#options = options
  }

  event(event: RunEvent): void {
    const lines = this.#lines(event)
    for (const line of lines) this.#options.print(line)
    this.#since = event.type === 'step_failed' ? 0 : this.#since + lines.length
  }

  tick(): void {}
  close(): void {}

  #lines(event: RunEvent): readonly string[] {
    const { type, step = '', level, message = '' } = event
    switch (type) {
      case 'step_started':
        this.#startedMs.set(step, Date.parse(event.at))
        this.#said.delete(step)
        return []
      case 'step_succeeded':
        if (!isCheckStep(step)) return [this.#stepLine(event)]
        this.#passedChecks++
        return this.#options.verbose ? [this.#stepLine(event)] : []
      case 'step_failed':
        return [this.#stepLine(event), ...this.#failure(event)]
      case 'step_skipped':
        this.#skipped.set(message, [...(this.#skipped.get(message) ?? []), step])
        return this.#options.verbose ? [`${this.#stepLine(event)}  ${firstLine(message)}`] : []
      case 'step_cancelled':
        return [this.#stepLine(event)]
      case 'step_retrying':
        return [out.yellow(this.#withoutSaid(event))]
      case 'run_resumed':
        return [out.yellow(message)]
      case 'log': {
        const isShown = this.#options.verbose || level === 'warn' || level === 'error' || step.startsWith('sync:')
        return isShown && level !== 'debug' ? noteLines(event) : []
      }
      case 'asset_failed':
        // Of other steps, their own failure says it at once.
        if (!step.startsWith('sync:')) return []
        this.#said.set(step, (this.#said.get(step) ?? new Set()).add(message))
        return noteLines(event)
      case 'schema_changed':
        // What a check found it says itself.
        return event.check === undefined ? [out.yellow(`  ${event.asset}: ${message}`)] : []
      case 'check_evaluated':
        if (level === 'info') return []
        if (level === 'error') this.#failedChecks++
        return [
          `  ${level === 'warn' ? out.yellow('warn') : out.red('fail')} ${event.check} of ${event.asset}${event.partitions === undefined ? '' : ` for ${event.partitions}`}: ${message.replaceAll('\n', '\n  ')}`,
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
  #failure({ step = '', message = '', error }: RunEvent): readonly string[] {
    this.#failures++
    const place = error?.at ? ` (${formatLocation(error.at)})` : ''
    this.#firstFailure ??= { step, text: `${firstLine(error?.message ?? message)}${place}` }
    if (!error) return message === '' ? [] : message.split('\n').map((line) => `  ${line}`)
    return this.#isNew(error)
      ? errorLines(error).map((line) => `  ${line}`.trimEnd())
      : [`  ${firstLine(error.message)}`]
  }

  /** What a stream was just said to have failed of is not said again. */
  #withoutSaid({ step = '', message = '', error }: RunEvent): string {
    const reason = `: ${error?.message}`
    const isSaid = error !== undefined && this.#said.get(step)?.has(error.message) && message.endsWith(reason)
    return isSaid ? message.slice(0, -reason.length) : message
  }

  #isNew(error: ErrorJson): boolean {
    const text = JSON.stringify([error.code, error.message, error.at])
    if (this.#shownErrors.has(text)) return false
    this.#shownErrors.add(text)
    return true
  }

  /** A line for each reason, and one for all that was skipped because of those. */
  #skippedLines(): string[] {
    const reasons = [...this.#skipped].filter(([reason]) => !isConsequence(reason))
    const consequences = [...this.#skipped].filter(([reason]) => isConsequence(reason)).flatMap(([, steps]) => steps)
    const line = (steps: readonly string[], reason: string) => {
      const names = steps.slice(0, namedSkipped).map(stepLabel).join(', ')
      const more = steps.length > namedSkipped ? ` and ${steps.length - namedSkipped} more` : ''
      return `${marks.step_skipped} ${steps.length} skipped: ${reason}  ${out.dim(names + more)}`
    }
    return [
      ...reasons.map(([reason, steps]) => line(steps, firstLine(reason))),
      ...(consequences.length > 0 ? [line(consequences, 'what they need was skipped')] : []),
    ]
  }

  end(run: Run): void {
    const { print } = this.#options
    const skippedLines = this.#options.verbose ? [] : this.#skippedLines()
    for (const line of skippedLines) print(line)
    const { succeeded, failed, skipped, cancelled } = run.stepCounts
    const took = duration(run)
    const checks = this.#passedChecks > 0 ? ` (${this.#passedChecks} of them checks)` : ''
    print(
      `Run ${run.id} ${statusText(run.status)}${took === '' ? '' : ` in ${took}`}: ${plural(succeeded, 'step')} done${checks}, ${failed} failed, ${skipped} skipped${cancelled > 0 ? `, ${cancelled} cancelled` : ''}.`,
    )
    if (run.status === 'succeeded') {
      if (this.#failedChecks > 0)
        print(out.yellow(`${plural(this.#failedChecks, 'check')} failed, and held nothing up.`))
      return
    }
    const first = this.#firstFailure
    // Above by now, where something was skipped or went on after it.
    if (first && this.#failures + this.#since + skippedLines.length > 1) {
      const others = this.#failures > 1 ? ` (the first of ${plural(this.#failures, 'failure')})` : ''
      print(`  ${out.red('failed')} ${stepLabel(first.step)}: ${first.text}${others}`)
    }
    if (run.error && this.#isNew(run.error)) for (const line of errorLines(run.error)) print(line)
    print(out.dim(`  Run again what did not succeed: millrace runs rerun ${run.id.slice(-8)} --from-failure`))
  }
}

const firstLine = (text: string) => text.split('\n')[0] ?? ''

const noteLines = ({ asset, message = '' }: RunEvent): string[] =>
  `${asset === undefined ? '' : `${asset}: `}${message}`.split('\n').map((line) => out.dim(`  ${line}`))
