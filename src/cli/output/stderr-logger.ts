import { createLogger, currentSpan, type Logger } from '../../base/index.js'
import { aboveLiveArea } from './live-area.js'
import { logLevels, logSettings } from './log-settings.js'
import { jsonLogLine, textLogLine } from './logger-line.js'

/** Notes of the program for whoever watches: on standard error, above what changes in place. */
export function stderrLogger(): Logger {
  return createLogger((record) => {
    const settings = logSettings()
    if (logLevels.indexOf(record.level) < logLevels.indexOf(settings.level)) return
    const { traceparent } = currentSpan()
    const line = settings.format === 'json' ? jsonLogLine(record, { ...settings, traceparent }) : textLogLine(record)
    aboveLiveArea(() => console.error(line))
  })
}

/** What Node itself warns of would be text among JSON. */
export function logWarningsOfNode(): void {
  if (logSettings().format !== 'json') return
  process.removeAllListeners('warning')
  process.on('warning', ({ name, message }) => stderrLogger().warn(`${name}: ${message}`))
}
