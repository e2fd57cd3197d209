import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import type { GlobalOptions } from './globals.js'
import { addExamples, type Example, styleHelp } from './help.js'

type Handler = (...args: never[]) => Promise<number | undefined>

export interface ProgramOptions {
  readonly version: string
  /** What stands behind `dbt`: dbt's own flags, which are not read here. */
  readonly dbtArgs?: readonly string[]
  readonly onExitCode?: (code: number) => void
}

/**
 * The tree of commands: names, arguments, options and words. What a command does is loaded only when it is called, so
 * that help and version stay instant.
 */
export function createProgram({ version, dbtArgs = [], onExitCode = () => {} }: ProgramOptions): Command {
  const program = new Command('millrace')
    .description('Extract and load, transform and orchestrate: one program, one lineage.')
    .version(version, '-V, --version', 'print the version')
    .option('--project-dir <dir>', 'the project (default: the nearest millrace.yaml)')
    .option('--json', 'answer in JSON; where it streams, one line per event')
    .option('--debug', 'more detail, and stack traces of errors')
    .helpOption('-h, --help', 'print this text')
    .exitOverride()
    .addHelpCommand(
      new Command('help').argument('[command]').description('print the help of a command').helpGroup('Look:'),
    )
  styleHelp(program)

  /** One command, with its handler in a file of its own. */
  const add = (
    parent: Command,
    usage: string,
    description: string,
    examples: readonly Example[],
    load: () => Promise<Handler>,
    options: { isDefault?: boolean } = {},
  ): Command => {
    const command = parent.command(usage, options).description(description)
    addExamples(command, examples)
    return command.action(async (...args: unknown[]) => {
      const handle = (await load()) as (...values: unknown[]) => Promise<number | undefined>
      // commander hands over the arguments, the command's options and the command itself.
      onExitCode((await handle(...args.slice(0, -2), command.optsWithGlobals<GlobalOptions>())) ?? 0)
    })
  }

  program.commandsGroup('Start:')
  add(
    program,
    'init [dir]',
    'make a project from the flights example',
    [
      ['millrace init my-stack', 'a project with real data to look around in'],
      ['millrace init my-stack --empty', 'the same layout with nothing in it'],
    ],
    async () => (await import('./commands/init.js')).init,
  )
    .option('--empty', 'the same layout without the example')
    .option('--force', 'write into a folder that is not empty; overwrites files of the same names')
  add(
    program,
    'up',
    'server, engine and store, with the UI',
    [
      ['millrace up', 'until Ctrl-C; at the first start it runs everything once'],
      ['millrace up --once', 'run everything and exit: 0 when all went well'],
    ],
    async () => (await import('./commands/up.js')).up,
  )
    .option('--port <port>', 'port of the UI (default: server.port, 3000; the next free one when taken)', port)
    .option('--host <host>', 'address to listen on (default: server.host, 127.0.0.1)')
    .option('--once', 'run everything and exit')
    .option('--no-run', 'do not run anything at the first start')

  program.commandsGroup('Extract and load:')
  add(
    program,
    'sync [connection]',
    'load a connection, or all of them',
    [
      ['millrace sync flights', 'what is new since the last sync'],
      ['millrace sync flights --full-refresh', 'everything again'],
    ],
    async () => (await import('./commands/materialize.js')).sync,
  )
    .option('--stream <names...>', 'only these streams')
    .option('--full-refresh', 'load everything again')
    .option('--detach', 'queue the run and return (something must execute it: millrace up)')
  add(
    program,
    'check <connection>',
    'can the source be reached?',
    [['millrace check flights', 'exit code 1 when it cannot']],
    async () => (await import('./commands/connections.js')).check,
  )
  add(
    program,
    'discover <connection>',
    'streams and types of the source',
    [['millrace discover flights --json', 'the catalog for other programs']],
    async () => (await import('./commands/connections.js')).discover,
  )
  add(
    program,
    'connectors [name]',
    'the connectors there are; with a name, what it takes',
    [['millrace connectors file', "JSON Schema of the file connector's settings"]],
    async () => (await import('./commands/connections.js')).connectors,
  )

  program.commandsGroup('Transform:')
  add(
    program,
    'dbt [args...]',
    'any dbt command: build, run, test, seed, snapshot, ls, show, docs …',
    [
      ['millrace dbt build --select staging+', 'models, tests, seeds and snapshots'],
      ['millrace dbt show --select my_model --limit 5', 'its first rows'],
      ['millrace dbt docs generate', 'catalog.json and manifest.json below target/'],
    ],
    async () => {
      const { dbt } = await import('./commands/dbt.js')
      return (_: unknown, options: GlobalOptions) => dbt(dbtArgs, options)
    },
  )
    .usage('<command> [flags]')
    .addHelpText(
      'after',
      "\nEverything behind `dbt` is dbt's own command line: same commands, flags, artifacts and exit codes.",
    )

  program.commandsGroup('Orchestrate:')
  add(
    program,
    'materialize <selection...>',
    'bring assets up to date',
    [
      ["millrace materialize '*'", 'every asset'],
      ["millrace materialize 'group:marts'", 'one group'],
      ["millrace materialize '+main/mart_routes'", 'one asset and all that it is made from'],
    ],
    async () => (await import('./commands/materialize.js')).materialize,
  )
    .addHelpText(
      'after',
      '\nA selection is *, a key, +key (with upstream), key+ (with downstream), group:x, tag:x, kind:x or owner:x.',
    )
    .option('--full-refresh', 'build everything anew')
    .option('--detach', 'queue the run and return (something must execute it: millrace up)')
  add(
    program,
    'assets [selection...]',
    'list streams, models, seeds, snapshots and TypeScript assets',
    [["millrace assets 'kind:stream'", 'what the connections load']],
    async () => (await import('./commands/assets.js')).assets,
  )
  const runs = program.command('runs').description('list, show, cancel or re-run runs').helpCommand(false)
  addExamples(runs, [
    ['millrace runs', 'the last runs'],
    ['millrace runs rerun <run> --from-failure', 'again, without what succeeded'],
  ])
  add(
    runs,
    'list',
    'the last runs, newest first',
    [['millrace runs list --limit 5', '']],
    async () => (await import('./commands/runs.js')).list,
    { isDefault: true },
  ).option('--limit <n>', 'how many', positiveInteger, 20)
  add(
    runs,
    'show [run]',
    'a run with its steps (default: the last one)',
    [['millrace runs show', '']],
    async () => (await import('./commands/runs.js')).show,
  )
  add(
    runs,
    'cancel <run>',
    'ask a run to stop',
    [['millrace runs cancel 01a20b57-cb87-784f-a6d5-e1ae16968fe4', '']],
    async () => (await import('./commands/runs.js')).cancel,
  )
  add(
    runs,
    'rerun [run]',
    'run it again (default: the last one)',
    [['millrace runs rerun --from-failure', 'what did not succeed in the last run']],
    async () => (await import('./commands/runs.js')).rerun,
  )
    .option('--from-failure', 'only what did not succeed')
    .option('--detach', 'queue the run and return (something must execute it: millrace up)')
  add(
    program,
    'logs [run]',
    'events of a run (default: the last one)',
    [
      ['millrace logs --follow', 'until the last run ends'],
      ['millrace logs --step stg_flights', 'of a model and its tests'],
    ],
    async () => (await import('./commands/runs.js')).logs,
  )
    .option('--follow', 'until it ends')
    .option('--step <part>', 'only steps whose name holds this')

  program.commandsGroup('Look:')
  add(
    program,
    'query [sql]',
    'SQL on the warehouse, from the argument or standard input',
    [
      ["millrace query 'select count(*) from main.mart_routes'", ''],
      ['millrace query --format csv < report.sql > report.csv', ''],
    ],
    async () => (await import('./commands/query.js')).query,
  )
    .option('--write', 'allow statements that write (without it, nothing is changed)')
    .addOption(
      new Option('--format <format>', 'default: table on a terminal, csv in a pipe, json with --json').choices([
        'table',
        'csv',
        'json',
        'ndjson',
      ]),
    )
    .option('--limit <n>', 'at most this many rows', positiveInteger, 1000)
  add(
    program,
    'doctor',
    'is everything in order?',
    [['millrace doctor', 'folders, store, project, warehouse, connections, port']],
    async () => (await import('./commands/doctor.js')).doctor,
  )
  add(
    program,
    'completion',
    'completion script for a shell',
    [
      ['source <(millrace completion bash)', 'for this shell; put it into ~/.bashrc to keep it'],
      ['millrace completion zsh > "${fpath[1]}/_millrace"', 'zsh'],
      ['millrace completion fish > ~/.config/fish/completions/millrace.fish', 'fish'],
    ],
    async () => (await import('./commands/completion.js')).completion,
  ).addArgument(new Argument('<shell>', 'for which shell').choices(['bash', 'zsh', 'fish']))

  program.commandsGroup('Operate:')
  add(
    program,
    'serve',
    'only the server: HTTP, UI, schedules and sensors',
    [['millrace serve --port 8080', '']],
    async () => (await import('./commands/serve.js')).serve,
  )
    .option('--port <port>', 'port of the UI (default: server.port, 3000; the next free one when taken)', port)
    .option('--host <host>', 'address to listen on (default: server.host, 127.0.0.1)')
  add(
    program,
    'engine',
    'only the engine: owns the warehouse, executes runs',
    [['millrace engine', '']],
    async () => (await import('./commands/serve.js')).engine,
  )

  addExamples(program, [
    ['millrace init my-stack', 'make a project'],
    ['millrace up', 'run everything, with the UI'],
    ['millrace sync flights', 'load one connection'],
    ['millrace dbt build --select staging+', 'any dbt command'],
    ["millrace materialize 'group:marts'", 'bring assets up to date'],
    ["millrace query 'select 1'", 'ask the warehouse'],
  ])
  program.addHelpText(
    'after',
    '\nExit codes: 0 all went well, 1 something failed, 2 it could not start, 130 you interrupted it.',
  )
  return program
}

function integer(text: string, min: number, max: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new InvalidArgumentError(
    max === Number.MAX_SAFE_INTEGER ? 'It must be a number above 0.' : `It must be a number from ${min} to ${max}.`,
  )
}
const port = (text: string) => integer(text, 0, 65_535)
const positiveInteger = (text: string) => integer(text, 1, Number.MAX_SAFE_INTEGER)
