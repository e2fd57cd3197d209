import { didYouMean, type SourceLocation } from '../../base/index.js'
import type { ManifestNode, ManifestSource } from '../contract.js'
import { transformErrors } from '../errors.js'

export interface Reference {
  readonly name: string
  readonly package: string | null
  readonly version: string | number | null
}

/** Who refers to something, and where, for messages about what does not exist. */
export interface Asker {
  readonly asker: string
  readonly at: SourceLocation
  readonly frame?: ((at: SourceLocation) => string | undefined) | undefined
}

/** Finds what `ref()` and `source()` name. */
export class References {
  readonly #byName = new Map<string, ManifestNode[]>()
  readonly #sources = new Map<string, ManifestSource[]>()
  readonly #disabled = new Map<string, string>()
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  addNode(node: ManifestNode): void {
    const all = this.#byName.get(node.name)
    if (all) all.push(node)
    else this.#byName.set(node.name, [node])
  }
  addSource(source: ManifestSource): void {
    const key = `${source.source_name}.${source.name}`
    const all = this.#sources.get(key)
    if (all) all.push(source)
    else this.#sources.set(key, [source])
  }
  addDisabled(name: string, file: string): void {
    this.#disabled.set(name, file)
  }

  /** The package's own node comes first, then the root project's, then any other package's. */
  find({ name, package: packageName, version }: Reference, from: string): ManifestNode | undefined {
    const all = this.#byName.get(name) ?? []
    const order = packageName === null ? [from, this.#root, null] : [packageName]
    for (const place of order) {
      const candidates = place === null ? all : all.filter((node) => node.package_name === place)
      const found = candidates.find((node) =>
        version === null
          ? node.version === null || node.version === undefined || String(node.version) === String(node.latest_version)
          : String(node.version) === String(version),
      )
      if (found) return found
    }
    return undefined
  }

  /** @throws TRANSFORM_REF_NOT_FOUND */
  node(reference: Reference, from: string, { asker, at, frame }: Asker): ManifestNode {
    const found = this.find(reference, from)
    if (found) return found
    const { name, package: packageName, version } = reference
    const shown = `${packageName === null ? '' : `${packageName}.`}${name}`
    const versions = (this.#byName.get(name) ?? []).flatMap((node) => (node.version == null ? [] : [node.version]))
    const disabledIn = this.#disabled.get(name)
    throw transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
      message: `${asker} depends on a node named '${shown}'${version === null ? '' : ` with version '${version}'`} which ${disabledIn ? 'is disabled' : 'was not found'}.`,
      at,
      frame: frame?.(at),
      hint: disabledIn
        ? `Enable it in ${disabledIn}, or in dbt_project.yml.`
        : versions.length > 0
          ? `It has the versions ${versions.join(', ')}.`
          : didYouMean(name, [...this.#byName.keys()]),
    })
  }

  findSource(sourceName: string, table: string, from: string): ManifestSource | undefined {
    const all = this.#sources.get(`${sourceName}.${table}`) ?? []
    return (
      all.find((source) => source.package_name === from) ??
      all.find((source) => source.package_name === this.#root) ??
      all[0]
    )
  }

  /** @throws TRANSFORM_SOURCE_NOT_FOUND */
  source(sourceName: string, table: string, from: string, { asker, at, frame }: Asker): ManifestSource {
    const found = this.findSource(sourceName, table, from)
    if (found) return found
    const disabledIn = this.#disabled.get(`${sourceName}.${table}`)
    throw transformErrors.create('TRANSFORM_SOURCE_NOT_FOUND', {
      message: `${asker} depends on a source named '${sourceName}.${table}' which ${disabledIn ? 'is disabled' : 'was not found'}.`,
      at,
      frame: frame?.(at),
      hint: disabledIn
        ? `Enable it in ${disabledIn}.`
        : (didYouMean(`${sourceName}.${table}`, [...this.#sources.keys()]) ??
          `Declare it below \`sources:\` in a properties file of models.`),
    })
  }
}
