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
  readonly checkColumns?: boolean
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
  readonly connection?: boolean
  readonly configDir?: boolean
  /** clean: `--no-clean-project-files-only` */
  readonly cleansOutside?: boolean
  readonly print?: boolean
  readonly useColors?: boolean
  readonly useColorsFile?: boolean
  readonly logFormat?: string
  readonly logFormatFile?: string
  readonly logLevel?: string
  readonly logLevelFile?: string
  readonly logPath?: string
  readonly logFileMaxBytes?: number
  readonly logCacheEvents?: boolean
  readonly printerWidth?: number
  readonly warnErrorOptions?: string
  readonly showAllDeprecations?: boolean
  readonly partialParse?: boolean
  readonly partialParseFilePath?: string
  readonly versionCheck?: boolean
  readonly introspect?: boolean
  readonly showResourceReport?: boolean
  readonly populateCache?: boolean
  readonly cacheSelectedOnly?: boolean
  readonly singleThreaded?: boolean
  readonly maximumSeedSizeMib?: number
  readonly inlineDirect?: string
  readonly sql?: string
  readonly lock?: boolean
  readonly upgrade?: boolean
  readonly addPackage?: string
  readonly packageSource?: string
  readonly skipProfileSetup?: boolean
  readonly skipDebug?: boolean
  /** Which spelling selected: --models is deprecated. */
  readonly models?: boolean
  /** Accepted, without effect. */
  readonly ignored?: boolean
  readonly ignoredText?: string
}

export interface Flag {
  readonly names: readonly string[]
  /** The spellings that say the opposite: `--no-defer`. */
  readonly off?: readonly string[]
  readonly kind: 'switch' | 'text' | 'list' | 'number'
  readonly key: keyof DbtFlags
  /** `DBT_DEFER`; `DBT_ENGINE_DEFER` says the same. */
  readonly env?: string
  /** The variable says whether to do what this flag leaves out. */
  readonly isEnvOpposite?: boolean
  readonly choices?: readonly string[]
  /** Its name below `flags:` of dbt_project.yml. */
  readonly setting?: string
  /** What `--help` says of it; absent where it has no effect. */
  readonly help?: string
}

export const flags: readonly Flag[] = [
  {
    names: ['--select', '-s', '--models', '--model', '-m'],
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
    choices: ['eager', 'cautious', 'buildable', 'empty'],
    env: 'DBT_INDIRECT_SELECTION',
    setting: 'indirect_selection',
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
    off: ['--no-defer'],
    kind: 'switch',
    key: 'defer',
    env: 'DBT_DEFER',
    help: 'refs to what is not selected lead to where --state says it is',
  },
  {
    names: ['--favor-state'],
    off: ['--no-favor-state'],
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
    names: ['--check-columns'],
    kind: 'switch',
    key: 'checkColumns',
    env: 'MILLRACE_CHECK_COLUMNS',
    help: 'before anything runs, warn of columns that do not exist',
  },
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
    off: ['--no-fail-fast'],
    kind: 'switch',
    key: 'failFast',
    env: 'DBT_FAIL_FAST',
    setting: 'fail_fast',
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
    off: ['--no-empty'],
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
  {
    names: ['--warn-error'],
    kind: 'switch',
    key: 'warnError',
    env: 'DBT_WARN_ERROR',
    setting: 'warn_error',
    help: 'warnings are errors',
  },
  {
    names: ['--quiet', '-q'],
    off: ['--no-quiet'],
    kind: 'switch',
    key: 'quiet',
    env: 'DBT_QUIET',
    help: 'print only errors, and what was asked for',
  },
  {
    names: ['--debug', '-d'],
    off: ['--no-debug'],
    kind: 'switch',
    key: 'debug',
    env: 'DBT_DEBUG',
    setting: 'debug',
    help: 'print more',
  },
  {
    names: ['--no-write-json'],
    off: ['--write-json'],
    kind: 'switch',
    key: 'noWriteJson',
    env: 'DBT_WRITE_JSON',
    isEnvOpposite: true,
    setting: 'write_json',
    help: 'write no artifacts',
  },
  {
    names: ['--print'],
    off: ['--no-print'],
    kind: 'switch',
    key: 'print',
    env: 'DBT_PRINT',
    help: 'print what print() says; --no-print does not',
  },
  {
    names: ['--use-colors'],
    off: ['--no-use-colors'],
    kind: 'switch',
    key: 'useColors',
    env: 'DBT_USE_COLORS',
    setting: 'use_colors',
    help: 'colours; on a terminal that is the default',
  },
  {
    names: ['--use-colors-file'],
    off: ['--no-use-colors-file'],
    kind: 'switch',
    key: 'useColorsFile',
    env: 'DBT_USE_COLORS_FILE',
    setting: 'use_colors_file',
    help: 'colours in logs/dbt.log',
  },
  {
    names: ['--log-format'],
    kind: 'text',
    key: 'logFormat',
    env: 'DBT_LOG_FORMAT',
    setting: 'log_format',
    choices: ['text', 'debug', 'json', 'default'],
    help: 'how lines are printed: text, debug, json or default',
  },
  {
    names: ['--log-format-file'],
    kind: 'text',
    key: 'logFormatFile',
    env: 'DBT_LOG_FORMAT_FILE',
    setting: 'log_format_file',
    choices: ['text', 'debug', 'json', 'default'],
    help: 'the same for logs/dbt.log',
  },
  {
    names: ['--log-level'],
    kind: 'text',
    key: 'logLevel',
    env: 'DBT_LOG_LEVEL',
    setting: 'log_level',
    choices: ['debug', 'info', 'warn', 'error', 'none'],
    help: 'from which level on lines are printed: debug, info, warn, error or none',
  },
  {
    names: ['--log-level-file'],
    kind: 'text',
    key: 'logLevelFile',
    env: 'DBT_LOG_LEVEL_FILE',
    setting: 'log_level_file',
    choices: ['debug', 'info', 'warn', 'error', 'none'],
    help: 'the same for logs/dbt.log',
  },
  { names: ['--log-path'], kind: 'text', key: 'logPath', env: 'DBT_LOG_PATH', help: 'the folder of dbt.log' },
  {
    names: ['--log-file-max-bytes'],
    kind: 'number',
    key: 'logFileMaxBytes',
    env: 'DBT_LOG_FILE_MAX_BYTES',
    help: 'how large dbt.log gets, 10 MB when left out',
  },
  {
    names: ['--log-cache-events'],
    off: ['--no-log-cache-events'],
    kind: 'switch',
    key: 'logCacheEvents',
    env: 'DBT_LOG_CACHE_EVENTS',
    help: 'log what the cache of relations does',
  },
  {
    names: ['--printer-width'],
    kind: 'number',
    key: 'printerWidth',
    env: 'DBT_PRINTER_WIDTH',
    setting: 'printer_width',
    help: 'flags.PRINTER_WIDTH of templates; lines of results have 80 columns',
  },
  {
    names: ['--warn-error-options'],
    kind: 'text',
    key: 'warnErrorOptions',
    env: 'DBT_WARN_ERROR_OPTIONS',
    help: "which warnings are errors: '{error: all, warn: [NothingToDo]}'",
  },
  {
    names: ['--show-all-deprecations'],
    off: ['--no-show-all-deprecations'],
    kind: 'switch',
    key: 'showAllDeprecations',
    help: 'every place of a deprecation, not only the first',
  },
  {
    names: ['--partial-parse'],
    off: ['--no-partial-parse'],
    kind: 'switch',
    key: 'partialParse',
    env: 'DBT_PARTIAL_PARSE',
    setting: 'partial_parse',
    help: 'parse only what changed since the last time (the default)',
  },
  {
    names: ['--partial-parse-file-path'],
    kind: 'text',
    key: 'partialParseFilePath',
    env: 'DBT_PARTIAL_PARSE_FILE_PATH',
    help: 'where that is kept',
  },
  {
    names: ['--version-check'],
    off: ['--no-version-check'],
    kind: 'switch',
    key: 'versionCheck',
    env: 'DBT_VERSION_CHECK',
    setting: 'version_check',
    help: 'refuse projects that require another dbt',
  },
  {
    names: ['--introspect'],
    off: ['--no-introspect'],
    kind: 'switch',
    key: 'introspect',
    env: 'DBT_INTROSPECT',
  },
  {
    names: ['--populate-cache'],
    off: ['--no-populate-cache'],
    kind: 'switch',
    key: 'populateCache',
    env: 'DBT_POPULATE_CACHE',
    setting: 'populate_cache',
  },
  {
    names: ['--cache-selected-only'],
    off: ['--no-cache-selected-only'],
    kind: 'switch',
    key: 'cacheSelectedOnly',
    env: 'DBT_CACHE_SELECTED_ONLY',
    setting: 'cache_selected_only',
  },
  {
    names: ['--single-threaded'],
    off: ['--no-single-threaded'],
    kind: 'switch',
    key: 'singleThreaded',
    env: 'DBT_SINGLE_THREADED',
  },
  {
    names: ['--maximum-seed-size-mib'],
    kind: 'number',
    key: 'maximumSeedSizeMib',
    env: 'DBT_MAXIMUM_SEED_SIZE_MIB',
    setting: 'maximum_seed_size_mib',
  },
  {
    names: [
      '--no-full-refresh',
      '--compile',
      '--send-anonymous-usage-stats',
      '--no-send-anonymous-usage-stats',
      '--static-parser',
      '--no-static-parser',
      '--use-experimental-parser',
      '--no-use-experimental-parser',
      '--hints-enabled',
      '--no-hints-enabled',
      '--macro-debugging',
      '--no-macro-debugging',
      '--no-use-v2-parser',
      '--no-snowflake-projects-otel',
      '--snowflake-projects-otel',
      '--use-fast-test-edges',
      '--no-use-fast-test-edges',
      '--no-upload-to-artifacts-ingest-api',
      '--partial-parse-file-diff',
      '--no-partial-parse-file-diff',
      '--export-saved-queries',
      '--no-export-saved-queries',
      '--include-saved-query',
      '--no-include-saved-query',
      '--inject-ephemeral-ctes',
    ],
    kind: 'switch',
    key: 'ignored',
  },
  {
    names: ['--record-timing-info', '-r', '--sqlparse'],
    kind: 'text',
    key: 'ignoredText',
  },
  {
    names: ['--no-clean-project-files-only'],
    off: ['--clean-project-files-only'],
    kind: 'switch',
    key: 'cleansOutside',
    env: 'DBT_CLEAN_PROJECT_FILES_ONLY',
    isEnvOpposite: true,
    help: 'remove folders outside the project too',
  },
  {
    names: ['--show-resource-report'],
    off: ['--no-show-resource-report'],
    kind: 'switch',
    key: 'showResourceReport',
    env: 'DBT_SHOW_RESOURCE_REPORT',
  },
  { names: ['--connection'], kind: 'switch', key: 'connection', help: 'only whether the database answers' },
  { names: ['--config-dir'], kind: 'switch', key: 'configDir', help: 'only where profiles.yml lies' },
  { names: ['--lock'], kind: 'switch', key: 'lock', help: 'write package-lock.yml, install nothing' },
  { names: ['--upgrade'], kind: 'switch', key: 'upgrade', help: 'resolve versions anew' },
  { names: ['--add-package'], kind: 'text', key: 'addPackage', help: 'name@version, put into packages.yml' },
  {
    names: ['--source'],
    kind: 'text',
    key: 'packageSource',
    choices: ['hub', 'git', 'local'],
    help: 'what --add-package names: hub, git or local',
  },
  {
    names: ['--skip-profile-setup'],
    kind: 'switch',
    key: 'skipProfileSetup',
    help: 'leave profiles.yml as it is, and ask nothing',
  },
  { names: ['--skip-debug'], kind: 'switch', key: 'skipDebug', help: 'do not try the new profile' },
  { names: ['--inline'], kind: 'text', key: 'inline', help: 'SQL instead of a model' },
  { names: ['--inline-direct'], kind: 'text', key: 'inlineDirect', help: 'the same, sent as it is: no template' },
  { names: ['--sql'], kind: 'text', key: 'sql', help: 'SQL to run instead of a macro' },
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
  { names: ['--no-browser'], off: ['--browser'], kind: 'switch', key: 'noBrowser', help: 'do not open a browser' },
  { names: ['--args'], kind: 'text', key: 'args', help: "its arguments, a YAML mapping: '{name: value}'" },
]
