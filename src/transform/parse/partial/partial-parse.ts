import { readFileSync } from 'node:fs'
import type { Diagnostic, Manifest, ManifestNode, ManifestSource } from '../../contract.js'
import { findCycle } from '../../graph/graph.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { Diagnostics } from '../diagnostics.js'
import { patchMacros } from '../exposures.js'
import type { ParserOptions, ParseScope } from '../parse-scope.js'
import { TestedKeys } from '../primary-keys.js'
import { addMacrosAndDocs, createScope, parseFiles } from '../project-parser.js'
import { entryKey, type Property, readProperties } from '../properties.js'
import type { CachedResource, CachedUnit, ParseCache } from './cache-file.js'
import { entryFacts, factsOf } from './facts.js'
import { keyValue } from './key-values.js'
import { assemble, type Item, lazyManifest, ManifestText, type Maps } from './manifest-text.js'
import {
  type FileState,
  hashText,
  type Kind,
  kinds,
  packagePhases,
  projectUnit,
  type Resource,
  Tracker,
  unitKey,
} from './tracker.js'
import { stateOf, type UnitFile, unitFiles } from './unit-files.js'

type Options = Omit<ParserOptions, 'tracker' | 'diagnostics' | 'firstLines' | 'knownEntries'>

export interface Changes {
  readonly deleted: number
  readonly added: number
  readonly changed: number
  readonly parsed: number
}

export interface Parsed {
  readonly manifest: Manifest
  readonly firstLines: ReadonlyMap<string, number>
  readonly warnings: readonly Diagnostic[]
  readonly text: ManifestText
  /** What to keep for the next time; undefined when it is as it was. */
  readonly units: readonly CachedUnit[] | undefined
  readonly keys: ParseCache['keys']
  /** How many files came, went and changed, and how many were parsed in all. */
  readonly changes: Changes
}

/** More than this share of the files, and everything is parsed: keeping the rest would save nothing. */
const mostDirty = 0.6

/**
 * Parses what changed since the cache was written, and what depends on it. Answers undefined when everything has to be
 * parsed: the project itself reads what changed, or the change is of a kind whose reach is not known.
 */
export function parseChanges(
  options: Options,
  cache: ParseCache,
  registerTracker: (tracker: Tracker) => void,
): Parsed | undefined {
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
    return unchanged(options, cache, registerTracker)
  for (;;) {
    if (dirty.size > files.size * mostDirty) return undefined
    if ([...dirty, ...removed].some(hasSemantics)) return undefined
    const pass = new Pass(options, cache, former, files, dirty, removed, registerTracker)
    if (pass.hasUnknownReach) return undefined
    const more = pass.affected().filter((key) => !dirty.has(key) && !removed.has(key) && files.has(key))
    if (more.length === 0) return pass.finish(states)
    for (const key of more) dirty.add(key)
  }
}

const semanticKinds = new Set<Kind>(['semantic_models', 'metrics', 'saved_queries', 'functions'])
const hasHooks = ({ hooks }: DbtPackage) => hooks['on-run-start'].length + hooks['on-run-end'].length > 0
/** Units without a file of their own are parsed every time: the hooks of dbt_project.yml. */
const hooksOf = (cache: ParseCache) => cache.units.filter(({ key, file }) => file === null && key !== projectUnit)

function changedFiles(files: ReadonlyMap<string, UnitFile>, former: ReadonlyMap<string, CachedUnit>) {
  const dirty = new Set<string>()
  const states = new Map<string, FileState>()
  for (const { key, file } of files.values()) {
    const known = former.get(key)?.file
    const now = stateOf(file.path)
    if (known && known.mtimeMs === now.mtimeMs && known.size === now.size && known.inode === now.inode) continue
    if (known && known.hash !== '' && known.hash === hashText(readFileSync(file.path, 'utf8')))
      states.set(key, { ...now, hash: known.hash })
    else dirty.add(key)
  }
  const removed = new Set([...former.values()].filter(({ key, file }) => file && !files.has(key)).map(({ key }) => key))
  return { dirty, states, removed }
}

/** Where a resource stands in the manifest among those of its kind. */
function orderOf(phase: number, file: number, own: number): number {
  return (phase < packagePhases ? own * 100 + phase : 1e6 + phase) * 1e7 + file
}

/** The order of resources, by unit. */
class Order {
  readonly #files: ReadonlyMap<string, number>
  readonly #packages: ReadonlyMap<string, number>

  constructor(files: Iterable<string>, packages: readonly DbtPackage[]) {
    this.#files = new Map([...files].map((key, i) => [key, i]))
    this.#packages = new Map(packages.map(({ name }, i) => [name, i]))
  }

  sorted(units: readonly { readonly key: string; readonly items: readonly Item[] }[]): Item[] {
    const all: { readonly item: Item; readonly at: number }[] = []
    for (const { key, items } of units) {
      const file = this.#files.get(key) ?? 0
      const own = this.#packages.get(key.slice(0, key.indexOf(':'))) ?? 0
      for (const item of items) all.push({ item, at: orderOf(item.facts.phase, file, own) })
    }
    all.sort((a, b) => a.item.facts.kind - b.item.facts.kind || a.at - b.at)
    return all.map(({ item }) => item)
  }
}

/** One parsing of what is dirty, over what is clean. */
class Pass {
  readonly #scope: ParseScope
  readonly #tracker: Tracker
  readonly #diagnostics = new Diagnostics()
  readonly #firstLines = new Map<string, number>()
  readonly #cache: ParseCache
  readonly #former: ReadonlyMap<string, CachedUnit>
  readonly #clean: readonly CachedUnit[]
  readonly #gone: ReadonlySet<string>
  readonly #text: ManifestText
  readonly #options: Options
  readonly #files: ReadonlyMap<string, UnitFile>
  readonly #entries = new Map<string, readonly Property[]>()
  readonly #keptIds = new Set<string>()

  constructor(
    options: Options,
    cache: ParseCache,
    former: ReadonlyMap<string, CachedUnit>,
    files: ReadonlyMap<string, UnitFile>,
    dirty: ReadonlySet<string>,
    removed: ReadonlySet<string>,
    registerTracker: (tracker: Tracker) => void,
  ) {
    this.#options = options
    this.#cache = cache
    this.#former = former
    this.#files = files
    this.#gone = new Set([...dirty, ...removed, ...hooksOf(cache).map(({ key }) => key)])
    this.#clean = cache.units.filter(({ key }) => !this.#gone.has(key))
    this.#tracker = new Tracker(new Set(this.#clean.map(({ key }) => key)))
    registerTracker(this.#tracker)
    this.#diagnostics.onWarning = (warning) => this.#tracker.warned(warning)
    const known = this.#clean.flatMap(({ resources }) => resources)
    this.#text = new ManifestText(cache.body, known, cache.maps)
    this.#scope = createScope({
      ...options,
      tracker: this.#tracker,
      diagnostics: this.#diagnostics,
      firstLines: this.#firstLines,
      knownEntries: (own, { original }) => this.#knownEntries(own, original),
    })
    this.#fill(known)
    parseFiles(this.#scope)
  }

  /** The entries of a clean file, which is read when somebody wants to know what they say. */
  #knownEntries(own: DbtPackage, file: string): readonly Property[] {
    const unit = this.#former.get(unitKey(own, file))
    const read = () => this.#read(own, file)
    return (unit?.entries ?? []).map(
      ({ kind, name, hasVersions }, i): Property => ({
        kind,
        name,
        hasVersions,
        package: own,
        file,
        get values() {
          return read()[i]?.values ?? {}
        },
        get at() {
          return read()[i]?.at ?? { file }
        },
        locate: (path) => read()[i]?.locate(path) ?? { file },
      }),
    )
  }

  #read(own: DbtPackage, file: string): readonly Property[] {
    const key = unitKey(own, file)
    const unit = this.#files.get(key)
    let entries = this.#entries.get(key)
    if (!entries) {
      entries = unit ? readProperties(unit.file, own, new Tracker(), new Diagnostics()) : []
      this.#entries.set(key, entries)
    }
    return entries
  }

  /** What is clean, for those who look for it. */
  #fill(known: readonly CachedResource[]): void {
    const { manifest, references } = this.#scope
    const text = this.#text
    const byName = new Map<string, CachedResource[]>()
    for (const one of known) {
      const kind = kinds[one.kind] as Kind
      if (kind === 'disabled') {
        const resource = text.read(one)
        const all = manifest.disabled[one.id] ?? []
        manifest.disabled[one.id] = all
        all.push(resource)
        const name = one.provides.slice(one.provides.indexOf(':') + 1)
        if (name !== '') references.addDisabled(name, resource.original_file_path)
        continue
      }
      define(manifest[kind] as Record<string, Resource>, one.id, () => text.read(one))
      if (one.provides === '') continue
      const same = byName.get(one.provides)
      if (same) same.push(one)
      else byName.set(one.provides, [one])
    }
    const named = <T extends Resource>(key: string, kind: 'nodes' | 'sources') =>
      (byName.get(key) ?? []).map(({ id }) => manifest[kind][id] as T)
    const namesOf = (prefix: string) =>
      [...byName.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
    references.addKnown({
      nodes: (name) => named<ManifestNode>(`node:${name}`, 'nodes'),
      sources: (name) => named<ManifestSource>(`source:${name}`, 'sources'),
      get nodeNames() {
        return namesOf('node:')
      },
      get sourceNames() {
        return namesOf('source:')
      },
    })
  }

  /** The reach of some changes is only known by parsing everything. */
  get hasUnknownReach(): boolean {
    for (const unit of this.#tracker.units.values())
      if (unit.made.some(({ kind }) => semanticKinds.has(kind))) return true
    for (const { key, own, file } of this.#files.values())
      if (this.#gone.has(key) && /\.ya?ml$/.test(file.name))
        if (this.#ownEntries(own, file.original).some(({ hasVersions }) => hasVersions)) return true
    return false
  }

  #ownEntries(own: DbtPackage, file: string): readonly Property[] {
    return this.#scope.properties.ofFile(own, file)
  }

  /** Units that looked at something that is not what it was. */
  affected(): string[] {
    const before = new Map<string, string[]>()
    const after = new Map<string, string[]>()
    const note = (map: Map<string, string[]>, key: string, value: string) => {
      const all = map.get(key)
      if (all) all.push(value)
      else map.set(key, [value])
    }
    for (const key of this.#gone) {
      const unit = this.#former.get(key)
      const own = { name: key.slice(0, key.indexOf(':')) }
      for (const { provides, face } of unit?.resources ?? []) if (provides !== '') note(before, provides, face)
      for (const { kind, name, hash } of unit?.entries ?? []) note(before, entryKey(own, kind, name), hash)
      const file = this.#files.get(key)
      if (file)
        for (const property of this.#ownEntries(file.own, file.file.original))
          note(after, entryKey(own, property.kind, property.name), entryFacts(property).hash)
    }
    for (const unit of this.#tracker.units.values())
      for (const made of unit.made) {
        const { provides, face } = factsOf(made, 0)
        if (provides !== '') note(after, provides, face)
      }
    const changed = new Set<number>()
    const shown = (values: readonly string[] | undefined) => [...(values ?? [])].sort().join(' ')
    for (const [i, [key]] of this.#cache.keys.entries())
      if (shown(before.get(key)) !== shown(after.get(key))) changed.add(i)
    if (changed.size === 0) return []
    return this.#clean.filter(({ reads }) => reads.some((key) => changed.has(key))).map(({ key }) => key)
  }

  finish(states: ReadonlyMap<string, FileState>): Parsed {
    const scope = this.#scope
    addMacrosAndDocs(scope)
    this.#diagnostics.throwErrors()
    const made = unitItems(this.#tracker, this.#firstLines)
    const kept = this.#clean.map((unit) => ({
      key: unit.key,
      items: unit.resources.map((facts): Item => ({ facts })),
    }))
    const order = new Order(this.#files.keys(), this.#options.packages)
    const items = this.#withKeys(order.sorted([...kept, ...made]))
    const text = assemble(items, this.#cache.body, this.#maps(items))
    const units = [
      ...this.#clean.map((unit) => ({ ...unit, file: states.get(unit.key) ?? unit.file })),
      ...newUnits(this.#tracker, made, scope),
    ]
    return parsedOf(
      scope,
      text,
      units,
      this.#cache.keys.map(([key]) => key),
      this.#cache.salt,
      this.#options,
      this.#changes(),
    )
  }

  #changes(): Changes {
    const parsed = [...this.#tracker.files.keys()]
    const added = parsed.filter((key) => !this.#former.has(key)).length
    const deleted = [...this.#gone].filter((key) => this.#former.get(key)?.file && !this.#files.has(key)).length
    return { deleted, added, changed: parsed.length - added, parsed: parsed.length }
  }

  /** The maps of the graph; as long as nothing depends on anything else than before, they are what they were. */
  #maps(items: readonly Item[]): Maps | Buffer {
    const before = new Map<string, CachedResource>()
    for (const key of this.#gone) for (const one of this.#former.get(key)?.resources ?? []) before.set(one.id, one)
    const after = items.flatMap(({ facts, fresh }) => (fresh ? [facts] : [])).filter(({ id }) => !this.#isKept(id))
    const isSame = ({ id, kind, parents, group }: CachedResource) => {
      const one = before.get(id)
      return one?.kind === kind && one.group === group && String(one.parents) === String(parents)
    }
    if (after.length === before.size && after.every(isSame)) return this.#text.mapsBytes()
    const maps = mapsOf(items)
    this.#scope.manifest.parent_map = maps.parent
    const cycle = findCycle(this.#scope.manifest)
    if (cycle) this.#diagnostics.error(cycle)
    this.#diagnostics.throwErrors()
    return maps
  }

  /** Clean, though written anew: its key changed. */
  #isKept(id: string): boolean {
    return this.#keptIds.has(id)
  }

  /** Models whose tests say another key than before. */
  #withKeys(items: readonly Item[]): Item[] {
    const keys = new TestedKeys()
    for (const { facts } of items) keys.add(facts.keyTest)
    const tested = new Set<string>()
    for (const key of this.#gone)
      for (const { keyTest } of this.#former.get(key)?.resources ?? []) if (keyTest) tested.add(keyTest[0])
    for (const { facts, fresh } of items) if (fresh && facts.keyTest) tested.add(facts.keyTest[0])
    return items.map((item) => {
      const { facts, fresh } = item
      if (facts.kind !== 0) return item
      if (fresh) {
        if (fresh.resource_type === 'model') (fresh as ManifestNode).primary_key = keys.keyOf(fresh as ManifestNode)
        return item
      }
      if (!tested.has(facts.id)) return item
      const node = this.#text.read(facts) as ManifestNode
      const key = node.resource_type === 'model' ? keys.keyOf(node) : node.primary_key
      if (JSON.stringify(key) === JSON.stringify(node.primary_key)) return item
      this.#keptIds.add(facts.id)
      return { facts, fresh: { ...node, primary_key: key ?? [] } }
    })
  }
}

function define(target: Record<string, Resource>, id: string, read: () => Resource): void {
  let value: Resource | undefined
  Object.defineProperty(target, id, {
    get: () => {
      value ??= read()
      return value
    },
    set: (other: Resource) => {
      value = other
    },
    enumerable: true,
    configurable: true,
  })
}

function unitItems(tracker: Tracker, firstLines: ReadonlyMap<string, number>) {
  return [...tracker.units.values()].map(({ key, made }) => ({
    key,
    items: made.map(
      (one): Item => ({ facts: factsOf(one, firstLines.get(one.resource.unique_id) ?? 0), fresh: one.resource }),
    ),
  }))
}

type NewUnit = Omit<CachedUnit, 'reads'> & { readonly readKeys: readonly string[] }

function newUnits(
  tracker: Tracker,
  made: readonly { readonly key: string; readonly items: readonly Item[] }[],
  scope: ParseScope,
): NewUnit[] {
  const items = new Map(made.map((unit) => [unit.key, unit.items]))
  return [...tracker.units.values()].map(({ key, reads, warnings }) => {
    const own = key.slice(0, key.indexOf(':'))
    const file = key.slice(own.length + 1)
    const dbtPackage = scope.packages.find(({ name }) => name === own)
    return {
      key,
      file: tracker.files.get(key) ?? null,
      readKeys: [...reads],
      resources: (items.get(key) ?? []).map(({ facts }) => facts),
      entries: dbtPackage ? scope.properties.ofFile(dbtPackage, file).map(entryFacts) : [],
      warnings,
    }
  })
}

/** Gives every key that is read a number, and notes what its readers saw. */
function numbered(
  units: readonly (CachedUnit | NewUnit)[],
  known: readonly string[],
  salt: string,
  scope: Options,
): { units: CachedUnit[]; keys: ParseCache['keys'] } {
  const numbers = new Map(known.map((key, i) => [key, i]))
  const numberOf = (key: string) => {
    const found = numbers.get(key) ?? numbers.size
    numbers.set(key, found)
    return found
  }
  const result = units.map((unit): CachedUnit => {
    if (!('readKeys' in unit)) return unit
    const { readKeys, ...rest } = unit
    return { ...rest, reads: readKeys.map(numberOf) }
  })
  return { units: result, keys: [...numbers.keys()].map((key) => [key, keyValue(key, scope, salt)] as const) }
}

function parsedOf(
  scope: ParseScope,
  text: ManifestText,
  units: readonly (CachedUnit | NewUnit)[],
  knownKeys: readonly string[],
  salt: string,
  options: Options,
  changes: Changes,
): Parsed {
  const { units: all, keys } = numbered(units, knownKeys, salt, options)
  return {
    manifest: lazyManifest(scope.manifest, text),
    firstLines: linesOf(all),
    warnings: all.flatMap(({ warnings }) => warnings),
    text,
    units: all,
    keys,
    changes,
  }
}

const linesOf = (units: readonly CachedUnit[]) =>
  new Map(
    units.flatMap(({ resources }) => resources.flatMap(({ id, line }) => (line > 0 ? [[id, line] as const] : []))),
  )

/** The former manifest with new macros, docs and metadata. */
function unchanged(options: Options, cache: ParseCache, registerTracker: (tracker: Tracker) => void): Parsed {
  const tracker = new Tracker(new Set(cache.units.map(({ key }) => key)))
  registerTracker(tracker)
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
  const items = new Order(unitFiles(options.packages).keys(), options.packages).sorted(
    cache.units.map(({ key, resources }) => ({ key, items: resources.map((facts): Item => ({ facts })) })),
  )
  const text = new ManifestText(
    cache.body,
    items.map(({ facts }) => facts),
    cache.maps,
  )
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
export function recordOf(scope: ParseScope, salt: string, options: Options): Parsed {
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

function mapsOf(items: readonly Item[]): Maps {
  const parent: Record<string, string[]> = {}
  const child: Record<string, string[]> = {}
  const group: Record<string, string[]> = {}
  for (const { facts } of items)
    if (facts.parents) {
      parent[facts.id] = [...facts.parents]
      child[facts.id] ??= []
    } else if (facts.group !== null) group[facts.group] = []
  for (const [id, parents] of Object.entries(parent))
    for (const one of parents) {
      child[one] ??= []
      child[one].push(id)
    }
  for (const children of Object.values(child)) children.sort()
  for (const { facts } of items) if (facts.parents && facts.group !== null) group[facts.group]?.push(facts.id)
  return { parent, child, group }
}
