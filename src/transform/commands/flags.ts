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
  readonly defer?: boolean
  readonly favorState?: boolean
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
  readonly warnError?: boolean
  readonly quiet?: boolean
  readonly debug?: boolean
  readonly noWriteJson?: boolean
  readonly inline?: string
  readonly limit?: number
  readonly output?: string
  readonly outputKeys?: readonly string[]
  readonly args?: string
  /** Accepted, without effect. */
  readonly ignored?: boolean
  readonly log?: string
}

interface Flag {
  readonly names: readonly string[]
  readonly kind: 'switch' | 'text' | 'list' | 'number'
  readonly key: keyof DbtFlags
  readonly env?: string
}

const flags: readonly Flag[] = [
  { names: ['--select', '-s', '--models', '-m'], kind: 'list', key: 'select' },
  { names: ['--exclude'], kind: 'list', key: 'exclude' },
  { names: ['--selector'], kind: 'text', key: 'selector' },
  { names: ['--resource-type', '--resource-types'], kind: 'list', key: 'resourceType' },
  { names: ['--exclude-resource-type', '--exclude-resource-types'], kind: 'list', key: 'excludeResourceType' },
  { names: ['--indirect-selection'], kind: 'text', key: 'indirect', env: 'DBT_INDIRECT_SELECTION' },
  { names: ['--state', '--defer-state'], kind: 'text', key: 'state', env: 'DBT_STATE' },
  { names: ['--defer'], kind: 'switch', key: 'defer', env: 'DBT_DEFER' },
  { names: ['--favor-state'], kind: 'switch', key: 'favorState', env: 'DBT_FAVOR_STATE' },
  { names: ['--vars'], kind: 'text', key: 'vars' },
  { names: ['--target', '-t'], kind: 'text', key: 'target', env: 'DBT_TARGET' },
  { names: ['--profile'], kind: 'text', key: 'profile', env: 'DBT_PROFILE' },
  { names: ['--profiles-dir'], kind: 'text', key: 'profilesDir', env: 'DBT_PROFILES_DIR' },
  { names: ['--project-dir'], kind: 'text', key: 'projectDir', env: 'DBT_PROJECT_DIR' },
  { names: ['--target-path'], kind: 'text', key: 'targetPath', env: 'DBT_TARGET_PATH' },
  { names: ['--threads'], kind: 'number', key: 'threads', env: 'DBT_THREADS' },
  { names: ['--full-refresh', '-f'], kind: 'switch', key: 'fullRefresh', env: 'DBT_FULL_REFRESH' },
  { names: ['--fail-fast', '-x'], kind: 'switch', key: 'failFast', env: 'DBT_FAIL_FAST' },
  { names: ['--store-failures'], kind: 'switch', key: 'storeFailures', env: 'DBT_STORE_FAILURES' },
  { names: ['--empty'], kind: 'switch', key: 'empty', env: 'DBT_EMPTY' },
  { names: ['--warn-error'], kind: 'switch', key: 'warnError', env: 'DBT_WARN_ERROR' },
  { names: ['--quiet', '-q'], kind: 'switch', key: 'quiet', env: 'DBT_QUIET' },
  { names: ['--debug', '-d'], kind: 'switch', key: 'debug', env: 'DBT_DEBUG' },
  { names: ['--no-write-json'], kind: 'switch', key: 'noWriteJson' },
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
  { names: ['--inline'], kind: 'text', key: 'inline' },
  { names: ['--limit'], kind: 'number', key: 'limit' },
  { names: ['--output', '-o'], kind: 'text', key: 'output' },
  { names: ['--output-keys'], kind: 'list', key: 'outputKeys' },
  { names: ['--args'], kind: 'text', key: 'args' },
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
    message: `There is no option ${name} for dbt commands here.`,
    hint: didYouMean(
      name,
      flags.flatMap((candidate) => candidate.names),
    ),
  })
}

/** @throws TRANSFORM_USAGE */
function scalar(flag: Flag, name: string, value: string | undefined): string | number {
  if (value === undefined)
    throw transformErrors.create('TRANSFORM_USAGE', { message: `The option ${name} needs a value.` })
  if (flag.kind !== 'number') return value
  if (/^-?\d+$/.test(value)) return Number(value)
  throw transformErrors.create('TRANSFORM_USAGE', {
    message: `${name} must be a whole number; it is '${value}'.`,
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
    message: `${flag} must be a YAML mapping, such as '{key: value}'.`,
  })
}
