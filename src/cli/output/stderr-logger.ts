import { createLogger, type Logger } from '../../base/index.js'
import { aboveLiveArea } from './live-area.js'

/** Notes of the program for whoever watches: on standard error, above what changes in place. */
export function stderrLogger({ debug = false }: { readonly debug?: boolean }): Logger {
  return createLogger((record) => {
    if (record.level === 'debug' && !debug) return
    aboveLiveArea(() => console.error(record.level === 'info' ? record.message : `${record.level}: ${record.message}`))
  })
}
