import type { Run, RunRequest } from '../../orchestrate/index.js'
import { out } from './colors.js'
import { seconds } from './seconds.js'

const colors: Readonly<Record<string, (text: string) => string>> = {
  succeeded: out.green,
  failed: out.red,
  cancelled: out.yellow,
  cancelling: out.yellow,
  skipped: out.yellow,
  running: out.cyan,
}

/** The status of a run or step in its colour. */
export function statusText(status = '', text = status): string {
  return colors[status]?.(text) ?? text
}

/** Of a run that is left behind. */
export const leftBehindWords = 'its engine is gone or late; one that runs or starts takes it up'

interface Span {
  readonly startedAt?: string | undefined
  readonly endedAt?: string | undefined
}

/** How long it took; nothing where it did not start or has not ended. */
export function duration({ startedAt, endedAt }: Span): string {
  return startedAt && endedAt ? seconds(Date.parse(endedAt) - Date.parse(startedAt)) : ''
}

/** `2026-11-25 14:03:07+01:00`, in the time zone of whoever reads it; in UTC it ends with `Z`. Machines are given ISO texts as they are. */
export function localTime(iso: string): string {
  const at = new Date(iso)
  const minutes = -at.getTimezoneOffset()
  const local = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ')
  if (minutes === 0) return `${local}Z`
  const twoDigits = (number: number) => String(number).padStart(2, '0')
  const ahead = Math.abs(minutes)
  return `${local}${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(ahead / 60))}:${twoDigits(ahead % 60)}`
}

/** Who or what started a run, in the words of the page. */
export function triggerWords({ trigger, parentRunId }: Pick<Run, 'trigger' | 'parentRunId'>): string {
  // The page says `web` where there is no login, and a run that is made once more has the id of the former one where nobody is known.
  const isPerson = ![undefined, 'web', parentRunId].includes(trigger.name)
  switch (trigger.type) {
    case 'manual':
      return isPerson ? `by ${trigger.name}` : 'by hand'
    case 'cli':
      return 'command line'
    case 'start':
      return 'first start'
    case 'rerun':
      return `re-run of ${(parentRunId ?? trigger.name ?? '').slice(-8)}${isPerson && parentRunId ? ` by ${trigger.name}` : ''}`
    case 'retry':
      return `retry of ${(parentRunId ?? trigger.name ?? '').slice(-8)}`
    case 'backfill':
      return `backfill ${(trigger.name ?? '').slice(-8)}`
    default:
      return [trigger.type, trigger.name].filter((part) => part).join(' ')
  }
}

/** `team=finance, urgent=yes` */
export const tagWords = (tags: Readonly<Record<string, string>> = {}): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')

/** What a run was to make, in the words of the page. */
export function selectionWords(selection: string): string {
  return selection === '*' ? 'everything' : selection
}

/** What a run does besides making its assets, what takes data away first; empty for most. */
export const sweepWords = ({ fullRefresh, clearData }: Pick<RunRequest, 'fullRefresh' | 'clearData'>): string[] => [
  ...(clearData ? ['clears data'] : []),
  ...(fullRefresh ? ['full refresh'] : []),
]
