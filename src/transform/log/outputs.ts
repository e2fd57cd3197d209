import { join } from 'node:path'
import type { EventLevel } from './event.js'
import { isAtLeast, type LogOutput } from './event-log.js'
import { type LineOptions, logLine, printEvents } from './line-format.js'
import { LogFile } from './log-file.js'

export interface OutputOptions extends LineOptions {
  readonly level: EventLevel
  /** Whether the cache of relations says what it does. */
  readonly cacheEvents: boolean
}

const cacheEvents: ReadonlySet<string> = new Set(['CacheAction', 'CacheDumpGraph'])

/** The terminal. What was asked for by name is printed whatever the level. */
export function consoleOutput(print: (line: string) => void, options: OutputOptions): LogOutput {
  return {
    write(event) {
      if (!options.cacheEvents && cacheEvents.has(event.name)) return
      if (isAtLeast(event.level, options.level) || printEvents.has(event.name)) print(logLine(event, options))
    },
    close: () => {},
  }
}

/** `clean` may have removed the folder of the log: what it says is not written into it. */
const unwritten: ReadonlySet<string> = new Set(['Z012', 'Z013', 'Z014', 'Z015'])

/** logs/dbt.log. */
export function fileOutput(folder: string, options: OutputOptions & { readonly maxBytes: number }): LogOutput {
  const file = new LogFile(join(folder, 'dbt.log'), options.maxBytes)
  return {
    write(event) {
      if (unwritten.has(event.code) || (!options.cacheEvents && cacheEvents.has(event.name))) return
      if (isAtLeast(event.level, options.level) || printEvents.has(event.name)) file.write(logLine(event, options))
    },
    close: () => file.close(),
  }
}
