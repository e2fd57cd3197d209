import { hash, randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { formatLocation, type Logger, MillraceError, maskSecretNames, silentLogger } from '../../base/index.js'
import { repr } from '../../jinja/index.js'
import { engineOf } from '../adapter/engines/index.js'
import { type RelationSettings, relationSettings } from '../adapter/node-relation.js'
import { executionEnvironment, parseEnvironment } from '../context/environments.js'
import type { Invocation } from '../context/invocation.js'
import { MacroRegistry } from '../context/macro-registry.js'
import { targetDict } from '../context/target-dict.js'
import type { Diagnostic, Manifest, ProfileTarget, ProjectOptions } from '../contract.js'
import { dbtVersion } from '../dbt-version.js'
import { transformErrors } from '../errors.js'
import { isDeprecation } from '../log/catalogue/deprecations.js'
import { placeLines } from '../log/error-text.js'
import type { EventSink } from '../log/event-sink.js'
import { warningTag } from '../log/paint.js'
import { builtinMacroPackages, dispatchPrefixes } from '../macros/index.js'
import { checkCatalogs, refuseCatalogs } from '../project/catalogs.js'
import { type DbtPackage, readDbtProject } from '../project/dbt-project.js'
import { readInstalledPackages } from '../project/installed-packages.js'
import { readProfileTarget } from '../project/profile.js'
import { type SettingsRenderer, settingsRenderer } from '../project/render.js'
import { toPython } from '../python/values.js'
import { readSelectors, type YamlSelector } from '../select/index.js'
import { Diagnostics } from './files/diagnostics.js'
import { DocsBlocks } from './files/docs-blocks.js'
import type { Tracker } from './files/tracker.js'
import { readMacros } from './macros/read-macros.js'
import { parseWithCache } from './partial/parse-with-cache.js'

export interface ParseOptions extends ProjectOptions {
  readonly flags?: Readonly<Record<string, unknown>> | undefined
  readonly threads?: number | undefined
  /** `--no-version-check` */
  readonly ignoresDbtVersion?: boolean | undefined
  readonly logger?: Logger | undefined
  readonly events?: EventSink | undefined
  /** The id of the invocation; a new one where it is left out. */
  readonly id?: string | undefined
  readonly print?: ((line: string) => void) | undefined
  /** Where parsings leave to later ones what they found. Without it, everything is parsed. */
  readonly cache?:
    | {
        readonly path: (root: DbtPackage) => string
        /** `--no-partial-parse`: what is there is not used, only written anew. */
        readonly isOnlyWritten?: boolean | undefined
        /** Nothing is written before `keep` of the parsed project is called. */
        readonly isKeptLater?: boolean | undefined
      }
    | undefined
}

export interface ParsedProject {
  readonly root: DbtPackage
  readonly packages: readonly DbtPackage[]
  readonly target: ProfileTarget
  readonly manifest: Manifest
  readonly invocation: Invocation
  /** The macros, for execution. */
  readonly registry: MacroRegistry
  readonly dispatchPrefixes: readonly string[]
  readonly relations: RelationSettings
  readonly builtin: readonly string[]
  readonly selectors: readonly YamlSelector[]
  /** Per node: the line of its file on which its code begins. */
  readonly firstLines: ReadonlyMap<string, number>
  /** What is odd but did not stop the reading. */
  readonly diagnostics: readonly Diagnostic[]
  /**
   * Resolves when what the next parsing starts from is on the disk, never rejected. Where it is kept later, this writes it: before
   * anything is done that writes into the nodes.
   */
  readonly keep: () => Promise<void>
}

/**
 * Reads a dbt project without asking the warehouse; of what a former parsing left, only what changed.
 * @throws the only problem, or one error that lists all
 */
export function parseProject(options: ParseOptions): ParsedProject {
  const settings = {
    env: options.env,
    vars: options.vars,
    ignoresDbtVersion: options.ignoresDbtVersion,
    takesJinjaExtensions: options.flags?.allow_jinja_file_extensions === true,
  }
  const root = readDbtProject(resolve(options.projectDir), settings)
  const { profile = options.env.DBT_PROFILE ?? root.profile } = options
  const target = readProfileTarget({ ...options, profile })
  options.events?.fire('AdapterRegistered', {
    adapter_name: target.type,
    adapter_version: `=${engineOf(target.type).version}`,
  })
  const installed = readInstalledPackages(root, settings)
  const packages = [root, ...installed]
  const builtin = builtinMacroPackages(target.type).map(({ name, dir }) => builtinPackage(name, dir))
  const searchOrder = builtin.map((one) => one.name).reverse()
  const registry = new MacroRegistry(parseEnvironment, root.name, searchOrder)
  const createdAt = Date.now() / 1000
  const shared = new Diagnostics()
  for (const warning of packages.flatMap(({ warnings }) => warnings)) shared.warn(warning)
  for (const one of [...builtin, ...installed, root]) readMacros(one, parseEnvironment, registry, createdAt, shared)
  let tracker: Tracker | undefined
  const onRead = (key: string) => tracker?.read(key)
  registry.onUse = (macro) => onRead(`macro:${macro.unique_id}`)
  const renderOf = (file: string) =>
    settingsRenderer(options.env, file, { vars: options.vars, target: targetDict(target) })
  const selectors = shared.attempt(() => readSelectors(root.dir, renderOf('selectors.yml'))) ?? []
  // Few projects have this file: its renderer is made when something is to be rendered.
  const renderCatalogs: SettingsRenderer = (value, document) => renderOf('catalogs.yml')(value, document)
  if (options.flags?.use_catalogs_v2 === true)
    shared.attempt(() => refuseCatalogs(root.dir, target.type, renderCatalogs))
  else shared.attempt(() => checkCatalogs(root.dir, renderCatalogs))
  const docs = new DocsBlocks(parseEnvironment, root.name, shared, onRead)
  for (const own of packages) docs.read(own)
  const invocation: Invocation = {
    id: options.id ?? randomUUID(),
    startedAt: new Date(),
    env: options.env,
    cliVars: options.vars ?? {},
    flags: { FULL_REFRESH: false, STORE_FAILURES: false, WHICH: 'parse', ...options.flags },
    target,
    projectName: root.name,
    logger: options.logger ?? silentLogger,
    events: options.events,
    onRead,
    print: options.print ?? (() => {}),
  }
  const common = {
    root,
    packages,
    invocation,
    registry,
    environment: parseEnvironment,
    dispatchPrefixes: dispatchPrefixes(target.type),
    relations: relationSettings(target, root),
    builtin: searchOrder,
    createdAt,
    docs,
    selectors,
    onTracker: (next: Tracker) => {
      tracker = next
    },
  }
  tellOfVars(invocation)
  const cache = options.cache && { ...options.cache, path: options.cache.path(root) }
  const { manifest, firstLines, warnings, keep } = parseWithCache(common, shared, cache)
  const diagnostics = [...shared.warnings, ...warnings]
  tellAll(diagnostics, invocation)
  return {
    root,
    packages,
    target,
    manifest,
    invocation,
    registry: registry.withEnvironment(executionEnvironment),
    dispatchPrefixes: common.dispatchPrefixes,
    relations: common.relations,
    builtin: searchOrder,
    selectors,
    firstLines,
    diagnostics,
    keep,
  }
}

/** What partial parsing of dbt hangs on: here every file that read a var is parsed again, whatever the others say. */
function tellOfVars({ cliVars, target, events }: Invocation): void {
  const profile = { profile: target.profileName, target: target.targetName, version: `=${dbtVersion}` }
  const vars = repr(toPython(maskSecretNames(cliVars)))
  const checksum = hash('sha256', [vars, ...Object.values(profile)].join('\0'), 'hex')
  events?.fire('StateCheckVarsHash', { checksum, vars, ...profile })
}

/** With one flag of dbt's, all warnings that are errors are told together; otherwise the first one ends the command. */
function tellAll(warnings: readonly Diagnostic[], invocation: Invocation): void {
  if (invocation.flags.enable_grouped_warn_error_parser_logs !== true) {
    for (const warning of warnings) tell(warning, invocation)
    return
  }
  const messages = warnings.flatMap((warning) => {
    try {
      tell(warning, invocation)
      return []
    } catch (error) {
      if (error instanceof MillraceError && error.code === 'TRANSFORM_WARNING') return [error.message]
      throw error
    }
  })
  if (messages.length > 0) throw transformErrors.create('TRANSFORM_WARNING', { message: messages.join('\n') })
}

function tell(warning: Diagnostic, { events, logger }: Invocation): void {
  if (!events) logger.warn(warningLine(warning))
  else if (!warning.event) events.fire('Note', { msg: warningTag(warningLine(warning)) }, { level: 'warn' })
  else {
    const { name, data } = warning.event
    const details = placeLines({ ...warning, message: '' }).filter((line) => line !== '')
    if (isDeprecation(name)) events.deprecate(name, data as never, { details })
    else events.warn(name, data as never, { details })
  }
}

/** A warning in one line, with its place unless the message names it. */
function warningLine({ message, hint, at }: Diagnostic): string {
  const place = at && formatLocation(at)
  const where = place === undefined || message.includes(place) ? '' : `${place}: `
  return `${where}${message}${hint === undefined ? '' : ` ${hint}`}`
}

function builtinPackage(name: string, dir: string): DbtPackage {
  return {
    name,
    dir,
    version: '1.0',
    profile: undefined,
    paths: { model: [], seed: [], snapshot: [], test: [], analysis: [], macro: ['.'], docs: [], function: [], osi: [] },
    vars: {},
    varsOfFile: {},
    configs: {},
    hooks: { 'on-run-start': [], 'on-run-end': [] },
    dispatch: [],
    quoting: {},
    queryComment: { comment: '' },
    targetPath: 'target',
    cleanTargets: [],
    packagesPath: 'dbt_packages',
    assetPaths: [],
    restrictsAccess: false,
    takesJinjaExtensions: false,
    isBuiltin: true,
    warnings: [],
  }
}
