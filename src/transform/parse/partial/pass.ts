import type { ManifestNode, ManifestSource } from '../../contract.js'
import { findCycle, type GraphMaps, type GraphMember, graphMaps, graphSections } from '../../graph/graph.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { Diagnostics } from '../files/diagnostics.js'
import { type FileState, type Kind, kinds, projectUnit, type Resource, Tracker, unitKey } from '../files/tracker.js'
import { addMacrosAndDocs, createScope, parseFiles } from '../manifest/project-parser.js'
import { TestedKeys } from '../resources/primary-keys.js'
import type { ParseScope } from '../scope/parse-scope.js'
import { entryKey, type Property } from '../yaml/properties.js'
import { readProperties } from '../yaml/read-properties.js'
import type { CachedResource, CachedUnit, ParseCache } from './cache-file.js'
import { entryFacts, factsOf } from './facts.js'
import { defineLazily } from './lazy-property.js'
import { assemble, type Item, ManifestText } from './manifest-text.js'
import type { UnitFile } from './unit-files.js'
import {
  type Changes,
  hooksOf,
  newUnits,
  Order,
  type Parsed,
  type PartialOptions,
  parsedOf,
  unitItems,
} from './units.js'

export const semanticKinds = new Set<Kind>(['semantic_models', 'metrics', 'saved_queries', 'functions'])

/** Whoever reads it, and is not parsed now, has to be told. */
const isDeprecated = (resource: Resource) => typeof (resource as ManifestNode).deprecation_date === 'string'

/** The semantic layer is checked as a whole, and reads time spines. */
const isTimeSpine = (resource: Resource) => Boolean((resource as ManifestNode).time_spine)

const reachesFar = (resource: Resource) => isDeprecated(resource) || isTimeSpine(resource)

/** One parsing of what is dirty, over what is clean. */
export class Pass {
  readonly #scope: ParseScope
  readonly #tracker: Tracker
  readonly #diagnostics = new Diagnostics()
  readonly #firstLines = new Map<string, number>()
  readonly #cache: ParseCache
  readonly #former: ReadonlyMap<string, CachedUnit>
  readonly #clean: readonly CachedUnit[]
  readonly #gone: ReadonlySet<string>
  readonly #text: ManifestText
  readonly #options: PartialOptions
  readonly #files: ReadonlyMap<string, UnitFile>
  readonly #entries = new Map<string, readonly Property[]>()
  #relations: ReadonlyMap<string, CachedResource> | undefined
  readonly #keptIds = new Set<string>()

  constructor(
    options: PartialOptions,
    cache: ParseCache,
    former: ReadonlyMap<string, CachedUnit>,
    files: ReadonlyMap<string, UnitFile>,
    dirty: ReadonlySet<string>,
    removed: ReadonlySet<string>,
  ) {
    this.#options = options
    this.#cache = cache
    this.#former = former
    this.#files = files
    this.#gone = new Set([...dirty, ...removed, ...hooksOf(cache).map(({ key }) => key)])
    this.#clean = cache.units.filter(({ key }) => !this.#gone.has(key))
    this.#tracker = new Tracker(new Set(this.#clean.map(({ key }) => key)))
    this.#diagnostics.onWarning = (warning) => this.#tracker.warned(warning)
    const known = this.#clean.flatMap(({ resources }) => resources)
    this.#text = new ManifestText(cache.body, known, cache.maps)
    this.#scope = createScope({
      ...options,
      tracker: this.#tracker,
      diagnostics: this.#diagnostics,
      firstLines: this.#firstLines,
      knownRelation: (relation) => this.#knownRelation(known, relation),
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

  #knownRelation(known: readonly CachedResource[], relation: string): ManifestNode | undefined {
    this.#relations ??= new Map(known.map((one) => [one.relation, one]))
    const found = this.#relations.get(relation)
    return found && (this.#text.read(found) as ManifestNode)
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
      defineLazily(manifest[kind], one.id, () => text.read(one))
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
      if (unit.made.some(({ kind, resource }) => semanticKinds.has(kind) || reachesFar(resource))) return true
    // Also what was one until now: who needs it is not looked at again.
    for (const key of this.#gone)
      for (const facts of this.#former.get(key)?.resources ?? [])
        if (facts.id.startsWith('model.') && reachesFar(this.#text.read(facts))) return true
    for (const { key, own, file } of this.#files.values())
      if (this.#gone.has(key) && /\.ya?ml$/i.test(file.name))
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

  /** @param keepsProject what was told of the project as a whole is told again: nothing of it was looked at anew */
  finish(states: ReadonlyMap<string, FileState>, keepsProject: boolean): Parsed {
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
      ...newUnits(this.#tracker, made, scope).filter(({ key }) => !(keepsProject && key === projectUnit)),
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
  #maps(items: readonly Item[]): GraphMaps | readonly Buffer[] {
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

function mapsOf(items: readonly Item[]): GraphMaps {
  const bySection = new Map<string, GraphMember[]>(graphSections.map((section) => [section, []]))
  const groups: string[] = []
  for (const { facts } of items) {
    const { id, parents, group } = facts
    const section = kinds[facts.kind] as Kind
    if (parents) bySection.get(section)?.push({ id, parents, group })
    else if (section === 'groups' && group !== null) groups.push(group)
  }
  return graphMaps([...bySection.values()].flat(), groups)
}
