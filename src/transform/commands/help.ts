import type { MillraceError } from '../../base/index.js'
import type { DbtFlags, Flag } from './flags/dbt-flags.js'
import { flags } from './flags/flag-table.js'

type Key = keyof DbtFlags

const selection: readonly Key[] = ['select', 'exclude', 'selector', 'resourceType', 'excludeResourceType', 'indirect']
const otherState: readonly Key[] = ['state', 'defer', 'deferState', 'favorState', 'against']
const rows: readonly Key[] = ['empty', 'sample']
const batches: readonly Key[] = ['eventTimeStart', 'eventTimeEnd']
const building: readonly Key[] = [...selection, ...otherState, 'threads', 'failFast', 'checkColumns']
const everywhere: readonly Key[] = [
  ...(['projectDir', 'profilesDir', 'profile', 'target', 'targetPath', 'vars'] as const),
  ...(['noWriteJson', 'versionCheck', 'partialParse', 'partialParseFilePath'] as const),
]
const output: readonly Key[] = [
  ...(['quiet', 'debug', 'print', 'logFormat', 'logFormatFile', 'logLevel', 'logLevelFile', 'logPath'] as const),
  ...(['logFileMaxBytes', 'logCacheEvents', 'printerWidth', 'useColors', 'useColorsFile'] as const),
  ...(['warnError', 'warnErrorOptions', 'showAllDeprecations'] as const),
]

interface CommandHelp {
  readonly usage?: string
  readonly summary: string
  /** Its own flags, besides those that every command takes. */
  readonly flags: readonly Key[]
}

/** What `--help` says of each command. A test ties this to the commands that there are. */
export const commandHelp: Readonly<Record<string, CommandHelp>> = {
  build: {
    summary: 'Runs models, tests, seeds and snapshots in the order of the graph; what hangs on a failure is skipped',
    flags: [...building, 'fullRefresh', 'storeFailures', ...rows, ...batches],
  },
  run: { summary: 'Runs models', flags: [...building, 'fullRefresh', ...rows, ...batches] },
  test: { summary: 'Runs tests, on data and of units', flags: [...building, 'storeFailures'] },
  seed: { summary: 'Loads the CSV files of seeds/', flags: [...building, 'fullRefresh', 'empty', 'show'] },
  snapshot: { summary: 'Records how rows change over time', flags: [...building, ...rows] },
  compile: {
    summary: 'Writes the SQL of models below target/compiled; of one model it prints it',
    flags: [...selection, ...otherState, 'inline', 'threads', 'fullRefresh', ...rows, 'noCheckColumns'],
  },
  plan: {
    summary: 'Shows what a build would change and why, and runs nothing',
    flags: [...selection, ...otherState, 'fullRefresh', 'json', 'noCheckColumns'],
  },
  clone: {
    summary: 'Shows what another environment has of models, seeds and snapshots in this one, as views of it',
    flags: [...selection, 'state', 'deferState', 'threads', 'fullRefresh', 'failFast'],
  },
  show: {
    summary: 'Shows the first rows of a model, or of SQL given with --inline',
    flags: [...selection, ...otherState, 'inline', 'inlineDirect', 'limit', 'output'],
  },
  ls: { summary: 'Lists what a selection means', flags: [...selection, 'state', 'output', 'outputKeys'] },
  list: { summary: 'The same as ls', flags: [...selection, 'state', 'output', 'outputKeys'] },
  parse: { summary: 'Reads the project and writes manifest.json', flags: [] },
  init: {
    usage: 'init [name]',
    summary: 'Makes a project with a profile; inside of a project the profile only',
    flags: ['skipProfileSetup', 'skipDebug'],
  },
  debug: { summary: 'Checks project, profile and connection', flags: ['connection', 'configDir'] },
  docs: {
    usage: 'docs generate|serve',
    summary: 'Writes catalog.json, manifest.json and a page that shows them below target/; serves that page',
    flags: [...selection, ...otherState, 'static', 'emptyCatalog', 'noCompile', 'host', 'port', 'noBrowser'],
  },
  'run-operation': {
    usage: 'run-operation [macro]',
    summary: 'Runs one macro, or SQL given with --sql',
    flags: ['args', 'sql'],
  },
  clean: { summary: 'Removes what clean-targets names', flags: ['cleansOutside'] },
  deps: {
    summary: 'Installs the packages of packages.yml, as package-lock.yml has them',
    flags: ['lock', 'upgrade', 'addPackage', 'packageSource'],
  },
  retry: {
    summary: 'Runs again what failed or was skipped in the last run',
    flags: ['state', 'threads', 'fullRefresh'],
  },
  source: {
    usage: 'source freshness',
    summary: 'Tells how old the rows of sources are, and writes sources.json',
    flags: [...selection, 'state', 'threads', 'output'],
  },
}

/** The help of one command, line by line; of a name that is none, undefined. */
export function helpLines(name: string): readonly string[] | undefined {
  const help = Object.hasOwn(commandHelp, name) ? commandHelp[name] : undefined
  if (!help) return undefined
  return [
    `Usage: millrace dbt ${help.usage ?? name} [flags]`,
    '',
    `${help.summary}.`,
    ...(help.flags.length === 0 ? [] : ['', 'Flags:', ...flagLines(help.flags)]),
    '',
    'Flags of every command:',
    ...flagLines(everywhere),
    '',
    'What is said, where and how:',
    ...flagLines(output),
    '',
    "Other flags of dbt's, about caches, statistics and its own parser, are taken and change nothing.",
  ]
}

/** A command line that is not understood: how the command is called, then what is wrong, as dbt's own parser says it. */
export function usageErrorLines({ message, hint }: MillraceError, argv: readonly string[]): string[] {
  const name = argv.find((arg) => Object.hasOwn(commandHelp, arg))
  const command = name === undefined ? '' : ` ${commandHelp[name]?.usage ?? name}`
  return [
    `Usage: millrace dbt${command === '' ? ' <command>' : command} [flags]`,
    `Try 'millrace dbt${command} --help' for help.`,
    '',
    `Error: ${message}`,
    ...(hint === undefined ? [] : ['', `Hint: ${hint}`]),
  ]
}

/** Names beside what they mean: the longest names have a line of their own. */
function flagLines(keys: readonly Key[]): string[] {
  const wide = 30
  return flags
    .filter((flag) => keys.includes(flag.key))
    .flatMap((flag) => {
      const names = `  ${namesOf(flag)}`
      const meaning = `${flag.help}${flag.env === undefined ? '' : ` (${flag.env})`}`
      return names.length < wide ? [`${names.padEnd(wide)}${meaning}`] : [names, `${' '.repeat(wide)}${meaning}`]
    })
}

function namesOf({ names, off = [], kind }: Flag): string {
  const value = { switch: '', text: ' <text>', list: ' <names...>', number: ' <n>' }[kind]
  return `${[...names, ...off].sort((a, b) => a.length - b.length).join(', ')}${value}`
}
