type Env = Readonly<Record<string, string | undefined>>

/** What dbt 1.12 reads from the environment, without `DBT_` or `DBT_ENGINE_`. */
const known: ReadonlySet<string> = new Set(
  `ARTIFACT_STATE_PATH CACHE_SELECTED_ONLY CLEAN_PROJECT_FILES_ONLY DEBUG DEFER DEFER_STATE DEFER_TO_STATE DOWNLOAD_DIR EMPTY
  EVENT_TIME_END EVENT_TIME_START EXCLUDE_RESOURCE_TYPES EXPORT_SAVED_QUERIES FAIL_FAST FAVOR_STATE FAVOR_STATE_MODE
  FULL_REFRESH HINTS_ENABLED HOST INCLUDE_SAVED_QUERY INDIRECT_SELECTION INTROSPECT INVOCATION_ENV LOG_CACHE_EVENTS
  LOG_FILE_MAX_BYTES LOG_FORMAT LOG_FORMAT_FILE LOG_LEVEL LOG_LEVEL_FILE LOG_PATH MACRO_DEBUGGING MANAGE_STATE
  MAXIMUM_SEED_SIZE_MIB NO_PRINT PACKAGE_HUB_URL PARTIAL_PARSE PARTIAL_PARSE_FILE_DIFF PARTIAL_PARSE_FILE_PATH POPULATE_CACHE
  PP_FILE_DIFF_TEST PP_TEST PRINT PRINTER_WIDTH PROFILE PROFILES_DIR PROJECT_DIR QUIET RECORDED_FILE_PATH RESOURCE_TYPES
  SAMPLE SEND_ANONYMOUS_USAGE_STATS SHOW_RESOURCE_REPORT SINGLE_THREADED SKIP_BROWSER_AUTH SNOWFLAKE_PROJECTS_OTEL SQLPARSE
  STATE STATE_API_URL STATE_AUTH_URL STATE_EMIT_REUSED_STATUS STATE_OAUTH_CLIENT_ID STATE_TOKEN_URL STATIC_PARSER
  STORE_FAILURES TARGET TARGET_PATH TEST_STATE_MODIFIED UPLOAD_TO_ARTIFACTS_INGEST_API USE_COLORS USE_COLORS_FILE
  USE_EXPERIMENTAL_PARSER USE_FAST_TEST_EDGES USE_V2_PARSER V2_PARSER VERSION_CHECK WARN_ERROR WARN_ERROR_OPTIONS
  WRITE_JSON`.split(/\s+/),
)

const prefix = 'DBT_ENGINE_'

/** Each variable of dbt under both of its names, `DBT_QUIET` and `DBT_ENGINE_QUIET`; the longer one goes first. */
export function withBothNames(env: Env): Env {
  const added: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !name.startsWith('DBT_')) continue
    const isLong = name.startsWith(prefix)
    const bare = name.slice(isLong ? prefix.length : 'DBT_'.length)
    if (!known.has(bare)) continue
    if (isLong) added[`DBT_${bare}`] = value
    else if (env[prefix + bare] === undefined) added[prefix + bare] = value
  }
  return { ...env, ...added }
}

/** Variables that look like dbt's and are none: later versions may take their names. */
export const foreignVariables = (env: Env): string[] =>
  Object.keys(env).filter((name) => name.startsWith(prefix) && !known.has(name.slice(prefix.length)))

/** What variables were called once, and what they are now. */
export const renamedVariables: Readonly<Record<string, { readonly name: string; readonly isOpposite?: boolean }>> = {
  DBT_DEFER_TO_STATE: { name: 'DBT_DEFER' },
  DBT_FAVOR_STATE_MODE: { name: 'DBT_FAVOR_STATE' },
  DBT_NO_PRINT: { name: 'DBT_PRINT', isOpposite: true },
  DBT_ARTIFACT_STATE_PATH: { name: 'DBT_STATE' },
}

/** The environment as it would be with the names of today. */
export function withNewNames(env: Env): { readonly env: Env; readonly renamed: readonly string[] } {
  const renamed = Object.keys(renamedVariables).filter((name) => env[name] !== undefined && env[name] !== '')
  if (renamed.length === 0) return { env, renamed }
  const added = renamed.map((old) => {
    const { name, isOpposite } = renamedVariables[old] as { name: string; isOpposite?: boolean }
    const value = env[old] ?? ''
    return [name, isOpposite ? String(!/^(1|true|t|yes|y|on)$/i.test(value)) : value]
  })
  return { env: { ...env, ...Object.fromEntries(added) }, renamed }
}
