import { Argument, Command, Option } from 'commander'
import type { CommandDefinition, CommandFamily, GlobalOptions } from './command.js'
import { assets } from './commands/assets/index.js'
import { automation } from './commands/automation/index.js'
import { backfills } from './commands/backfills/index.js'
import { backup } from './commands/backup.js'
import { check } from './commands/check.js'
import { completion } from './commands/completion.js'
import { connections } from './commands/connections/index.js'
import { connectors } from './commands/connectors/index.js'
import { daemon } from './commands/daemon.js'
import { dbt } from './commands/dbt.js'
import { discover } from './commands/discover.js'
import { doctor } from './commands/doctor.js'
import { engine } from './commands/engine.js'
import { importFamily } from './commands/import/index.js'
import { init } from './commands/init.js'
import { lineage } from './commands/lineage.js'
import { livenessCheck } from './commands/liveness-check.js'
import { local } from './commands/local/index.js'
import { logs } from './commands/logs.js'
import { materialize } from './commands/materialize.js'
import { migrate } from './commands/migrate.js'
import { partitions } from './commands/partitions/index.js'
import { query } from './commands/query.js'
import { restore } from './commands/restore.js'
import { runWorker } from './commands/run-worker.js'
import { runs } from './commands/runs/index.js'
import { secrets } from './commands/secrets/index.js'
import { serve } from './commands/serve.js'
import { sync } from './commands/sync.js'
import { token } from './commands/token/index.js'
import { types } from './commands/types.js'
import { up } from './commands/up.js'
import { user } from './commands/user/index.js'
import { worker } from './commands/worker.js'
import { addNotes, styleHelp } from './help.js'
import { logFormats, logLevels, setLogSettings } from './output/log-settings.js'
import { logWarningsOfNode } from './output/stderr-logger.js'
import { withTracing } from './with-tracing.js'

/** Every command, in the order in which `millrace --help` tells of them. */
const groups: readonly (readonly [title: string, commands: readonly (CommandDefinition | CommandFamily)[]])[] = [
  ['Start', [init, importFamily, up, local]],
  ['Extract and load', [sync, check, discover, connections, connectors]],
  ['Transform', [dbt]],
  ['Orchestrate', [materialize, assets, partitions, backfills, automation, runs, logs, types]],
  ['Look', [query, lineage, doctor]],
  [
    'Operate',
    [
      serve,
      engine,
      daemon,
      worker,
      runWorker,
      migrate,
      backup,
      restore,
      livenessCheck,
      user,
      token,
      secrets,
      completion,
    ],
  ],
]

export interface ProgramOptions {
  readonly version: string
  readonly onExitCode?: (code: number) => void
}

/** The tree of commands for commander, which reads the command line and writes the help. */
export function createProgram({ version, onExitCode = () => {} }: ProgramOptions): Command {
  const program = new Command('millrace')
    .description('Extract and load, transform and orchestrate: one program, one lineage.')
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .addOption(
      new Option('--project-dir <dir>', 'the project, by default the nearest millrace.yaml').env(
        'MILLRACE_PROJECT_DIR',
      ),
    )
    .option('--json', 'answer in JSON')
    .option('--debug', 'more detail, and stack traces of errors')
    .addOption(
      new Option('--log-format <format>', 'what is told on standard error: lines for people, or one JSON object a line')
        .choices(logFormats)
        .env('MILLRACE_LOG_FORMAT'),
    )
    .addOption(
      new Option('--log-level <level>', 'the least that is told there, by default info')
        .choices(logLevels)
        .env('MILLRACE_LOG_LEVEL'),
    )
    .helpOption('-h, --help', 'print this text')
    .exitOverride()
    .addHelpCommand(
      new Command('help').argument('[command]').description('Print the help of a command').helpGroup('Operate:'),
    )
  styleHelp(program)
  for (const [title, commands] of groups) {
    program.commandsGroup(`${title}:`)
    for (const one of commands) {
      if ('commands' in one) addFamily(program, one, onExitCode)
      else addCommand(program, one, onExitCode)
    }
  }
  addNotes(program, {
    examples: [
      ['millrace init my-stack', 'make a project'],
      ['millrace up', 'run everything, with the UI'],
      ['millrace sync flights', 'load one connection'],
      ['millrace dbt build --select staging+', 'any dbt command'],
      ["millrace materialize 'group:punctuality'", 'bring assets up to date'],
      ["millrace query 'select 1'", 'ask the warehouse'],
    ],
    last: [
      'Exit codes: 0 all went well, 1 something failed, 2 it could not start, 130 you interrupted it.',
      '`millrace <command> --help` tells more about one command.',
    ],
  })
  return program
}

function addFamily(program: Command, family: CommandFamily, onExitCode: (code: number) => void): void {
  const parent = program
    .command(family.name)
    .description(family.summary)
    .usage('[command] [options]')
    .helpCommand(false)
  for (const one of family.commands) addCommand(parent, one, onExitCode)
  addNotes(parent, { examples: family.examples })
}

function addCommand(parent: Command, definition: CommandDefinition, onExitCode: (code: number) => void): void {
  const { name, summary, details, examples, json, isDefault = false, usage } = definition
  const command = parent
    .command(name, { isDefault })
    .summary(summary)
    .description(details === undefined ? `${summary}.` : `${summary}.\n\n${details}`)
  for (const [term, meaning, choices] of definition.arguments ?? []) {
    const argument = new Argument(term, meaning)
    command.addArgument(choices ? argument.choices(choices) : argument)
  }
  for (const option of definition.options ?? []) command.addOption(option)
  if (usage !== undefined) command.usage(usage)
  addNotes(command, { examples, last: [`With --json: ${json}.`] })
  command.action(async (...values: unknown[]) => {
    const run = definition.run as (...values: unknown[]) => Promise<number>
    const options = command.optsWithGlobals<GlobalOptions>()
    setLogSettings({ ...options, process: definition.process ?? name })
    logWarningsOfNode()
    // commander hands over the arguments, the command's own options and the command itself.
    onExitCode(await withTracing(() => run(...values.slice(0, -2), options)))
  })
}
