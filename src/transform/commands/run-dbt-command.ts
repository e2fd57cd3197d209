import { didYouMean, type MillraceError, toMillraceError } from '../../base/index.js'
import { versionLine } from '../dbt-version.js'
import { transformErrors } from '../errors.js'
import { parseFlags } from './flags.js'
import type { DbtCommand, DbtIo } from './invocation.js'

const runNodes = async () => (await import('./run-nodes.js')).runNodesCommand
const list = async () => (await import('./list.js')).list

/** Each command's file is loaded when it is asked for: `parse` needs nothing of what runs models. */
const own: Readonly<Record<string, () => Promise<DbtCommand>>> = {
  build: runNodes,
  run: runNodes,
  test: runNodes,
  seed: runNodes,
  snapshot: runNodes,
  compile: async () => (await import('./compile.js')).compile,
  plan: async () => (await import('./plan.js')).plan,
  clone: async () => (await import('./clone.js')).clone,
  show: async () => (await import('./show.js')).show,
  ls: list,
  list,
  parse: async () => (await import('./parse.js')).parse,
  debug: async () => (await import('./debug.js')).debug,
  docs: async () => (await import('./docs.js')).docs,
  'run-operation': async () => (await import('./run-operation.js')).runOperation,
  clean: async () => (await import('./clean.js')).clean,
  deps: async () => (await import('./deps.js')).deps,
  source: async () => (await import('./source-freshness.js')).sourceFreshnessCommand,
}
export const commands: typeof own = { ...own, retry: async () => (await import('./retry.js')).retry(own) }

/** Commands of dbt that are known and not there, with what to do instead. */
const refused: Readonly<Record<string, string>> = {
  init: 'Make a project with `millrace init` instead.',
}

/** Runs one dbt command line. Answers 0 when all went well, 1 when a node failed, 2 when it could not run. */
export async function runDbtCommand(argv: readonly string[], io: DbtIo): Promise<number> {
  try {
    if (argv.some((arg) => arg === '--help' || arg === '-h')) return await printHelp(argv, io)
    const { positional, values } = parseFlags(
      argv.filter((arg) => arg !== '--version'),
      io.env,
    )
    const [name = 'help'] = positional
    if (argv.includes('--version') || name === 'version') {
      io.stdout(versionLine)
      return 0
    }
    const load = commandNamed(name)
    const { CommandInvocation } = await import('./invocation.js')
    const run = await load()
    return await run(new CommandInvocation(positional, values, io))
  } catch (thrown) {
    await printError(toMillraceError(thrown), argv, io)
    return 2
  }
}

async function printError(error: MillraceError, argv: readonly string[], io: DbtIo): Promise<void> {
  const { errorText, isUsage } = await import('../log/error-text.js')
  const { usageErrorLines } = await import('./help.js')
  if (isUsage(error)) for (const line of usageErrorLines(error, argv)) io.stderr(line)
  else io.stdout(`Encountered an error:\n${errorText(error)}`)
}

/** @throws TRANSFORM_USAGE, TRANSFORM_UNSUPPORTED where the command is not there */
async function printHelp(argv: readonly string[], io: DbtIo): Promise<number> {
  const { helpLines } = await import('./help.js')
  const name = argv.find((arg) => Object.hasOwn(commands, arg)) ?? argv.find((arg) => !arg.startsWith('-')) ?? ''
  const lines = helpLines(name)
  if (!lines) commandNamed(name)
  for (const line of lines ?? []) io.stdout(line)
  return 0
}

/** @throws TRANSFORM_USAGE, TRANSFORM_UNSUPPORTED */
function commandNamed(name: string): () => Promise<DbtCommand> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command) return command
  const instead = Object.hasOwn(refused, name) ? refused[name] : undefined
  if (instead !== undefined)
    throw transformErrors.create('TRANSFORM_UNSUPPORTED', {
      message: `\`dbt ${name}\` is not there yet.`,
      hint: instead,
    })
  const names = Object.keys(commands)
  throw transformErrors.create('TRANSFORM_USAGE', {
    message: `No such command '${name}'.`,
    hint: didYouMean(name, names) ?? `Commands: ${names.join(' ')}.`,
  })
}
