import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parsePythonYaml } from '../../../base/index.js'
import { truthy } from '../../../jinja/index.js'
import { transformErrors } from '../../errors.js'
import { projectFolder } from '../../project/nearest-project.js'
import { readYamlFile } from '../../project/yaml-file.js'
import { usage } from './check-command-line.js'
import { commandTable } from './command-table.js'
import type { DbtFlags, Flag } from './dbt-flags.js'
import { flags } from './flag-table.js'
import { yamlMapping } from './flags.js'
import { defaultLogFileBytes } from './log-folder.js'
import { behaviorFlags, readProjectFlags } from './project-flags.js'

/** What the command line, the environment and dbt_project.yml say together: the first that says something counts. */
export interface CommandFlags {
  readonly flags: DbtFlags
  /** `flags:` of dbt_project.yml, with what is no flag of the command line: warn_error_options, behaviour. */
  readonly project: Readonly<Record<string, unknown>>
  /** As written, from the command line or the project. */
  readonly warnErrorOptions: unknown
}

/** @throws TRANSFORM_USAGE, TRANSFORM_PROJECT_INVALID */
export function commandFlags(command: string, given: DbtFlags, cwd: string): CommandFlags {
  checkFolder('--project-dir', given.projectDir, cwd)
  if (!needsNoProfile.has(command)) checkFolder('--profiles-dir', given.profilesDir, cwd)
  const dir = projectFolder(given.projectDir, cwd)
  const project = readProjectFlags(dir)
  const found: Record<string, unknown> = {}
  for (const flag of flags) {
    const value = flag.setting === undefined ? undefined : project[flag.setting]
    if (value !== undefined && value !== null) found[flag.key] = setting(flag, value, dir)
  }
  const all: DbtFlags = { ...(found as DbtFlags), ...given }
  return { flags: all, project, warnErrorOptions: warnErrorOptions(all) ?? project.warn_error_options }
}

function checkFolder(flag: string, folder: string | undefined, cwd: string): void {
  if (folder === undefined) return
  const found = statSync(resolve(cwd, folder), { throwIfNoEntry: false })
  if (!found) throw usage(`Invalid value for '${flag}': Path '${folder}' does not exist.`)
  if (!found.isDirectory()) throw usage(`Invalid value for '${flag}': Directory '${folder}' is a file.`)
}

/** They tell of a profile that is missing, make one, or do without. */
const needsNoProfile = new Set(['debug', 'deps', 'init'])

/** A flag's value as `flags:` of dbt_project.yml says it. */
function setting({ setting: name, kind, choices, isEnvOpposite }: Flag, value: unknown, dir: string): unknown {
  const text = String(value).toLowerCase()
  // dbt asks only whether it is something: a text that says false is.
  if (kind === 'switch') return isEnvOpposite ? !truthy(value) : truthy(value)
  if (kind === 'number' && Number.isInteger(value)) return value
  if (kind === 'text' && choices?.includes(text)) return text
  if (kind === 'text' && !choices && typeof value === 'string') return value
  const wanted = kind === 'number' ? 'a whole number' : 'a text'
  throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
    message: `The flag '${name}' cannot be ${JSON.stringify(value)}: it is ${choices ? `one of ${choices.join(', ')}` : wanted}.`,
    at: readYamlFile(join(dir, 'dbt_project.yml'), 'dbt_project.yml').locate(['flags', String(name)]),
    hint: `It stands below \`flags:\`. Mend it there, or remove it.`,
  })
}

function warnErrorOptions({ warnErrorOptions: text, warnError }: DbtFlags): unknown {
  if (text === undefined) return undefined
  if (warnError)
    throw transformErrors.create('TRANSFORM_USAGE', {
      message: 'warn_error_options: not allowed with argument warn_error',
    })
  try {
    const value = parsePythonYaml(text)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value
  } catch {
    // Said below.
  }
  throw transformErrors.create('TRANSFORM_USAGE', {
    message: `Invalid value for '--warn-error-options': String '${text}' is not valid YAML for a mapping.`,
  })
}

/** Flags as templates see them: `flags.FULL_REFRESH`. What nobody said has dbt's default. */
export function jinjaFlags(
  { command, which }: { readonly command: string; readonly which: string },
  { flags: given, project }: Pick<CommandFlags, 'flags' | 'project'>,
): Record<string, unknown> {
  const { noWriteJson, indirect, vars, args, ...others } = given
  const known = Object.fromEntries(
    Object.entries(others).map(([key, value]) => [key.replace(/[A-Z]/g, '_$&').toUpperCase(), value]),
  )
  const settings = { ...behaviorFlags, ...project }
  const inCapitals = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key.toUpperCase(), value]))
  return {
    ...settings,
    ...defaults,
    ...(commandTable[command]?.flags.includes('select') && { SELECT: [], EXCLUDE: [] }),
    ...inCapitals,
    ...known,
    VARS: yamlMapping(vars, '--vars'),
    ...(args !== undefined && { ARGS: yamlMapping(args, '--args') }),
    INDIRECT_SELECTION: indirect ?? 'eager',
    WRITE_JSON: noWriteJson !== true,
    WHICH: which,
  }
}

const defaults: Readonly<Record<string, unknown>> = {
  CACHE_SELECTED_ONLY: false,
  DEBUG: false,
  DEFER: false,
  EMPTY: false,
  FAIL_FAST: false,
  FAVOR_STATE: false,
  FULL_REFRESH: false,
  INTROSPECT: true,
  LOG_CACHE_EVENTS: false,
  LOG_FILE_MAX_BYTES: defaultLogFileBytes,
  LOG_FORMAT: 'default',
  LOG_FORMAT_FILE: 'debug',
  LOG_LEVEL: 'info',
  LOG_LEVEL_FILE: 'debug',
  MACRO_DEBUGGING: false,
  MAXIMUM_SEED_SIZE_MIB: 1,
  PARTIAL_PARSE: true,
  POPULATE_CACHE: true,
  PRINT: true,
  PRINTER_WIDTH: 80,
  QUIET: false,
  SEND_ANONYMOUS_USAGE_STATS: false,
  SHOW_ALL_DEPRECATIONS: false,
  SHOW_RESOURCE_REPORT: false,
  STATIC_PARSER: true,
  STORE_FAILURES: false,
  STRICT_MODE: false,
  USE_COLORS: true,
  USE_COLORS_FILE: true,
  USE_EXPERIMENTAL_PARSER: false,
  VERSION_CHECK: true,
  WARN_ERROR: null,
  WARN_ERROR_OPTIONS: { error: [], warn: [], silence: [] },
}
