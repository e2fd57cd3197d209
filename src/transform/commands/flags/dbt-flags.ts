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
  /** What its value is, where that is not just a text: `folder`. */
  readonly value?: string
  /** What `--help` says of it; absent where it has no effect. */
  readonly help?: string
}
