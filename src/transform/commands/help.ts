import type { MillraceError } from '../../base/index.js'
import { choicesOf, commandNamed, commandTable } from './flags/command-table.js'
import type { DbtFlags, Flag } from './flags/dbt-flags.js'
import { flags } from './flags/flag-table.js'
import { commandIn } from './flags/flags.js'

type Key = keyof DbtFlags

const everywhere: readonly Key[] = [
  ...(['projectDir', 'profilesDir', 'profile', 'target', 'targetPath', 'vars'] as const),
  ...(['noWriteJson', 'versionCheck', 'partialParse', 'partialParseFilePath', 'singleThreaded'] as const),
  ...(['populateCache', 'cacheSelectedOnly'] as const),
]
const output: readonly Key[] = [
  ...(['quiet', 'debug', 'print', 'logFormat', 'logFormatFile', 'logLevel', 'logLevelFile', 'logPath'] as const),
  ...(['logFileMaxBytes', 'logCacheEvents', 'printerWidth', 'useColors', 'useColorsFile'] as const),
  ...(['warnError', 'warnErrorOptions', 'showAllDeprecations', 'showResourceReport'] as const),
]

const maxWidth = 100

/** `millrace dbt --help`: the commands, and how to ask for more. */
export const overviewLines: readonly string[] = [
  'Usage: millrace dbt <command> [flags]',
  '',
  "dbt's own command line: the same commands, flags, artifacts and exit codes.",
  '',
  'Commands:',
  ...Object.entries(commandTable).flatMap(([name, { usage = name, summary }]) => beside(usage, summary, 26)),
  '',
  'Examples:',
  ...beside('millrace dbt build', 'loads seeds, builds models and snapshots, runs tests', 38),
  ...beside('millrace dbt run --select +orders', 'one model, and what it is made of', 38),
  ...beside('millrace dbt show --select orders', 'its first rows', 38),
  '',
  '`millrace dbt <command> --help` lists the flags of a command; `millrace dbt --version` says which dbt this is.',
].flatMap((line) => (line.length > maxWidth ? wrapped(line, maxWidth) : [line]))

/** The help of one command, line by line; of a name that is none, undefined. */
export function helpLines(name: string): readonly string[] | undefined {
  const help = commandNamed(name)
  if (!help) return undefined
  const lines = (keys: readonly Key[]) =>
    flags.filter(({ key }) => keys.includes(key)).flatMap((flag) => flagLines(flag, name))
  return [
    `Usage: millrace dbt ${help.usage ?? name} [flags]`,
    '',
    ...wrapped(`${help.summary}.`, maxWidth),
    ...(help.flags.length === 0 ? [] : ['', 'Flags:', ...lines(help.flags)]),
    '',
    'Flags of every command:',
    ...lines(everywhere),
    '',
    'What is said, where and how:',
    ...lines(output),
    '',
    ...wrapped(
      "Flags of dbt's about statistics, hints and its own parser are taken and change nothing. A variable of the environment, where one is named in parentheses, says the same as the flag; what the command line says goes first.",
      maxWidth,
    ),
  ]
}

/** A command line that is not understood: how the command is called, then what is wrong, as dbt's own parser says it. */
export function usageErrorLines({ message, hint }: MillraceError, argv: readonly string[]): string[] {
  const word = commandIn(argv) ?? ''
  const line = commandNamed(word)
  const name = line && word
  return [
    `Usage: millrace dbt ${line?.usage ?? name ?? '<command>'} [flags]`,
    `Try 'millrace dbt${name === undefined ? '' : ` ${name}`} --help' for help.`,
    '',
    `Error: ${message}`,
    ...(hint === undefined ? [] : ['', `Hint: ${hint}`]),
  ]
}

/** Names beside what they mean. */
function flagLines(flag: Flag, command: string): string[] {
  const choices = choicesOf(flag, command)
  const which = flag.kind === 'list' && choices ? `: ${choices.join(', ')}` : ''
  const variable = flag.env === undefined ? '' : ` (${flag.env})`
  return beside(`${namesOf(flag)}${placeholder(flag, choices)}`, `${flag.help}${which}${variable}`, 30)
}

/** Short spellings first; what says the opposite last. */
const namesOf = ({ names, off = [] }: Flag): string =>
  [...names.filter((name) => !name.startsWith('--')), ...names.filter((name) => name.startsWith('--')), ...off].join(
    ', ',
  )

function placeholder({ kind, value }: Flag, choices: readonly string[] | undefined): string {
  if (kind === 'switch') return ''
  if (kind === 'list') return ' <names...>'
  return ` <${choices?.join('|') ?? value ?? (kind === 'number' ? 'n' : 'text')}>`
}

/** Terms that are too long to have their meaning beside them have a line of their own. */
function beside(term: string, meaning: string, column: number): string[] {
  const [first = '', ...more] = wrapped(meaning, maxWidth - column)
  const rest = more.map((line) => ' '.repeat(column) + line)
  const left = `  ${term}`
  return left.length + 2 > column ? [left, ' '.repeat(column) + first, ...rest] : [left.padEnd(column) + first, ...rest]
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
