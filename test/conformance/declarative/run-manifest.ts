// check|discover|read|spec --config FILE [--catalog FILE] [--state FILE] --manifest-path FILE
//
// The command line of a connector, for `oracle.py compare`. ORACLE_NOW is what the clock says; it stands still, except that every wait
// moves it. The waits are written to the file ORACLE_SLEEP_LOG.
import { readFileSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { frozenClock } from './clock.js'
import { runCommand } from './run-command.js'
import type { Command } from './scenario.js'
import { jsonText, jsonValue } from './values.js'

const commands: readonly string[] = ['spec', 'check', 'discover', 'read'] satisfies Command[]
const file = { type: 'string' } as const
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { config: file, catalog: file, state: file, 'manifest-path': file },
})
const [command] = positionals
const manifestPath = values['manifest-path']
if (command === undefined || !commands.includes(command) || manifestPath === undefined)
  throw new Error(
    `usage: run-manifest.ts ${commands.join('|')} --config FILE [--catalog FILE] [--state FILE] --manifest-path FILE`,
  )

const given = (path: string | undefined) => (path === undefined ? undefined : jsonValue(readFileSync(path, 'utf8')))
const clock = frozenClock(process.env.ORACLE_NOW ?? new Date().toISOString())
const exitCode = await runCommand(
  {
    command: command as Command,
    manifest: { text: readFileSync(manifestPath, 'utf8'), file: manifestPath, folder: dirname(resolve(manifestPath)) },
    config: (given(values.config) ?? {}) as Readonly<Record<string, unknown>>,
    catalog: given(values.catalog),
    state: given(values.state),
    clock,
  },
  (message) => writeSync(1, `${jsonText(message)}\n`),
)
if (process.env.ORACLE_SLEEP_LOG)
  writeFileSync(process.env.ORACLE_SLEEP_LOG, JSON.stringify(clock.waits.map((seconds) => ['millrace', seconds])))
process.exitCode = exitCode
