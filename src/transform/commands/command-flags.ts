import { resolve } from 'node:path'
import { type DbtFlags, flags } from './flags.js'
import { behaviorFlags, readProjectFlags } from './project-flags.js'

/** What the command line, the environment and dbt_project.yml say together: the first that says something counts. */
export interface CommandFlags {
  readonly flags: DbtFlags
  /** `flags:` of dbt_project.yml, with what is no flag of the command line: warn_error_options, behaviour. */
  readonly project: Readonly<Record<string, unknown>>
}

export function commandFlags(given: DbtFlags, cwd: string): CommandFlags {
  const project = readProjectFlags(resolve(cwd, given.projectDir ?? '.'))
  const found: Record<string, unknown> = {}
  for (const { setting, key, isEnvOpposite } of flags) {
    const value = setting === undefined ? undefined : project[setting]
    if (value !== undefined && value !== null) found[key] = isEnvOpposite ? value === false : value
  }
  return { flags: { ...(found as DbtFlags), ...given }, project }
}

/** Flags as templates see them: `flags.FULL_REFRESH`. What nobody said has dbt's default. */
export function jinjaFlags(which: string, { flags: given, project }: CommandFlags): Record<string, unknown> {
  const { noWriteJson, indirect, ...others } = given
  const known = Object.fromEntries(
    Object.entries(others).map(([key, value]) => [key.replace(/[A-Z]/g, '_$&').toUpperCase(), value]),
  )
  const settings = { ...behaviorFlags, ...project }
  const inCapitals = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key.toUpperCase(), value]))
  return {
    ...settings,
    ...defaults,
    ...inCapitals,
    ...known,
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
  LOG_FORMAT: 'default',
  LOG_LEVEL: 'info',
  PARTIAL_PARSE: true,
  PRINT: true,
  PRINTER_WIDTH: 80,
  QUIET: false,
  SEND_ANONYMOUS_USAGE_STATS: false,
  STATIC_PARSER: true,
  STORE_FAILURES: false,
  USE_COLORS: false,
  USE_EXPERIMENTAL_PARSER: false,
  VERSION_CHECK: true,
  WARN_ERROR: null,
}
