import type { Run, RunEvent } from '../../orchestrate/index.js'
import { out } from './colors.js'
import { cutTo, printable } from './display-width.js'
import { seconds } from './seconds.js'
import { stepLabel } from './step-label.js'

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const frameMs = 100
const barWidth = 16
/** Beyond this many, the rest is counted. */
const maxLines = 10

interface Running {
  readonly startedMs: number
  /** The latest word of each asset that the step is making. */
  readonly progress: Map<string, { readonly message: string; readonly fraction: number | undefined }>
}

/** What runs right now, told by events, shown as one line a step and one for the whole run. */
export class RunningSteps {
  readonly #running = new Map<string, Running>()

  take(event: RunEvent): void {
    const { type, step = '', asset = '' } = event
    if (type === 'step_started') this.#running.set(step, { startedMs: Date.parse(event.at), progress: new Map() })
    else if (/^step_(succeeded|failed|skipped|cancelled)$/.test(type)) this.#running.delete(step)
    else if (type === 'asset_materialized' || type === 'asset_failed') this.#running.get(step)?.progress.delete(asset)
    else if (type === 'progress') {
      const fraction = event.metadata?.fraction
      this.#running.get(step)?.progress.set(asset, {
        message: event.message ?? '',
        fraction: typeof fraction === 'number' ? fraction : undefined,
      })
    }
  }

  lines(run: Run, now: number, columns: number, rows: number): string[] {
    const steps = [...this.#running].slice(0, Math.max(1, Math.min(maxLines, rows - 4)))
    const frame = spinner[Math.floor(now / frameMs) % spinner.length]
    const hidden = this.#running.size - steps.length
    return [
      ...steps.map(([key, running]) => `${out.cyan(frame ?? '')} ${stepLine(key, running, now, columns - 3)}`),
      ...(hidden > 0 ? [out.dim(`  and ${hidden} more`)] : []),
      cutTo(summaryLine(run, this.#running.size, now), columns - 1),
    ]
  }
}

function stepLine(key: string, { startedMs, progress }: Running, now: number, width: number): string {
  const elapsed = seconds(now - startedMs).padStart(8)
  const assets = [...progress.values()]
  const fraction = assets.length === 1 ? assets[0]?.fraction : undefined
  const bar = fraction === undefined ? '' : `  ${progressBar(fraction)}`
  const text = [stepLabel(key), ...assets.map(({ message }) => message)].join('  ')
  const room = width - elapsed.length - 2 - (bar === '' ? 0 : barWidth + 2)
  return `${out.dim(elapsed)}${bar}  ${cutTo(printable(text), Math.max(0, room))}`
}

function progressBar(fraction: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * barWidth)
  return out.cyan('█'.repeat(filled)) + out.dim('░'.repeat(barWidth - filled))
}

function summaryLine({ stepCounts, startedAt, createdAt }: Run, running: number, now: number): string {
  const total = Object.values(stepCounts).reduce((sum, count) => sum + count, 0)
  const done = stepCounts.succeeded + stepCounts.failed + stepCounts.skipped + stepCounts.cancelled
  if (total === 0) return '  Waiting for the run to start …'
  return [
    `  ${done} of ${total} ${total === 1 ? 'step' : 'steps'} done`,
    `${running} running`,
    ...(stepCounts.failed > 0 ? [`${stepCounts.failed} failed`] : []),
    seconds(now - Date.parse(startedAt ?? createdAt)),
  ].join(' · ')
}
