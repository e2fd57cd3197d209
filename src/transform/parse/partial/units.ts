import type { Diagnostic, Manifest } from '../../contract.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { packagePhases, projectUnit, type Tracker } from '../files/tracker.js'
import type { ParserOptions, ParseScope } from '../scope/parse-scope.js'
import type { CachedUnit, ParseCache } from './cache-file.js'
import { entryFacts, factsOf } from './facts.js'
import { keyValue } from './key-values.js'
import { type Item, lazyManifest, type ManifestText } from './manifest-text.js'

export type PartialOptions = Omit<ParserOptions, 'tracker' | 'diagnostics' | 'firstLines' | 'knownEntries'>

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

/** Units without a file of their own are parsed every time: the hooks of dbt_project.yml. */
export const hooksOf = (cache: ParseCache) =>
  cache.units.filter(({ key, file }) => file === null && key !== projectUnit)

/** Where a resource stands in the manifest among those of its kind. */
function orderOf(phase: number, file: number, own: number): number {
  return (phase < packagePhases ? own * 100 + phase : 1e6 + phase) * 1e7 + file
}

/** The order of resources, by unit. */
export class Order {
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

export function unitItems(tracker: Tracker, firstLines: ReadonlyMap<string, number>) {
  return [...tracker.units.values()].map(({ key, made }) => ({
    key,
    items: made.map(
      (one): Item => ({ facts: factsOf(one, firstLines.get(one.resource.unique_id) ?? 0), fresh: one.resource }),
    ),
  }))
}

export type NewUnit = Omit<CachedUnit, 'reads'> & { readonly readKeys: readonly string[] }

export function newUnits(
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

/** Gives every key that is still read a number, and notes what its readers saw. `known`: the keys by their former numbers. */
export function numbered(
  units: readonly (CachedUnit | NewUnit)[],
  known: readonly string[],
  salt: string,
  scope: PartialOptions,
): { units: CachedUnit[]; keys: ParseCache['keys'] } {
  const numbers = new Map<string, number>()
  const numberOf = (key: string) => {
    const found = numbers.get(key) ?? numbers.size
    numbers.set(key, found)
    return found
  }
  const result = units.map((unit): CachedUnit => {
    if (!('readKeys' in unit)) return { ...unit, reads: unit.reads.map((i) => numberOf(known[i] as string)) }
    const { readKeys, ...rest } = unit
    return { ...rest, reads: readKeys.map(numberOf) }
  })
  return { units: result, keys: [...numbers.keys()].map((key) => [key, keyValue(key, scope, salt)] as const) }
}

export function parsedOf(
  scope: ParseScope,
  text: ManifestText,
  units: readonly (CachedUnit | NewUnit)[],
  knownKeys: readonly string[],
  salt: string,
  options: PartialOptions,
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

export const linesOf = (units: readonly CachedUnit[]) =>
  new Map(
    units.flatMap(({ resources }) => resources.flatMap(({ id, line }) => (line > 0 ? [[id, line] as const] : []))),
  )
