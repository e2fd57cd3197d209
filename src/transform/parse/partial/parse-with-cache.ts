import { randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { visibleSettings } from '../../../base/index.js'
import type { Diagnostic, Manifest, ManifestMacro } from '../../contract.js'
import { dbtVersion } from '../../dbt-version.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { exactJson } from '../../python/exact-json.js'
import { Diagnostics } from '../files/diagnostics.js'
import { hashText, Tracker } from '../files/tracker.js'
import { createScope, parseIntoManifest } from '../manifest/project-parser.js'
import { type ParseCache, type ProjectHash, readCache, writeCache } from './cache-file.js'
import { rememberText } from './manifest-text.js'
import { parseChanges, recordOf } from './partial-parse.js'
import type { Parsed, PartialOptions } from './units.js'

export interface CacheUse {
  readonly path: string
  readonly isOnlyWritten?: boolean | undefined
  /** Nothing is written before somebody says `keep`. */
  readonly isKeptLater?: boolean | undefined
}

interface Result {
  readonly manifest: Manifest
  readonly firstLines: ReadonlyMap<string, number>
  readonly warnings: readonly Diagnostic[]
  /** Writes the cache, once, unless it stays as it is; never rejected. */
  readonly keep: () => Promise<void>
}

const keepsNothing = async () => {}

/**
 * Parses what changed since the cache was written, or everything, and leaves a cache for the next time.
 * @param shared problems of macros and docs, which are read every time
 */
export function parseWithCache(options: PartialOptions, shared: Diagnostics, cache: CacheUse | undefined): Result {
  const result = cache && !shared.hasErrors ? parseFromCache(options, shared, cache) : parseWhole(options, shared)
  const keep = once(result.keep)
  if (!cache?.isKeptLater) void keep()
  return { ...result, keep }
}

/** Lets the work go once it has begun: it holds all that the parsing looked at. */
function once(work: () => Promise<void>): () => Promise<void> {
  let left: typeof work | undefined = work
  let done: Promise<void> | undefined
  return () => {
    done ??= left?.() ?? keepsNothing()
    left = undefined
    return done
  }
}

function parseWhole(options: PartialOptions, shared: Diagnostics): Result {
  checkMacros(options, shared)
  return { ...parseAll(options, shared), keep: keepsNothing }
}

function parseFromCache(options: PartialOptions, shared: Diagnostics, cache: CacheUse): Result {
  const { logger, events } = options.invocation
  const { path, isOnlyWritten } = cache
  const project = projectHash(options)
  const macroTexts = hashText(JSON.stringify(options.registry.own().map(({ macro_sql }) => macro_sql)))
  if (isOnlyWritten) events?.fire('PartialParsingNotEnabled', {})
  const former = isOnlyWritten ? undefined : readCache(path, project, (reason) => tellNotPossible(options, reason))
  const isChecked = former?.macroTexts === macroTexts
  if (!isChecked) checkMacros(options, shared)
  const head = { project, macroTexts }
  const changed = former && !shared.hasErrors ? parseChanges(options, former) : undefined
  if (former && changed) {
    tellChanges(options, changed)
    if (!changed.units && isChecked) return { ...changed, keep: keepsNothing }
    const record = { ...changed, units: changed.units ?? former.units }
    return { ...changed, keep: () => save(path, { ...head, salt: former.salt }, record, logger) }
  }
  if (former) tellNotPossible(options, 'everything may depend on what changed. Starting full parse.')
  const salt = randomBytes(12).toString('base64url')
  const { record, ...parsed } = parseAll(options, shared)
  return { ...parsed, keep: () => save(path, { ...head, salt }, record(salt), logger) }
}

/** Also what nobody calls has to be a template: whoever calls it one day would not look for the mistake there. */
function checkMacros({ registry }: PartialOptions, diagnostics: Diagnostics): void {
  for (const macro of registry.own()) diagnostics.attempt(() => registry.parsed(macro))
}

function tellNotPossible({ invocation: { events, logger } }: PartialOptions, reason: string): void {
  if (events) events.fire('UnableToPartialParse', { reason })
  else logger.debug(`Unable to do partial parsing because ${reason}`)
}

function tellChanges({ invocation: { events, logger } }: PartialOptions, { changes }: Parsed): void {
  if (!events) logger.debug(`Partial parsing: ${changes.parsed} files parsed.`)
  else if (changes.parsed + changes.deleted === 0) events.fire('PartialParsingSkipParsing', {})
  else events.fire('PartialParsingEnabled', changes)
}

function parseAll(options: PartialOptions, shared: Diagnostics) {
  const tracker = new Tracker()
  const diagnostics = new Diagnostics(shared)
  diagnostics.onWarning = (warning) => tracker.warned(warning)
  const firstLines = new Map<string, number>()
  const scope = createScope({ ...options, tracker, diagnostics, firstLines })
  const manifest = parseIntoManifest(scope)
  const record = (salt: string) => {
    const parsed = recordOf(scope, salt, options)
    rememberText(manifest, parsed.text)
    return parsed
  }
  return { manifest, firstLines, warnings: diagnostics.warnings, record }
}

/** A cache that cannot be written costs time, and nothing else. */
async function save(
  path: string,
  head: Pick<ParseCache, 'project' | 'macroTexts' | 'salt'>,
  { units, keys, text }: Parsed,
  logger: PartialOptions['invocation']['logger'],
): Promise<void> {
  try {
    await writeCache(path, { ...head, keys, units: units ?? [], maps: text.maps }, text.body)
  } catch (error) {
    logger.debug(`${path} could not be written: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** When this program was built: another build may parse differently. */
const builtAt = statSync(fileURLToPath(import.meta.url)).mtimeMs

/** A project's own macros of these names decide about everything, whether a file calls them or not. */
const overrides = new Set([
  'ref',
  'source',
  'config',
  'generate_schema_name',
  'generate_database_name',
  'generate_alias_name',
  'function',
])

/** What all files depend on. Vars are not part of it: who reads one is noted. */
function projectHash({ invocation, packages, registry, builtin }: PartialOptions): ProjectHash {
  const { target } = invocation
  const shown = visibleSettings(target.credentials)
  const macros = registry.all()
  // What `flags:` of dbt_project.yml turns: dbt writes those names in small letters.
  const behaviour = Object.entries(invocation.flags).filter(([name]) => name === name.toLowerCase())
  const isBuiltin = ({ package_name }: { readonly package_name: string }) => builtin.includes(package_name)
  const isOverride = (macro: ManifestMacro) => overrides.has(macro.name) && !isBuiltin(macro)
  const hash = (value: unknown) => hashText(exactJson(value))
  // Their whole files, as dbt has it: they are few, and were just read.
  const macroText = ({ package_name, original_file_path, macro_sql }: ManifestMacro) => {
    const dir = packages.find(({ name }) => name === package_name)?.dir
    return dir === undefined ? macro_sql : readFileSync(join(dir, original_file_path), 'utf8')
  }
  return {
    version: hash([dbtVersion, builtAt, macros.filter(isBuiltin).map(({ macro_sql }) => macro_sql)]),
    profile: hash({ ...target, credentials: shown }),
    project: hash([packages.map((one: DbtPackage) => ({ ...one, vars: undefined })), behaviour]),
    macros: hash(macros.map((macro) => (isOverride(macro) ? [macro.unique_id, macroText(macro)] : macro.unique_id))),
  }
}
