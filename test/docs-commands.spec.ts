import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { commandLine } from '../src/cli/command-line.js'
import { createProgram } from '../src/cli/program.js'
import { runDbtCommand } from '../src/transform/index.js'
import { fences, loosecode, type Page, pageOf, pages } from './support/markdown.js'

/** What stands behind `millrace` in a line of shell, once per call. An explanation may follow after a wide gap. */
function calls(line: string): string[][] {
  const simple = line.trim().replace(/^source <\((.*?)\)/, '$1')
  const found: string[][] = [[]]
  for (const [, double, single, bare] of simple.split(/\s{2,}/)[0]?.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g) ?? []) {
    if (bare?.startsWith('#')) break
    if (bare !== undefined && /^(?:[|<>&;]|&&)$/.test(bare)) found.push([])
    else found.at(-1)?.push(double ?? single ?? bare ?? '')
  }
  return found
    .map((words) => words.slice(words.findIndex((word) => !/^(?:npx|[A-Z_]+=.*)$/.test(word))))
    .filter(([program]) => program === 'millrace')
    .map((words) => words.slice(1))
}

interface Call {
  readonly args: readonly string[]
  /** In the middle of a sentence a command may stand without its arguments. */
  readonly isMention: boolean
}

function callsOf(page: Page): Call[] {
  const { lines, inline } = loosecode(page)
  const fenced = fences(page)
    .filter(({ language }) => ['', 'sh', 'bash', 'text'].includes(language))
    .flatMap(({ text }) => text.split('\n'))
  const all = (code: readonly string[], isMention: boolean) =>
    code.flatMap(calls).map((args) => ({ args, isMention: isMention && args.length === 1 }))
  return [...all([...fenced, ...lines], false), ...all(inline, true)]
}

/** Why a command line is not understood; undefined when it is. Nothing is run. */
async function misunderstood({ args, isMention }: Call): Promise<string | undefined> {
  const [command, ...rest] = args
  // `millrace <command> --help` and `millrace dbt <command>` stand for any of them.
  if (command === undefined || command.startsWith('<') || rest[0]?.startsWith('<any')) return undefined
  if (command === 'dbt' && rest.length > 0 && !rest[0]?.startsWith('<')) return misunderstoodDbt(rest)
  const program = createProgram({ version: '0.0.0' })
  const visit = (command: Command) => {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} })
    if (command.commands.length === 0) command.action(() => {})
    command.commands.forEach(visit)
  }
  visit(program)
  try {
    await program.parseAsync(commandLine(args), { from: 'user' })
    return undefined
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    const isFine = ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(code)
    return isFine || (isMention && code === 'commander.missingArgument') ? undefined : message
  }
}

/** dbt's own command line, in a folder without a project: whatever it says beyond that is about the command line. */
async function misunderstoodDbt(args: readonly string[]): Promise<string | undefined> {
  let output = ''
  const print = (line: string) => {
    output += `${line}\n`
  }
  const nowhere = join(tmpdir(), 'millrace-docs-no-such-project')
  await runDbtCommand([...args, '--project-dir', nowhere], {
    stdout: print,
    stderr: print,
    isTty: false,
    env: {},
    cwd: nowhere,
    openWarehouse: () => Promise.reject(new Error('no warehouse')),
  })
  return /No such (?:option|command)|is not there yet/.test(output) ? output : undefined
}

describe('every `millrace …` in the documentation', () => {
  it.each(pages().map((page) => [page.path, callsOf(page)] as const))('%s', async (_, found) => {
    const problems = await Promise.all(found.map(async (call) => [call.args.join(' '), await misunderstood(call)]))
    expect(problems.filter(([, problem]) => problem !== undefined)).toEqual([])
  })

  it('is found in all its forms', () => {
    const text = [
      '    npx millrace init my-stack && cd my-stack && npm install',
      "    DATABASE_URL=x millrace query 'select list(1); select 2' > file   # comment",
      '    millrace sync flights                    load one connection',
      '',
      'Type `millrace runs rerun <run> --from-failure` and `source <(millrace completion bash)`.',
      '```sh',
      'millrace dbt build --select staging+ | tee log',
      '```',
    ].join('\n')
    expect(callsOf({ path: '', text }).map(({ args }) => args.join(' '))).toEqual([
      'dbt build --select staging+',
      'init my-stack',
      'query select list(1); select 2',
      'sync flights',
      'runs rerun <run> --from-failure',
      'completion bash',
    ])
  })

  it.each([
    ['snyc flights', 'unknown command'],
    ['sync flights --fast', "unknown option '--fast'"],
    ['check', 'missing required argument'],
    ['dbt biuld', 'No such command'],
    ['dbt run --fast', 'No such option'],
  ])('%s is refused', async (line, problem) => {
    expect(await misunderstood({ args: line.split(' '), isMention: false })).toContain(problem)
  })
  it.each(['dbt run --select a+', 'sync flights --stream a b', 'runs', 'up --help'])('%s is not', async (line) => {
    expect(await misunderstood({ args: line.split(' '), isMention: false })).toBeUndefined()
  })
})

it('docs/transform.md lists only flags and commands of dbt that are there', async () => {
  const { text } = pageOf('docs/transform.md')
  const flags = [...(text.split('## Flags')[1]?.split('\n## ')[0] ?? '').matchAll(/--[a-z0-9-]+/g)].map(
    ([flag]) => flag,
  )
  const rows = [...(text.split('## Commands')[1]?.split('\n## ')[0] ?? '').matchAll(/^\| (`.*?`) \|/gm)]
  const commands = rows.flatMap(([, cell = '']) => [...cell.matchAll(/`([a-z -]+[a-z])/g)].map(([, name = '']) => name))
  expect(flags.length).toBeGreaterThan(20)
  expect(commands).toEqual(expect.arrayContaining(['build', 'ls', 'docs generate', 'run-operation']))
  // Before a command any flag may stand.
  const lines = [
    ...flags.filter((flag) => flag !== '--help').map((flag) => [`${flag}=1`]),
    ...commands.map((command) => command.split(' ')),
  ]
  const problems = await Promise.all(lines.map((line) => misunderstoodDbt(line)))
  expect(problems.filter((problem) => problem !== undefined)).toEqual([])
})
