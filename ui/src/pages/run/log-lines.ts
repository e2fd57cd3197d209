import type { RunEventView } from '../../../../src/server/contract/index.js'
import { placeOf } from '../../design/states.js'
import { count, lasted } from '../../design/text/time.js'

export const levels = {
  all: ['debug', 'info', 'warn', 'error'],
  info: ['info', 'warn', 'error'],
  warnings: ['warn', 'error'],
  errors: ['error'],
} as const
export type Level = keyof typeof levels
export const isLevel = (value: string | undefined): value is Level => value !== undefined && value in levels

export const levelOf = (event: RunEventView) => event.level ?? 'info'

/** One line of the log. */
export interface LogLine {
  readonly id: number
  readonly at: string
  readonly level: string
  readonly step: string | undefined
  readonly who: string
  readonly text: string
}

/** What is said once already is left out: progress is in the bars, a failed asset in its step. */
const unsaid = new Set(['progress', 'asset_failed'])

export function logLines(events: readonly RunEventView[], titles: ReadonlyMap<string, string>): LogLine[] {
  return events
    .filter((event) => !unsaid.has(event.type))
    .map((event) => ({
      id: event.id,
      at: event.at,
      level: levelOf(event),
      step: event.step,
      who: event.step === undefined ? 'run' : (titles.get(event.step) ?? event.step),
      text: lineText(event),
    }))
}

function lineText(event: RunEventView): string {
  const { type, asset, check, partitions, message, metadata, error } = event
  const of = partitions === undefined ? asset : `${asset} for ${partitions}`
  if (type === 'log') return message ?? ''
  if (type === 'asset_materialized') {
    const rows = metadata?.rows_committed ?? metadata?.rows
    const ms = metadata?.duration_ms
    return [
      `materialized ${of}`,
      typeof rows === 'number' ? `${count(rows)} rows` : '',
      typeof ms === 'number' ? lasted(ms) : '',
    ]
      .filter(Boolean)
      .join(' · ')
  }
  if (type === 'check_evaluated') {
    const verdict = levelOf(event) === 'info' ? 'passed' : levelOf(event) === 'warn' ? 'warns' : 'failed'
    return `check ${check} of ${of} ${verdict}${message ? `: ${message}` : ''}`
  }
  if (type === 'schema_changed') return `the columns of ${asset} changed: ${message}`
  const what = type.replace(/^(step|run)_/, '').replaceAll('_', ' ')
  const place = placeOf(error)
  const isSaid = message
    ?.toLowerCase()
    .replace(/^run /, '')
    .startsWith(what.split(' ')[0] ?? what)
  return [
    isSaid ? message : `${what}${message ? `: ${message}` : ''}`,
    place && type === 'step_failed' ? `at ${place}` : '',
    type === 'step_failed' ? (error?.frame ?? '') : '',
  ]
    .filter(Boolean)
    .join('\n')
}

/** The lines as text, as one pastes them into a message. */
export const asText = (lines: readonly LogLine[]) =>
  lines.map((line) => `${line.at} ${line.level.padEnd(5)} ${line.who}  ${line.text}`).join('\n')
