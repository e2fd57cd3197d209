import pc from 'picocolors'
import { systemClock } from '../../base/index.js'
import type { OrchestrateStore, Run, RunEvent } from '../../orchestrate/index.js'

const marks: Readonly<Record<string, string>> = {
  step_succeeded: pc.green('✓'),
  step_failed: pc.red('✗'),
  step_skipped: pc.yellow('-'),
  step_cancelled: pc.yellow('■'),
}
const ended = new Set(['succeeded', 'failed', 'cancelled'])
const pollMs = 100

export interface FollowOptions {
  readonly store: OrchestrateStore
  readonly runId: string
  readonly json: boolean
  readonly verbose?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** Prints a run's events until it ends: one line a step, a progress line that rewrites itself on a terminal. */
export async function followRun(options: FollowOptions): Promise<Run> {
  const { store, runId } = options
  const printer = new RunPrinter(options.json, options.verbose ?? false)
  let after = 0
  let cancelled = false
  for (;;) {
    if (options.signal?.aborted && !cancelled) {
      cancelled = true
      await store.requestCancel(runId)
    }
    const run = await store.getRun(runId)
    const events = await store.readEvents({ runId, after, limit: 1000 })
    for (const event of events) printer.print(event)
    after = events.at(-1)?.id ?? after
    if (run && ended.has(run.status) && events.length === 0) {
      printer.end(run)
      return run
    }
    if (events.length === 0) await systemClock.sleep(pollMs)
  }
}

class RunPrinter {
  readonly #json: boolean
  readonly #verbose: boolean
  readonly #started = new Map<string, number>()
  readonly #isTerminal = process.stdout.isTTY === true
  #hasProgress = false

  constructor(json: boolean, verbose: boolean) {
    this.#json = json
    this.#verbose = verbose
  }

  print(event: RunEvent): void {
    if (this.#json) {
      console.log(JSON.stringify(event))
      return
    }
    const step = event.step ?? ''
    switch (event.type) {
      case 'step_started':
        this.#started.set(step, Date.parse(event.at))
        return
      case 'step_succeeded':
      case 'step_failed':
      case 'step_skipped':
      case 'step_cancelled':
        this.#line(
          `${marks[event.type]} ${step}${this.#duration(event)}${event.type === 'step_succeeded' || !event.message ? '' : `  ${event.message.split('\n')[0]}`}`,
        )
        return
      case 'step_retrying':
      case 'run_resumed':
        this.#line(pc.yellow(event.message ?? ''))
        return
      case 'progress':
        this.#progress(event)
        return
      case 'log':
        if (this.#verbose || event.level === 'warn' || event.level === 'error' || step.startsWith('sync:'))
          if (event.level !== 'debug') this.#line(pc.dim(`  ${event.message ?? ''}`))
        return
      case 'check_evaluated':
        if (event.level !== 'info')
          this.#line(
            `  ${event.level === 'warn' ? pc.yellow('warn') : pc.red('fail')} ${event.check} of ${event.asset}: ${event.message ?? ''}`,
          )
    }
  }

  #duration(event: RunEvent): string {
    const start = this.#started.get(event.step ?? '')
    return start === undefined ? '' : pc.dim(` ${((Date.parse(event.at) - start) / 1000).toFixed(1)} s`)
  }

  #progress(event: RunEvent): void {
    const fraction = event.metadata?.fraction
    if (!this.#isTerminal) return
    const filled = typeof fraction === 'number' ? Math.round(fraction * 20) : 0
    process.stdout.write(
      `\r\x1b[2K  ${pc.cyan('█'.repeat(filled))}${pc.dim('░'.repeat(20 - filled))} ${event.message ?? ''}`,
    )
    this.#hasProgress = true
  }

  #line(text: string): void {
    if (this.#hasProgress) process.stdout.write('\r\x1b[2K')
    this.#hasProgress = false
    console.log(text)
  }

  end(run: Run): void {
    if (this.#json) {
      console.log(JSON.stringify({ type: 'run_ended', run }))
      return
    }
    const { succeeded, failed, skipped } = run.stepCounts
    const seconds =
      run.startedAt && run.endedAt ? ((Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000).toFixed(1) : '?'
    const word =
      run.status === 'succeeded'
        ? pc.green('succeeded')
        : run.status === 'failed'
          ? pc.red('failed')
          : pc.yellow(run.status)
    this.#line(`Run ${run.id} ${word} in ${seconds} s: ${succeeded} steps done, ${failed} failed, ${skipped} skipped.`)
    if (run.error) {
      const { at, frame, hint, message } = run.error
      console.log(`${pc.red('first error')} ${message}`)
      if (at) console.log(`  at ${[at.file, at.line, at.column].filter((part) => part !== undefined).join(':')}`)
      if (frame) console.log(frame)
      if (hint) console.log(`  ${pc.cyan('hint')} ${hint}`)
      console.log(pc.dim(`  Run again what did not succeed: millrace runs rerun ${run.id} --from-failure`))
    }
  }
}
