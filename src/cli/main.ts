#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { toMillraceError } from '../base/index.js'
import type { GlobalOptions } from './globals.js'
import { exitCodeOf, printError } from './output/print-error.js'
import { createProgram } from './program.js'
import { usageError } from './usage-error.js'

// A reader that stops early (`millrace logs | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}
const args = process.argv.slice(2)
// dbt has a command line of its own, with flags that mean something else here (`--version`, `--debug`).
const dbtAt = args.findIndex((arg, i) => arg === 'dbt' && args.slice(0, i).every(isGlobalOption))
const dbtArgs = dbtAt < 0 ? [] : args.slice(dbtAt + 1)
const wantsDbtHelp = dbtAt >= 0 && (dbtArgs.length === 0 || dbtArgs.some((arg) => arg === '--help' || arg === '-h'))
const ownArgs = dbtAt < 0 ? args : [...args.slice(0, dbtAt + 1), ...(wantsDbtHelp ? ['--help'] : [])]

const program = createProgram({
  version,
  dbtArgs,
  onExitCode: (code) => {
    process.exitCode = code
  },
})
try {
  if (args.length === 0) program.outputHelp()
  else if (args[0] === '__complete') {
    const { candidates } = await import('./completion/candidates.js')
    for (const name of candidates(program, args.slice(1), process.cwd())) console.log(name)
  } else await program.parseAsync(ownArgs, { from: 'user' })
} catch (thrown) {
  if (!(thrown instanceof CommanderError) || thrown.exitCode !== 0) {
    const error = toMillraceError(thrown instanceof CommanderError ? usageError(thrown, program, args) : thrown)
    const { json = false, debug = false } = program.opts<GlobalOptions>()
    printError(error, { json, debug })
    process.exitCode = exitCodeOf(error)
  }
}

function isGlobalOption(arg: string, index: number, before: readonly string[]): boolean {
  return arg.startsWith('-') || before[index - 1] === '--project-dir'
}
