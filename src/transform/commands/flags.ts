import { didYouMean, parsePythonYaml } from '../../base/index.js'
import { transformErrors } from '../errors.js'
import { isMapping } from '../project/yaml-file.js'

/** What a dbt command line asks for. What was not said is left out. */
export interface DbtFlags {
  readonly select?: readonly string[]
  readonly exclude?: readonly string[]
  readonly selector?: string
  readonly resourceType?: readonly string[]
  readonly excludeResourceType?: readonly string[]
  readonly indirect?: string
  /** The folder with a former run's artifacts. */
  readonly state?: string
  /** The same for --defer alone. */
  readonly deferState?: string
  readonly defer?: boolean
  readonly favorState?: boolean
  /** The target whose remembered state to compare with and defer to. */
  readonly against?: string
  readonly json?: boolean
  readonly noCheckColumns?: boolean
  readonly vars?: string
  readonly target?: string
  readonly profile?: string
  readonly profilesDir?: string
  readonly projectDir?: string
  readonly targetPath?: string
  readonly threads?: number
  readonly fullRefresh?: boolean
  readonly failFast?: boolean
  readonly storeFailures?: boolean
  readonly empty?: boolean
  readonly sample?: string
  readonly eventTimeStart?: string
  readonly eventTimeEnd?: string
  readonly warnError?: boolean
  readonly quiet?: boolean
  readonly debug?: boolean
  readonly noWriteJson?: boolean
  readonly inline?: string
  readonly limit?: number
  readonly output?: string
  readonly outputKeys?: readonly string[]
  readonly args?: string
  /** seed --show */
  readonly show?: boolean
  /** docs generate */
  readonly static?: boolean
  readonly emptyCatalog?: boolean
  readonly noCompile?: boolean
  /** docs serve */
  readonly host?: string
  readonly port?: number
  readonly noBrowser?: boolean
  /** Accepted, without effect. */
  readonly ignored?: boolean
  readonly log?: string
}

export interface Flag {
  readonly names: readonly string[]
  readonly kind: 'switch' | 'text' | 'list' | 'number'
  readonly key: keyof DbtFlags
  readonly env?: string
  /** What `--help` says of it; absent where it has no effect. */
  readonly help?: string
}

export const flags: readonly Flag[] = [
  {
    names: ['--select', '-s', '--models', '-m'],
    kind: 'list',
    key: 'select',
    help: 'what to take: names, paths, +upstream, downstream+, tag:, source:, state: …',
  },
  { names: ['--exclude'], kind: 'list', key: 'exclude', help: 'what to leave out of it' },
  { names: ['--selector'], kind: 'text', key: 'selector', help: 'a selection of selectors.yml' },
  {
    names: ['--resource-type', '--resource-types'],
    kind: 'list',
    key: 'resourceType',
    help: 'only these types: model, test, seed, snapshot …',
  },
  {
    names: ['--exclude-resource-type', '--exclude-resource-types'],
    kind: 'list',
    key: 'excludeResourceType',
    help: 'all but these types',
  },
  {
    names: ['--indirect-selection'],
    kind: 'text',
    key: 'indirect',
    env: 'DBT_INDIRECT_SELECTION',
    help: 'which tests come along: eager, cautious, buildable or empty',
  },
  {
    names: ['--state'],
    kind: 'text',
    key: 'state',
    env: 'DBT_STATE',
    help: 'a folder with the artifacts of another run, for state: and --defer',
  },
  {
    names: ['--defer-state'],
    kind: 'text',
    key: 'deferState',
    env: 'DBT_DEFER_STATE',
    help: 'the same for --defer alone, where it is another one than for state:',
  },
  {
    names: ['--defer'],
    kind: 'switch',
    key: 'defer',
    env: 'DBT_DEFER',
    help: 'refs to what is not selected lead to where --state says it is',
  },
  {
    names: ['--favor-state'],
    kind: 'switch',
    key: 'favorState',
    env: 'DBT_FAVOR_STATE',
    help: 'with --defer: also where it exists here',
  },
  {
    names: ['--against'],
    kind: 'text',
    key: 'against',
    help: 'the target whose last runs to compare with or to defer to',
  },
  { names: ['--json'], kind: 'switch', key: 'json', help: 'print the plan as JSON' },
  {
    names: ['--no-check-columns'],
    kind: 'switch',
    key: 'noCheckColumns',
    env: 'MILLRACE_NO_CHECK_COLUMNS',
    help: 'do not look for columns that do not exist',
  },
  { names: ['--vars'], kind: 'text', key: 'vars', help: "a YAML mapping: '{start: 2024-01-01}'" },
  { names: ['--target', '-t'], kind: 'text', key: 'target', env: 'DBT_TARGET', help: 'which output of the profile' },
  {
    names: ['--profile'],
    kind: 'text',
    key: 'profile',
    env: 'DBT_PROFILE',
    help: 'which profile, instead of the one in dbt_project.yml',
  },
  {
    names: ['--profiles-dir'],
    kind: 'text',
    key: 'profilesDir',
    env: 'DBT_PROFILES_DIR',
    help: 'the folder of profiles.yml',
  },
  {
    names: ['--project-dir'],
    kind: 'text',
    key: 'projectDir',
    env: 'DBT_PROJECT_DIR',
    help: 'the folder of dbt_project.yml',
  },
  {
    names: ['--target-path'],
    kind: 'text',
    key: 'targetPath',
    env: 'DBT_TARGET_PATH',
    help: 'where artifacts go, instead of target/',
  },
  { names: ['--threads'], kind: 'number', key: 'threads', env: 'DBT_THREADS', help: 'how many nodes at once' },
  {
    names: ['--full-refresh', '-f'],
    kind: 'switch',
    key: 'fullRefresh',
    env: 'DBT_FULL_REFRESH',
    help: 'incremental models and seeds anew',
  },
  {
    names: ['--fail-fast', '-x'],
    kind: 'switch',
    key: 'failFast',
    env: 'DBT_FAIL_FAST',
    help: 'stop at the first failure',
  },
  {
    names: ['--store-failures'],
    kind: 'switch',
    key: 'storeFailures',
    env: 'DBT_STORE_FAILURES',
    help: 'keep the rows that fail a test in a table',
  },
  {
    names: ['--empty'],
    kind: 'switch',
    key: 'empty',
    env: 'DBT_EMPTY',
    help: 'with no rows of refs and sources: only whether it works',
  },
  {
    names: ['--sample'],
    kind: 'text',
    key: 'sample',
    env: 'DBT_SAMPLE',
    help: "only rows of this time: '3 days', '{start: 2024-01-01, end: 2024-02-01}'",
  },
  {
    names: ['--event-time-start'],
    kind: 'text',
    key: 'eventTimeStart',
    env: 'DBT_EVENT_TIME_START',
    help: 'microbatch: the first batch, a time in UTC',
  },
  {
    names: ['--event-time-end'],
    kind: 'text',
    key: 'eventTimeEnd',
    env: 'DBT_EVENT_TIME_END',
    help: 'microbatch: up to and without this time',
  },
  { names: ['--warn-error'], kind: 'switch', key: 'warnError', env: 'DBT_WARN_ERROR', help: 'warnings are errors' },
  {
    names: ['--quiet', '-q'],
    kind: 'switch',
    key: 'quiet',
    env: 'DBT_QUIET',
    help: 'print only errors, and what was asked for',
  },
  { names: ['--debug', '-d'], kind: 'switch', key: 'debug', env: 'DBT_DEBUG', help: 'print more' },
  { names: ['--no-write-json'], kind: 'switch', key: 'noWriteJson', help: 'write no artifacts' },
  {
    names: [
      '--write-json',
      '--use-colors',
      '--no-use-colors',
      '--no-partial-parse',
      '--partial-parse',
      '--no-version-check',
      '--no-send-anonymous-usage-stats',
      '--no-print',
      '--cache-selected-only',
      '--no-populate-cache',
      '--populate-cache',
      '--no-empty',
      '--compile',
      '--browser',
      '--introspect',
      '--no-introspect',
      '--no-defer',
      '--no-favor-state',
      '--no-fail-fast',
      '--no-full-refresh',
    ],
    kind: 'switch',
    key: 'ignored',
  },
  {
    names: ['--log-format', '--log-format-file', '--log-level', '--log-level-file', '--log-path'],
    kind: 'text',
    key: 'log',
  },
  { names: ['--inline'], kind: 'text', key: 'inline', help: 'SQL instead of a model' },
  { names: ['--limit'], kind: 'number', key: 'limit', help: 'at most this many rows' },
  {
    names: ['--output', '-o'],
    kind: 'text',
    key: 'output',
    help: 'how or where to write the answer (text, json, name, path …, or a file)',
  },
  { names: ['--output-keys'], kind: 'list', key: 'outputKeys', help: 'with --output json: only these fields' },
  { names: ['--show'], kind: 'switch', key: 'show', help: 'print rows of what was loaded' },
  {
    names: ['--static'],
    kind: 'switch',
    key: 'static',
    help: 'one page that holds the artifacts, to be sent or hosted',
  },
  { names: ['--empty-catalog'], kind: 'switch', key: 'emptyCatalog', help: 'do not ask the warehouse' },
  { names: ['--no-compile'], kind: 'switch', key: 'noCompile', help: 'only the catalog: compile nothing before' },
  { names: ['--host'], kind: 'text', key: 'host', help: 'where to listen, 127.0.0.1 when left out' },
  { names: ['--port'], kind: 'number', key: 'port', help: 'where to listen, 8080 when left out' },
  { names: ['--no-browser'], kind: 'switch', key: 'noBrowser', help: 'do not open a browser' },
  { names: ['--args'], kind: 'text', key: 'args', help: "its arguments, a YAML mapping: '{name: value}'" },
]

export interface ParsedFlags {
  readonly positional: readonly string[]
  readonly values: DbtFlags
}

type FlagValue = string | number | boolean | readonly string[]

/** Reads dbt's flags, wherever they stand, and their environment variables. @throws TRANSFORM_USAGE */
export function parseFlags(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): ParsedFlags {
  const positional: string[] = []
  const values: Partial<Record<keyof DbtFlags, FlagValue>> = {}
  for (const flag of flags) {
    const value = flag.env === undefined ? undefined : env[flag.env]
    if (flag.env !== undefined && value !== undefined && value !== '')
      values[flag.key] = flag.kind === 'switch' ? /^(1|true|t|yes|y)$/i.test(value) : scalar(flag, flag.env, value)
  }
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] as string
    if (!arg.startsWith('-') || arg === '-') {
      positional.push(arg)
      continue
    }
    const [name, inline] = splitAssignment(arg)
    const flag = flagNamed(name)
    if (flag.kind === 'switch') values[flag.key] = true
    else if (flag.kind === 'list') {
      const list = inline === undefined ? [] : [inline]
      if (inline === undefined)
        while (i + 1 < argv.length && !(argv[i + 1] as string).startsWith('-')) list.push(argv[++i] as string)
      values[flag.key] = [...((values[flag.key] as string[] | undefined) ?? []), ...list]
    } else values[flag.key] = scalar(flag, name, inline ?? argv[++i])
  }
  return { positional, values: values as DbtFlags }
}

/** `--name=value` taken apart. */
function splitAssignment(arg: string): readonly [string, string | undefined] {
  const at = arg.startsWith('--') ? arg.indexOf('=') : -1
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)]
}

function flagNamed(name: string): Flag {
  const flag = flags.find((candidate) => candidate.names.includes(name))
  if (flag) return flag
  throw transformErrors.create('TRANSFORM_USAGE', {
    message: `No such option: ${name}`,
    hint: didYouMean(
      name,
      flags.flatMap((candidate) => candidate.names),
    ),
  })
}

/** @throws TRANSFORM_USAGE */
function scalar(flag: Flag, name: string, value: string | undefined): string | number {
  if (value === undefined)
    throw transformErrors.create('TRANSFORM_USAGE', { message: `Option '${name}' requires an argument.` })
  if (flag.kind !== 'number') return value
  if (/^-?\d+$/.test(value)) return Number(value)
  throw transformErrors.create('TRANSFORM_USAGE', {
    message: `Invalid value for '${name}': '${value}' is not a valid integer.`,
    hint: `For example ${name} 4.`,
  })
}

/** `--vars` and `--args` are YAML mappings. @throws TRANSFORM_USAGE */
export function yamlMapping(text: unknown, flag: string): Record<string, unknown> {
  if (text === undefined) return {}
  let value: unknown
  try {
    value = parsePythonYaml(String(text))
  } catch {
    value = undefined
  }
  if (isMapping(value)) return value
  throw transformErrors.create('TRANSFORM_USAGE', {
    message: `Invalid value for '${flag}': String '${String(text)}' is not valid YAML for a mapping.`,
    hint: `For example ${flag} '{key: value}'.`,
  })
}
