import type { SourceLocation } from '../../../base/index.js'
import type { ResourceType } from '../../contract.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { isMapping, type Path } from '../../project/yaml-file.js'
import { type ConfigValues, keysBesideConfig } from '../configs/config-fields.js'
import type { Diagnostics } from '../files/diagnostics.js'

export const propertyKinds = [
  'models',
  'seeds',
  'snapshots',
  'analyses',
  'macros',
  'sources',
  'exposures',
  'groups',
  'unit_tests',
  'data_tests',
  'metrics',
  'semantic_models',
  'saved_queries',
  'functions',
] as const
export type PropertyKind = (typeof propertyKinds)[number]

/** What must be known of an entry before its file is read. */
export interface EntryFacts {
  readonly kind: PropertyKind
  readonly name: string
  readonly hasVersions: boolean
}

/** One entry of a properties file: `models: - name: x`. */
export interface Property extends EntryFacts {
  readonly values: Record<string, unknown>
  readonly package: DbtPackage
  /** `models/schema.yml`, from the package's root. */
  readonly file: string
  readonly at: SourceLocation
  /** Where a part of the entry stands. */
  readonly locate: (path: Path) => SourceLocation
}

const kindOfType: Readonly<Partial<Record<ResourceType, PropertyKind>>> = {
  model: 'models',
  seed: 'seeds',
  snapshot: 'snapshots',
  analysis: 'analyses',
  test: 'data_tests',
  function: 'functions',
}

/** Every entry of every properties file, found by what it describes. */
export class Properties {
  readonly #byName = new Map<string, Property>()
  readonly #byKind = new Map<PropertyKind, Property[]>()
  readonly #byFile = new Map<string, Property[]>()
  readonly #onRead: (key: string) => void

  /** @param onRead hears of every entry that is looked for: `entry:shop:models:orders` */
  constructor(onRead: (key: string) => void = () => {}) {
    this.#onRead = onRead
  }

  /** Two entries for one thing are an error: neither would win. */
  add(property: Property, diagnostics: Diagnostics, duplicate: (first: Property, second: Property) => Error): void {
    const key = `${property.package.name} ${property.kind} ${property.name}`
    const first = this.#byName.get(key)
    if (first && property.kind !== 'unit_tests' && property.kind !== 'sources') {
      diagnostics.attempt(() => {
        throw duplicate(first, property)
      })
      return
    }
    const fileKey = `${property.package.name}:${property.file}`
    const ofFile = this.#byFile.get(fileKey)
    if (ofFile) ofFile.push(property)
    else this.#byFile.set(fileKey, [property])
    this.#byName.set(key, property)
    const all = this.#byKind.get(property.kind) ?? []
    all.push(property)
    this.#byKind.set(property.kind, all)
  }

  ofKind(kind: PropertyKind): readonly Property[] {
    return this.#byKind.get(kind) ?? []
  }

  ofFile(own: DbtPackage, file: string): readonly Property[] {
    return this.#byFile.get(`${own.name}:${file}`) ?? []
  }

  find(type: ResourceType, name: string, own: DbtPackage): Property | undefined {
    const kind = kindOfType[type]
    if (kind) this.#onRead(entryKey(own, kind, name))
    return kind && this.#byName.get(`${own.name} ${kind} ${name}`)
  }
}

export const entryKey = (own: Pick<DbtPackage, 'name'>, kind: PropertyKind, name: string) =>
  `entry:${own.name}:${kind}:${name}`

/** `config:` of an entry, together with the keys that dbt lets stand beside it. */
export function configOf(values: Record<string, unknown>): ConfigValues {
  const beside: ConfigValues = {}
  for (const key of keysBesideConfig) if (values[key] !== undefined && values[key] !== null) beside[key] = values[key]
  return isMapping(values.config) ? { ...beside, ...values.config } : beside
}
