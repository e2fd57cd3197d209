import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.js'
import { commandTable } from '../../src/transform/commands/flags/command-table.js'
import { cliReference } from '../support/cli-reference.js'
import { millraceIn, root } from './support.js'

const millrace = millraceIn(root)

describe('help', () => {
  it('every text stands in docs/cli.md (npm run generate brings it up to date)', () => {
    expect(readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')).toBe(cliReference())
  })

  it('every command says what it does and shows an example that names it', () => {
    const visit = (command: Command): Command[] => [command, ...command.commands.flatMap(visit)]
    const withoutExample = cliReference()
      .split('\n### ')
      .slice(1)
      .filter((section) => {
        const path = section.split('\n')[0]?.replace(/ list$/, '') ?? ''
        return !new RegExp(`Examples?:\\n(.*\\n)*.*${path}`).test(section)
      })
    expect(withoutExample).toEqual([])
    expect(visit(createProgram({ version: '' })).filter((command) => command.description() === '')).toEqual([])
  })

  it.each([['--help'], ['help'], []])('[%s] prints it to standard output', async (...args: string[]) => {
    const { code, stdout, stderr } = await millrace(...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('Extract and load:')
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  it('`millrace dbt` explains itself, and leaves other flags to dbt', async () => {
    const { code, stdout } = await millrace('dbt', '--help')
    expect(code).toBe(0)
    expect(stdout).toContain('Usage: millrace dbt <command> [flags]')
    for (const [name, { usage = name }] of Object.entries(commandTable)) expect(stdout).toContain(`  ${usage} `)
    expect((await millrace('dbt')).stdout).toBe(stdout)
    for (const args of [['--version'], ['run', '--version'], ['run', '-V']])
      expect((await millrace('dbt', ...args)).stdout).toContain('dbt Core')
  })

  it("`millrace dbt <command> --help` shows the command's own flags", async () => {
    const { code, stdout, stderr } = await millrace('dbt', 'build', '--help')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('Usage: millrace dbt build [flags]')
    expect(stdout).toMatch(/--full-refresh +incremental models/)
    expect(stdout).not.toContain('--inline')
    expect((await millrace('dbt', 'show', '-h')).stdout).toMatch(/--inline <sql> +SQL/)
    const unknown = await millrace('dbt', 'biuld', '--help')
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain("Did you mean 'build'?")
  })
})

describe('a command line that is not understood', () => {
  it.each([
    [['snyc', 'flights'], "Unknown command 'snyc'.", "Did you mean 'sync'?"],
    [['connections', 'craete'], '`millrace connections` has no command `craete`.', "Did you mean 'create'?"],
    [['sync', '--full-refesh'], "Unknown option '--full-refesh'.", "Did you mean '--full-refresh'?"],
    [['query', '--jsn', 'select 1'], "Unknown option '--jsn'.", "Did you mean '--json'?"],
    [['runs', 'rerun', '--from-failur'], "Unknown option '--from-failur'.", "Did you mean '--from-failure'?"],
    [['up', '--port', 'http'], 'It must be a number from 0 to 65535.', '`millrace up --help`'],
    [['runs', '--limit', '0'], 'It must be a number above 0.', '`millrace runs --help`'],
    [
      ['query', '--format', 'xml', 'select 1'],
      'Allowed choices are table, csv, json, jsonl.',
      '`millrace query --help`',
    ],
    [['check'], "Missing required argument 'connection'.", '`millrace check --help`'],
  ])('%j', async (args, message, hint) => {
    const { code, stdout, stderr } = await millrace(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).toContain(hint)
    expect(stderr).toContain('(CLI_USAGE)')
  })

  it('is one JSON document with --json', async () => {
    const { code, stdout, stderr } = await millrace('sync', '--json', '--nope')
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'CLI_USAGE', kind: 'user' } })
  })
})
