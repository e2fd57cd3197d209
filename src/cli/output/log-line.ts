import { formatLocation } from '../../base/index.js'
import type { RunEvent } from '../../orchestrate/index.js'
import { out } from './colors.js'

const colors: Readonly<Record<string, (text: string) => string>> = { error: out.red, warn: out.yellow, debug: out.dim }

/** An event of a run in one line, the time to the millisecond and in UTC: logs are compared with other logs. */
export function logLine({ at, level, step, type, asset, check, partitions, message, error }: RunEvent): string {
  const of = partitions === undefined ? asset : `${asset} for ${partitions}`
  const place = type === 'step_failed' && error?.at && formatLocation(error.at)
  const parts = [step, type === 'log' ? undefined : type, of, check, message, place].filter((part) => part)
  const text = `${(level ?? '').padEnd(5)} ${parts.join(' · ')}`
  return `${out.dim(at)} ${colors[level ?? '']?.(text) ?? text}`
}
