import { makeFolder, toMillraceError } from '../../../base/index.js'
import type { EventLevel } from '../../log/event.js'
import { EventLog, type LogOutput } from '../../log/event-log.js'
import type { LineFormat } from '../../log/line-format.js'
import { consoleOutput, fileOutput } from '../../log/outputs.js'
import { metadataVariables } from '../../project/render.js'
import { isMapping } from '../../project/yaml-file.js'
import type { CommandFlags } from '../flags/command-flags.js'
import { defaultLogFileBytes } from '../flags/log-folder.js'
import { readWarnErrorOptions } from '../flags/warn-error-options.js'
import type { DbtIo } from '../invocation/invocation.js'

/** The log of one command: its terminal, and dbt.log in the folder where there is one. Whoever opens it closes it. @throws TRANSFORM_USAGE */
export function openLog(
  { flags, warnErrorOptions, project }: CommandFlags,
  io: DbtIo,
  { invocationId, folder }: { readonly invocationId: string; readonly folder: string | undefined },
): EventLog {
  const common = {
    invocationId,
    pid: process.pid,
    extra: metadataVariables(io.env),
    cacheEvents: flags.logCacheEvents ?? false,
  }
  const outputs: LogOutput[] = []
  if (flags.logLevel !== 'none') {
    const level = flags.quiet ? 'error' : flags.debug ? 'debug' : ((flags.logLevel ?? 'info') as EventLevel)
    const colors = flags.useColors ?? (io.isTty && !io.env.NO_COLOR)
    outputs.push(consoleOutput(io.stdout, { ...common, level, colors, format: formatOf(flags.logFormat, 'text') }))
  }
  const fileLevel = flags.logLevelFile ?? flags.logLevel
  if (folder !== undefined && fileLevel !== 'none') {
    const level = flags.debug ? 'debug' : ((fileLevel ?? 'debug') as EventLevel)
    const format = formatOf(flags.logFormatFile ?? flags.logFormat, 'debug')
    const colors = flags.useColorsFile ?? flags.useColors ?? false
    const maxBytes = flags.logFileMaxBytes ?? defaultLogFileBytes
    if (flags.logPath !== undefined) makeLogFolder(folder, flags.logPath)
    outputs.push(fileOutput(folder, { ...common, level, colors, format, maxBytes }))
  }
  return new EventLog({
    outputs,
    isWarnError: flags.warnError,
    warnErrorOptions: readWarnErrorOptions(warnErrorOptions),
    handlesAllWarnings: project.require_all_warnings_handled_by_warn_error !== false,
    showsAllDeprecations: flags.showAllDeprecations,
  })
}

/** `include` and `exclude` are what `error` and `warn` were called. */
export function tellOfFormerNames(log: EventLog, { warnErrorOptions: given }: CommandFlags): void {
  if (!isMapping(given)) return
  const [found_include, found_exclude] = ['include' in given, 'exclude' in given]
  if (found_include || found_exclude) log.deprecate('WEOIncludeExcludeDeprecation', { found_include, found_exclude })
}

const formatOf = (format: string | undefined, fallback: LineFormat): LineFormat =>
  format === undefined || format === 'default' ? fallback : (format as LineFormat)

/** One that was asked for must be there; that no log can be kept where nobody asked for one ends no command. @throws FILE_ACCESS */
function makeLogFolder(folder: string, shown: string): void {
  try {
    makeFolder(folder, shown)
  } catch (thrown) {
    const error = toMillraceError(thrown)
    throw Object.assign(error, { hint: `${error.hint} The folder is named by --log-path or DBT_LOG_PATH.` })
  }
}
