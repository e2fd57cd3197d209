import { stripVTControlCharacters } from 'node:util'
import { grouped } from '../../../base/index.js'
import type { AirbyteAttempt } from '../../../extract-load/index.js'
import type { StepContext } from '../../../orchestrate/index.js'

type Level = 'debug' | 'info' | 'warn' | 'error'

/** Of an attempt that wrote more the beginning and the end are brought: in between it says the same again and again. */
const [firstLines, lastLines] = [500, 2_500]

const levels: Readonly<Record<string, Level>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  fatal: 'error',
}

/** Puts what an attempt wrote into the log of the run. */
export function tellAttempt(context: StepContext, { attempt, logs }: AirbyteAttempt, page: string): void {
  const lines = [
    ...(logs?.events ?? []).map(({ message, level, logSource }) => ({
      level: levels[(level ?? 'info').toLowerCase()] ?? 'info',
      text: logSource === undefined ? message : `${logSource} > ${message}`,
    })),
    ...(logs?.logLines ?? []).map((text) => ({ level: levelOf(text), text })),
  ].filter(({ text }) => text.trim() !== '')
  const left = lines.length - firstLines - lastLines
  const shown = left <= 0 ? lines : [...lines.slice(0, firstLines), ...lines.slice(-lastLines)]
  for (const [i, { level, text }] of shown.entries()) {
    if (left > 0 && i === firstLines)
      context.log('info', `… ${grouped(left)} lines more: ${page}`, { attempt: attempt.id })
    context.log(level, withoutColors(text), { attempt: attempt.id })
  }
}

const levelOf = (line: string): Level =>
  levels[/\b(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\b/.exec(line)?.[1]?.toLowerCase() ?? ''] ?? 'info'

const withoutColors = (text: string) => stripVTControlCharacters(text).trimEnd()
