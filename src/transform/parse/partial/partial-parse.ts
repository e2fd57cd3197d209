import { readFileSync } from 'node:fs'
import type { DbtPackage } from '../../project/dbt-project.js'
import { hasNamesWithSpaces } from '../checks/names-with-spaces.js'
import { unusedConfigs } from '../checks/unused-configs.js'
import { Diagnostics } from '../files/diagnostics.js'
import { type FileState, hashText, type Kind, kinds, projectUnit, Tracker, timesOf, unitKey } from '../files/tracker.js'
import { patchMacros } from '../macros/macro-entries.js'
import { addMacrosAndDocs, createScope } from '../manifest/project-parser.js'
import type { ParseScope } from '../scope/parse-scope.js'
import { readProperties } from '../yaml/read-properties.js'
import type { CachedResource, CachedUnit, ParseCache } from './cache-file.js'
import { keyValue } from './key-values.js'
import { assemble, lazyManifest, ManifestText } from './manifest-text.js'
import { Pass, semanticKinds } from './pass.js'
import { type UnitFile, unitFiles } from './unit-files.js'
import { hooksOf, linesOf, newUnits, numbered, Order, type Parsed, type PartialOptions, unitItems } from './units.js'

/** More than this share of the files, and everything is parsed: keeping the rest would save nothing. */
const mostDirty = 0.6

/**
 * Parses what changed since the cache was written, and what depends on it. Answers undefined when everything has to be
 * parsed: the project itself reads what changed, or the change is of a kind whose reach is not known.
 */
export function parseChanges(options: PartialOptions, cache: ParseCache): Parsed | undefined {
  const files = unitFiles(options.packages)
  const former = new Map(cache.units.map((unit) => [unit.key, unit]))
  const { dirty, states, removed } = changedFiles(files, former)
  const changedKeys = new Set<number>()
  for (const [i, [key, value]] of cache.keys.entries())
    if (keyValue(key, options, cache.salt) !== value) changedKeys.add(i)
  for (const unit of cache.units)
    if (unit.reads.some((key) => changedKeys.has(key))) {
      if (unit.key === projectUnit) return undefined
      dirty.add(unit.key)
    }
  const hasSemantics = (key: string) =>
    former.get(key)?.resources.some(({ kind }) => semanticKinds.has(kinds[kind] as Kind)) ||
    former.get(key)?.entries.some(({ hasVersions }) => hasVersions)
  // Nothing to do: not even the manifest is parsed.
  if (dirty.size === 0 && removed.size === 0 && hooksOf(cache).length === 0 && !options.packages.some(hasHooks))
    return unchanged(options, cache)
  // Warnings about the whole project (who reads a deprecated model) hold as long as nothing changes but hooks, which are parsed anew.
  const onlyHooks = dirty.size === 0 && removed.size === 0
  if (!onlyHooks && former.get(projectUnit)?.warnings.length) return undefined
  for (;;) {
    if (dirty.size > files.size * mostDirty) return undefined
    if ([...dirty, ...removed].some(hasSemantics)) return undefined
    const pass = new Pass(options, cache, former, files, dirty, removed)
    if (pass.hasUnknownReach) return undefined
    const more = pass.affected().filter((key) => !dirty.has(key) && !removed.has(key) && files.has(key))
    if (more.length === 0) {
      const parsed = pass.finish(states, onlyHooks)
      if (onlyHooks) return parsed
      // What is told of the project as a whole is kept to be told again: names with spaces, and whose configs of
      // dbt_project.yml lost their last resource.
      const isGone = ({ id, kind }: CachedResource) => !(id in parsed.manifest[kinds[kind] as Kind])
      const lostSome = [...dirty, ...removed].some((key) => former.get(key)?.resources.some(isGone))
      const isToBeTold =
        hasNamesWithSpaces(parsed.manifest) || (lostSome && unusedConfigs(options.root, parsed.manifest).length > 0)
      return isToBeTold ? undefined : parsed
    }
    for (const key of more) dirty.add(key)
  }
}

const hasHooks = ({ hooks }: DbtPackage) => hooks['on-run-start'].length + hooks['on-run-end'].length > 0

function changedFiles(files: ReadonlyMap<string, UnitFile>, former: ReadonlyMap<string, CachedUnit>) {
  const dirty = new Set<string>()
  const states = new Map<string, FileState>()
  for (const { key, file } of files.values()) {
    const known = former.get(key)?.file
    const now = timesOf(file.path)
    if (known && known.mtimeMs === now.mtimeMs && known.size === now.size && known.inode === now.inode) continue
    if (known && known.hash !== '' && known.hash === hashText(readFileSync(file.path, 'utf8')))
      states.set(key, { ...now, hash: known.hash })
    else dirty.add(key)
  }
  const removed = new Set([...former.values()].filter(({ key, file }) => file && !files.has(key)).map(({ key }) => key))
  return { dirty, states, removed }
}

/** The former manifest with new macros, docs and metadata. */
function unchanged(options: PartialOptions, cache: ParseCache): Parsed {
  const tracker = new Tracker(new Set(cache.units.map(({ key }) => key)))
  const diagnostics = new Diagnostics()
  const entries = new Map(cache.units.map(({ key, entries }) => [key, entries]))
  const scope = createScope({
    ...options,
    tracker,
    diagnostics,
    firstLines: new Map(),
    // Only macros are described anew.
    knownEntries: (own, file) =>
      entries.get(unitKey(own, file.original))?.some(({ kind }) => kind === 'macros')
        ? readProperties(file, own, new Tracker(), new Diagnostics())
        : [],
  })
  patchMacros(scope)
  addMacrosAndDocs(scope)
  diagnostics.throwErrors()
  // Where their text stands is where they stand in the manifest.
  const resources = cache.units.flatMap((unit) => unit.resources).sort((a, b) => a.start - b.start)
  const text = new ManifestText(cache.body, resources, cache.maps)
  return {
    manifest: lazyManifest(scope.manifest, text),
    firstLines: linesOf(cache.units),
    warnings: cache.units.flatMap(({ warnings }) => warnings),
    text,
    units: undefined,
    keys: cache.keys,
    changes: { deleted: 0, added: 0, changed: 0, parsed: 0 },
  }
}

/** What is kept of a full parsing. */
export function recordOf(scope: ParseScope, salt: string, options: PartialOptions): Parsed {
  const made = unitItems(scope.tracker, scope.firstLines)
  const items = new Order(unitFiles(options.packages).keys(), options.packages).sorted(made)
  const { parent_map: parent, child_map: child, group_map: group } = scope.manifest
  const text = assemble(items, undefined, { parent, child, group })
  const { units, keys } = numbered(newUnits(scope.tracker, made, scope), [], salt, options)
  return {
    manifest: scope.manifest,
    firstLines: scope.firstLines,
    warnings: [],
    text,
    units,
    keys,
    changes: { deleted: 0, added: 0, changed: 0, parsed: scope.tracker.files.size },
  }
}
