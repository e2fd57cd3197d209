#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import type { GlobalOptions } from './globals.js'

// A reader that stops early (`millrace logs | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const program = new Command('millrace')
  .description('Extract and load, transform and orchestrate: one program, one lineage.')
  .version(version, '-V, --version')
  .option('--project-dir <dir>', 'the project (default: the nearest millrace.yaml above)')
  .option('--json', 'answers for machines: JSON, or one JSON a line')
  .option('--debug', 'more detail, and stack traces of errors')
  .showSuggestionAfterError()
  .exitOverride()
  .configureHelp({ showGlobalOptions: false })
  .addHelpText(
    'after',
    `
Examples:
  millrace init my-stack && cd my-stack      make a project
  millrace up                                run everything, with the UI
  millrace sync flights                      load one connection
  millrace dbt build --select staging+       any dbt command
  millrace materialize 'group:marts+'        bring assets up to date
  millrace query 'select 1'                  ask the warehouse

Exit codes: 0 all went well, 1 something failed, 2 it could not run.`,
  )

type Action = (...args: never[]) => Promise<number | undefined>
let exitCode = 0

/** Loads a command's file only when it is called: help and version stay instant. */
function lazy(load: () => Promise<Action>) {
  return async (...args: unknown[]) => {
    const command = args.at(-1) as Command
    const action = (await load()) as (...values: unknown[]) => Promise<number | undefined>
    exitCode =
      (await action(...args.slice(0, -2), { ...program.opts<GlobalOptions>(), ...command.optsWithGlobals() })) ?? 0
  }
}

const group = (heading: string) => program.commandsGroup(heading)

group('Start:')
program
  .command('init [dir]')
  .description('make a project from the flights example')
  .option('--empty', 'the same layout without the example')
  .option('--force', 'write into a folder that is not empty; overwrites files of the same names')
  .action(lazy(async () => (await import('./commands/init.js')).init))
program
  .command('up')
  .description('server, engine and store, with the UI; runs everything once if nothing ever ran')
  .option('--port <port>', 'port of the UI (default 3000, or the next free one)', Number)
  .option('--host <host>', 'address to listen on (default 127.0.0.1)')
  .option('--once', 'run everything and exit')
  .option('--no-run', 'do not run anything at the first start')
  .action(lazy(async () => (await import('./commands/up.js')).up))

group('Extract and load:')
program
  .command('sync [connection]')
  .description('load a connection, or all of them')
  .option('--stream <names...>', 'only these streams')
  .option('--full-refresh', 'load everything again')
  .action(lazy(async () => (await import('./commands/materialize.js')).sync))
program
  .command('check <connection>')
  .description('can the source be reached?')
  .action(lazy(async () => (await import('./commands/connections.js')).check))
program
  .command('discover <connection>')
  .description('streams and types of the source')
  .action(lazy(async () => (await import('./commands/connections.js')).discover))
program
  .command('connectors [name]')
  .description('the connectors there are; with a name, what it takes')
  .action(lazy(async () => (await import('./commands/connections.js')).connectors))

group('Transform:')
program
  .command('dbt')
  .description('any dbt command: build run test seed snapshot ls compile show debug parse docs …')
  .allowUnknownOption()
  .helpOption(false)
  .argument('[args...]')
  .action(async () => {
    exitCode = await (await import('./commands/dbt.js')).dbt(
      process.argv.slice(process.argv.indexOf('dbt') + 1),
      program.opts(),
    )
  })

group('Orchestrate:')
program
  .command('materialize <selection...>')
  .description('bring assets up to date: *, key, +key, key+, group:x, tag:x, kind:x')
  .option('--full-refresh', 'build everything anew')
  .option('--detach', 'queue the run and return')
  .action(lazy(async () => (await import('./commands/materialize.js')).materialize))
const runs = program.command('runs').description('list, show, cancel or re-run runs')
runs
  .command('list', { isDefault: true })
  .option('--limit <n>', 'how many', Number, 20)
  .action(lazy(async () => (await import('./commands/runs.js')).list))
runs.command('show <run>').action(lazy(async () => (await import('./commands/runs.js')).show))
runs.command('cancel <run>').action(lazy(async () => (await import('./commands/runs.js')).cancel))
runs
  .command('rerun <run>')
  .option('--from-failure', 'only what did not succeed')
  .action(lazy(async () => (await import('./commands/runs.js')).rerun))
program
  .command('logs [run]')
  .description('events of a run (default: the last one)')
  .option('--follow', 'until it ends')
  .option('--step <step>', 'only this step')
  .action(lazy(async () => (await import('./commands/runs.js')).logs))

group('Look:')
program
  .command('query [sql]')
  .description('SQL on the warehouse (or from standard input); read-only unless --write')
  .option('--write', 'allow statements that write')
  .option('--format <format>', 'table, csv, json or ndjson')
  .option('--limit <n>', 'at most this many rows', Number, 1000)
  .action(lazy(async () => (await import('./commands/query.js')).query))
program
  .command('doctor')
  .description('is everything in order?')
  .action(lazy(async () => (await import('./commands/doctor.js')).doctor))
program
  .command('completion <shell>')
  .description('completion script for bash, zsh or fish')
  .action(
    lazy(async () => async (shell: string) => (await import('./commands/completion.js')).completion(shell, program)),
  )

group('Operate:')
program
  .command('serve')
  .description('only the server: HTTP, UI, schedules and sensors')
  .option('--port <port>', 'port', Number)
  .option('--host <host>', 'address')
  .action(lazy(async () => (await import('./commands/serve.js')).serve))
program
  .command('engine')
  .description('only the engine: owns the warehouse, executes runs')
  .action(lazy(async () => (await import('./commands/serve.js')).engine))

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? 0 : 2
  else {
    const { printError } = await import('./output/print-error.js')
    printError(error, {
      json: program.opts<GlobalOptions>().json ?? false,
      debug: program.opts<GlobalOptions>().debug ?? false,
    })
    exitCode = 2
  }
}
process.exitCode = exitCode
