import { randomUUID } from 'node:crypto'
import { didYouMean, type MillraceError, registerSecretsOf, toMillraceError } from '../../base/index.js'
import { dbtVersion, versionLine } from '../dbt-version.js'
import { transformErrors } from '../errors.js'
import type { EventLog } from '../log/event-log.js'
import type { CommandFlags } from './flags/command-flags.js'
import type { DbtFlags } from './flags/dbt-flags.js'
import { foreignVariables, renamedVariables, withBothNames, withNewNames } from './flags/engine-variables.js'
import { asksForHelp, asksForVersion, commandIn, parseFlags, yamlMapping } from './flags/flags.js'
import type { DbtCommand, DbtIo } from './invocation/invocation.js'

const runNodesCommand = async () => (await import('./run-nodes.js')).runNodesCommand
const list = async () => (await import('./list.js')).list

/** Each command's file is loaded when it is asked for: `parse` needs nothing of what runs models. */
const own: Readonly<Record<string, () => Promise<DbtCommand>>> = {
  build: runNodesCommand,
  run: runNodesCommand,
  test: runNodesCommand,
  seed: runNodesCommand,
  snapshot: runNodesCommand,
  compile: async () => (await import('./compile.js')).compile,
  plan: async () => (await import('./plan.js')).plan,
  clone: async () => (await import('./clone.js')).clone,
  show: async () => (await import('./show.js')).show,
  ls: list,
  list,
  parse: async () => (await import('./parse.js')).parse,
  debug: async () => (await import('./debug.js')).debug,
  docs: async () => (await import('./docs/docs.js')).docs,
  'run-operation': async () => (await import('./run-operation.js')).runOperation,
  clean: async () => (await import('./clean.js')).clean,
  deps: async () => (await import('./deps.js')).deps,
  source: async () => (await import('./source-freshness.js')).sourceFreshnessCommand,
  init: async () => (await import('./init.js')).init,
}
export const commands: typeof own = { ...own, retry: async () => (await import('./retry.js')).retry(own) }

/** Runs one dbt command line. Answers 0 when all went well, 1 when a node failed, 2 when it could not run, or not to its end. */
export async function runDbtCommand(argv: readonly string[], given: DbtIo): Promise<number> {
  const { env, renamed } = withNewNames(given.env)
  // Not a copy of what is given: its signal is only asked for by who can listen to it.
  const io: DbtIo = Object.create(given, { env: { value: withBothNames(env) } })
  try {
    if (asksForHelp(argv)) return await printHelp(argv, io)
    const { positional, values } = parseFlags(argv, io.env)
    const [name] = positional
    if (asksForVersion(argv) || name === 'version') {
      io.stdout(versionLine)
      return 0
    }
    if (name === undefined || name === 'help') return await printHelp([], io)
    const load = loaderOf(name)
    return await logged(argv, { positional, values, load, renamed }, io)
  } catch (thrown) {
    await printUsage(toMillraceError(thrown), argv, io)
    return 2
  }
}

interface ParsedCommand {
  readonly positional: readonly string[]
  readonly values: DbtFlags
  readonly load: () => Promise<DbtCommand>
  /** Environment variables under their old names. */
  readonly renamed: readonly string[]
}

/** Runs a command with its log around it. What is wrong with the command line itself is thrown, the rest is logged. */
async function logged(argv: readonly string[], { positional, values, load, renamed }: ParsedCommand, io: DbtIo) {
  const [{ commandFlags }, { logFolder }, { openLog, tellOfFormerNames }, { CommandInvocation }] = await Promise.all([
    import('./flags/command-flags.js'),
    import('./flags/log-folder.js'),
    import('./output/open-log.js'),
    import('./invocation/invocation.js'),
  ])
  registerSecretsOf(io.env)
  const id = randomUUID()
  const commandLine = ['dbt', ...argv].join(' ')
  // Who asks for JSON reads nothing else.
  const given = commandFlags(positional[0] ?? '', values.json ? { ...values, quiet: true } : values, io.cwd)
  const logPath = logFolder(given.flags, io)
  const log = openLog(given, io, { invocationId: id, folder: logPath })
  const started = performance.now()
  let code = 2
  try {
    reportStart(log, commandLine, given)
    tellOfFormerNames(log, given)
    tellOfVariables(log, renamed, io.env)
    const run = await load()
    const invocation = new CommandInvocation(positional, given.flags, io, log, {
      id,
      commandLine,
      logPath,
      project: given.project,
    })
    code = endOf(await invocation.run(run), io)
    log.summarizeDeprecations()
    return code
  } catch (thrown) {
    code = 2
    const error = toMillraceError(thrown)
    const { errorText, isUsage } = await import('../log/error-text.js')
    if (isUsage(error)) throw error
    log.fire('MainEncounteredError', { exc: errorText(error) })
    return code
  } finally {
    log.fire('ResourceReport', resourceReport(positional[0] ?? '', code === 0, (performance.now() - started) / 1000), {
      level: given.flags.showResourceReport ? 'info' : 'debug',
    })
    log.fire('CommandCompleted', {
      command: commandLine,
      success: code === 0,
      completed_at: new Date().toISOString(),
      elapsed: (performance.now() - started) / 1000,
    })
    log.close()
  }
}

/** A command that was interrupted did not end by itself: for dbt that is what could not run. */
const endOf = (code: number, { signal }: DbtIo): number => (code !== 0 && signal?.aborted ? 2 : code)

/** What the process took, in dbt's units: seconds, kilobytes, blocks. */
function resourceReport(command_name: string, command_success: boolean, command_wall_clock_time: number) {
  const { userCPUTime, systemCPUTime, maxRSS, fsRead, fsWrite } = process.resourceUsage()
  return {
    command_name,
    command_success,
    command_wall_clock_time,
    process_user_time: userCPUTime / 1e6,
    process_kernel_time: systemCPUTime / 1e6,
    process_mem_max_rss: String(maxRSS),
    process_in_blocks: String(fsRead),
    process_out_blocks: String(fsWrite),
  }
}

function reportStart(log: EventLog, commandLine: string, { flags: given }: CommandFlags): void {
  log.fire('MainReportVersion', { version: `=${dbtVersion}`, log_version: 3 })
  rememberSecrets(given.vars)
  const args = Object.entries(given).map(([key, value]) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    String(value),
  ])
  log.fire('MainReportArgs', { args: { ...Object.fromEntries(args), invocation_command: commandLine } })
  if (given.selector !== undefined && (given.select ?? given.exclude))
    log.fire('SelectExcludeIgnoredWithSelectorWarning', {})
  if (given.models) log.deprecate('ModelParamUsageDeprecation', {})
}

/** Before the command line is written anywhere: values of secret names are masked from here on. */
function rememberSecrets(vars: string | undefined): void {
  try {
    yamlMapping(vars, '--vars')
  } catch {
    // What is wrong with it is said when the command reads it.
  }
}

function tellOfVariables(log: EventLog, renamed: readonly string[], env: DbtIo['env']): void {
  for (const old_name of renamed) {
    const new_name = renamedVariables[old_name]?.name.replace(/^DBT_/, 'DBT_ENGINE_') ?? ''
    log.warn('EnvironmentVariableRenamed', { old_name, new_name })
  }
  for (const env_var of foreignVariables(env))
    log.deprecate('EnvironmentVariableNamespaceDeprecation', { env_var, reserved_prefix: 'DBT_ENGINE' })
}

/** Without a log: there is none before the command line is understood. */
async function printUsage(error: MillraceError, argv: readonly string[], io: DbtIo): Promise<void> {
  const { errorText, isUsage } = await import('../log/error-text.js')
  const { usageErrorLines } = await import('./help.js')
  if (isUsage(error)) for (const line of usageErrorLines(error, argv)) io.stderr(line)
  else io.stdout(`Encountered an error:\n${errorText(error)}`)
}

/** @throws TRANSFORM_USAGE */
async function printHelp(argv: readonly string[], io: DbtIo): Promise<number> {
  const { helpLines, overviewLines } = await import('./help.js')
  const name = commandIn(argv)
  const lines = name === undefined || name === 'help' ? overviewLines : helpLines(name)
  if (!lines) loaderOf(name ?? '')
  for (const line of lines ?? []) io.stdout(line)
  return 0
}

/** @throws TRANSFORM_USAGE, TRANSFORM_UNSUPPORTED */
function loaderOf(name: string): () => Promise<DbtCommand> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command) return command
  const names = Object.keys(commands)
  throw transformErrors.create('TRANSFORM_USAGE', {
    message: `No such command '${name}'.`,
    hint: didYouMean(name, names) ?? `Commands: ${names.join(' ')}.`,
  })
}
