import type { GlobalOptions } from './command.js'
import { commandLine, isDbtCommandLine } from './command-line.js'
import { setLogSettings } from './output/log-settings.js'
import { packageVersion } from './package-version.js'
import { withTracing } from './with-tracing.js'

/** Runs what was typed behind `millrace` and answers the exit code. Nothing is thrown: errors are printed. */
export function runCommandLine(args: readonly string[]): Promise<number> {
  return isDbtCommandLine(args) ? runDbt(args.slice(1)) : runProgram(args)
}

/** dbt's own command line is read by nobody else: the tree of all other commands need not be there. */
async function runDbt(args: readonly string[]): Promise<number> {
  try {
    const { dbt } = await import('./commands/dbt.js')
    setLogSettings({ process: dbt.name })
    const run = dbt.run as (args: readonly string[], options: GlobalOptions) => Promise<number>
    const { MILLRACE_PROJECT_DIR: projectDir } = process.env
    return await withTracing(() => run(args, projectDir ? { projectDir } : {}))
  } catch (thrown) {
    const { toMillraceError } = await import('../base/index.js')
    const { exitCodeOf, printError } = await import('./output/print-error.js')
    const error = toMillraceError(thrown)
    printError(error, { json: false, debug: false })
    return exitCodeOf(error)
  }
}

async function runProgram(args: readonly string[]): Promise<number> {
  const [{ CommanderError }, { createProgram }] = await Promise.all([import('commander'), import('./program.js')])
  let exitCode = 0
  const program = createProgram({
    version: packageVersion(),
    onExitCode: (code) => {
      exitCode = code
    },
  })
  try {
    if (args.length === 0) program.outputHelp()
    else if (args[0] === '__complete') {
      const { candidates } = await import('./completion/candidates.js')
      for (const name of candidates(program, args.slice(1), process.env.MILLRACE_PROJECT_DIR || process.cwd()))
        console.log(name)
    } else await program.parseAsync(commandLine(args), { from: 'user' })
    return exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0
    const { toMillraceError } = await import('../base/index.js')
    const { usageError } = await import('./usage-error.js')
    const { exitCodeOf, printError } = await import('./output/print-error.js')
    const error = toMillraceError(thrown instanceof CommanderError ? usageError(thrown, program, args) : thrown)
    const { debug = false } = program.opts<GlobalOptions>()
    // A command line that is not understood may say so before --json was read.
    printError(error, { json: args.includes('--json') && args[0] !== 'dbt', debug })
    return exitCodeOf(error)
  }
}
