import type { MillraceError } from '../../base/index.js'
import { err } from './colors.js'
import { errorLines } from './error-lines.js'
import { logSettings } from './log-settings.js'
import { stderrLogger } from './stderr-logger.js'

/** What, where, what to do next; the stack only for those who ask for it. Where logs are JSON, a line of the log. */
export function printError(error: MillraceError, options: { json: boolean; debug: boolean }): void {
  if (options.json) {
    console.log(JSON.stringify({ error: error.toJSON() }))
    return
  }
  if (logSettings().format === 'json') {
    stderrLogger().error(error.message, { error })
    return
  }
  console.error(errorLines(error.toJSON(), err).join('\n'))
  if (options.debug) console.error((error.cause instanceof Error ? error.cause : error).stack)
}

/** Errors of the work itself; every other error kept the command from starting it. */
const failedWork = /^(WAREHOUSE_SQL$|WAREHOUSE_DISK_FULL$|WAREHOUSE_MEMORY$|SOURCE_)/

export function exitCodeOf(error: MillraceError): 1 | 2 | 130 {
  if (error.code === 'ABORTED') return 130
  return failedWork.test(error.code) ? 1 : 2
}
