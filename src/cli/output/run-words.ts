import type { ErrorJson } from '../../base/index.js'
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

interface Span {
  readonly startedAt?: string | undefined
  readonly endedAt?: string | undefined
}

/** How long it took; nothing where it did not start or has not ended. */
export function duration({ startedAt, endedAt }: Span): string {
  return startedAt && endedAt ? seconds(Date.parse(endedAt) - Date.parse(startedAt)) : ''
}

/** `2026-11-25 14:03:07`, in the time zone of whoever reads it. */
export function localTime(iso: string): string {
  return new Date(iso).toLocaleString('sv-SE')
}

/** What, where, what to do next. */
export function errorLines({ message, at, frame, hint }: ErrorJson): string[] {
  const place = at && [at.file, at.line, at.column].filter((part) => part !== undefined).join(':')
  return [
    `${out.red('error')} ${message}`,
    ...(place === undefined ? [] : [`  at ${place}`]),
    ...(frame === undefined ? [] : [frame]),
    ...(hint === undefined ? [] : [`  ${out.cyan('hint')} ${hint}`]),
  ]
}
