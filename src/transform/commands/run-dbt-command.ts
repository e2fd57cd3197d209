import { didYouMean, toMillraceError } from '../../base/index.js'
import { dbtVersion } from '../context/base-context.js'
import { transformErrors } from '../errors.js'
import { clean } from './clean.js'
import { compile } from './compile.js'
import { debug } from './debug.js'
import { deps } from './deps.js'
import { docsGenerate } from './docs-generate.js'
import { parseFlags } from './flags.js'
import { helpLines } from './help.js'
import { CommandInvocation, type DbtCommand, type DbtIo } from './invocation.js'
import { list } from './list.js'
import { parse } from './parse.js'
import { errorLines } from './print-results.js'
import { retry } from './retry.js'
import { runNodesCommand } from './run-nodes.js'
import { runOperation } from './run-operation.js'
import { show } from './show.js'
import { sourceFreshnessCommand } from './source-freshness.js'

export const commands: Readonly<Record<string, DbtCommand>> = {
  build: runNodesCommand,
  run: runNodesCommand,
  test: runNodesCommand,
  seed: runNodesCommand,
  snapshot: runNodesCommand,
  compile,
  show,
  ls: list,
  list,
  parse,
  debug,
  docs: docsGenerate,
  'run-operation': runOperation,
  clean,
  deps,
  retry,
  source: sourceFreshnessCommand,
}

/** Commands of dbt that are known and not there, with what to do instead. */
const refused: Readonly<Record<string, string>> = {
  init: 'Make a project with `millrace init` instead.',
  clone:
    'Copy tables with `create table … as from …` in `millrace query`, or build against another environment with --defer --state.',
}

/** Runs one dbt command line. Answers 0 when all went well, 1 when a node failed, 2 when it could not run. */
export async function runDbtCommand(argv: readonly string[], io: DbtIo): Promise<number> {
  try {
    if (argv.some((arg) => arg === '--help' || arg === '-h')) return printHelp(argv, io)
    const { positional, values } = parseFlags(
      argv.filter((arg) => arg !== '--version'),
      io.env,
    )
    const invocation = new CommandInvocation(positional, values, io)
    if (argv.includes('--version') || invocation.command === 'version') {
      io.stdout(`Millrace, dbt-compatible with dbt Core ${dbtVersion}`)
      return 0
    }
    return await commandNamed(invocation.command)(invocation)
  } catch (thrown) {
    io.stdout('Encountered an error:')
    for (const line of errorLines(toMillraceError(thrown))) io.stdout(line)
    return 2
  }
}

/** @throws TRANSFORM_USAGE, TRANSFORM_UNSUPPORTED where the command is not there */
function printHelp(argv: readonly string[], io: DbtIo): number {
  const name = argv.find((arg) => Object.hasOwn(commands, arg)) ?? argv.find((arg) => !arg.startsWith('-')) ?? ''
  const lines = helpLines(name)
  if (!lines) commandNamed(name)
  for (const line of lines ?? []) io.stdout(line)
  return 0
}

/** @throws TRANSFORM_USAGE, TRANSFORM_UNSUPPORTED */
function commandNamed(name: string): DbtCommand {
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
    message: `There is no dbt command \`${name}\`.`,
    hint: didYouMean(name, names) ?? `Commands: ${names.join(' ')}.`,
  })
}
