import type { DbtFlags, Flag } from './dbt-flags.js'

type Key = keyof DbtFlags

const selection: readonly Key[] = ['select', 'exclude', 'selector', 'indirect']
const types: readonly Key[] = ['resourceType', 'excludeResourceType']
const otherState: readonly Key[] = ['state', 'defer', 'deferState', 'favorState', 'against']
const batches: readonly Key[] = ['eventTimeStart', 'eventTimeEnd']
const running: readonly Key[] = ['threads', 'failFast']
const building: readonly Key[] = [...selection, ...otherState, ...running, 'checkColumns', 'noCheckColumns']

export interface CommandLine {
  /** With what follows the command's name, where something does. */
  readonly usage?: string
  readonly summary: string
  /** One of these must follow the command's name. */
  readonly subcommands?: readonly string[]
  /** Its own flags, and those of every command that matter to it. */
  readonly flags: readonly Key[]
  /** What a flag may say, where that differs between commands. */
  readonly choices?: Partial<Record<Key, readonly string[]>>
}

const list: CommandLine = {
  summary: 'Lists what a selection means',
  flags: [...selection, ...types, 'state', 'output', 'outputKeys'],
  choices: { output: ['json', 'name', 'path', 'selector'] },
}

/** What each command is for and which flags it takes: as dbt has it, and our own. A test ties this to the commands that there are. */
export const commandTable: Readonly<Record<string, CommandLine>> = {
  build: {
    summary: 'Runs models, tests, seeds and snapshots in the order of the graph; what hangs on a failure is skipped',
    flags: [...building, ...types, 'fullRefresh', 'storeFailures', 'empty', 'sample', ...batches, 'show'],
  },
  run: { summary: 'Runs models', flags: [...building, 'fullRefresh', 'empty', 'sample', ...batches] },
  test: { summary: 'Runs tests, on data and of units', flags: [...building, ...types, 'storeFailures'] },
  seed: { summary: 'Loads the CSV files of seeds/', flags: [...building, 'fullRefresh', 'empty', 'show'] },
  snapshot: { summary: 'Records how rows change over time', flags: [...building, 'empty'] },
  compile: {
    summary: 'Writes the SQL of models below target/compiled; of one model it prints it',
    flags: [
      ...([...selection, ...otherState, ...running, 'inline', 'output', 'introspect'] as const),
      ...(['fullRefresh', 'empty', 'noCheckColumns'] as const),
    ],
    choices: { output: ['json', 'text'] },
  },
  plan: {
    summary: 'Shows what a build would change and why, and runs nothing',
    flags: [...selection, ...types, ...otherState, 'fullRefresh', 'json', 'noCheckColumns'],
  },
  clone: {
    summary: 'Shows what another environment has of models, seeds and snapshots in this one, as views of it',
    flags: [...selection, ...types, 'state', 'deferState', 'against', ...running, 'fullRefresh'],
  },
  show: {
    summary: 'Shows the first rows of a model, or of SQL given with --inline',
    flags: [
      ...([...selection, ...otherState, ...running, 'inline', 'inlineDirect', 'limit', 'output'] as const),
      ...(['introspect', 'fullRefresh'] as const),
    ],
    choices: { output: ['json', 'text'] },
  },
  ls: list,
  list: { ...list, summary: 'The same as ls' },
  parse: { summary: 'Reads the project and writes manifest.json', flags: ['threads'] },
  init: {
    usage: 'init [name]',
    summary: 'Makes a project with a profile; inside of a project the profile only',
    flags: ['skipProfileSetup', 'skipDebug'],
  },
  debug: { summary: 'Checks project, profile and connection', flags: ['connection', 'configDir'] },
  docs: {
    usage: 'docs generate|serve',
    subcommands: ['generate', 'serve'],
    summary: 'Writes catalog.json, manifest.json and a page that shows them below target/; serves that page',
    flags: [
      ...([...selection, ...otherState, ...running, 'static', 'emptyCatalog', 'noCompile'] as const),
      ...(['host', 'port', 'noBrowser'] as const),
    ],
  },
  'run-operation': {
    usage: 'run-operation [macro]',
    summary: 'Runs one macro, or SQL given with --sql',
    flags: ['args', 'sql', 'threads'],
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
    // The longer name of before 0.21 still stands in scripts.
    subcommands: ['freshness', 'snapshot-freshness'],
    summary: 'Tells how old the rows of sources are, and writes sources.json',
    flags: [...selection, 'state', 'output', ...running],
  },
}

/** Flags that stand before and behind every command of dbt, whether it has a use for them or not. */
const everywhere = new Set<Key>(['indirect', 'state', 'defer', 'deferState', 'favorState', 'failFast'])

const ownFlags = new Set(
  Object.values(commandTable).flatMap(({ flags }) => flags.filter((key) => !everywhere.has(key))),
)

/** Whether a command takes a flag. Of a command that is none, nothing is known. */
export const takesFlag = (command: string, key: Key): boolean =>
  !ownFlags.has(key) || (commandNamed(command)?.flags.includes(key) ?? true)

export const commandNamed = (name: string): CommandLine | undefined =>
  Object.hasOwn(commandTable, name) ? commandTable[name] : undefined

/** The commands that take a flag which is one's own. */
export const commandsWith = (key: Key): string[] =>
  Object.keys(commandTable).filter((name) => commandTable[name]?.flags.includes(key))

/** What a flag may say behind a command. */
export const choicesOf = ({ key, choices }: Flag, command: string): readonly string[] | undefined =>
  commandNamed(command)?.choices?.[key] ?? choices
