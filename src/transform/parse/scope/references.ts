import { didYouMean, type SourceLocation } from '../../../base/index.js'
import type { ManifestNode, ManifestSource } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { type KnownNodes, NamedNodes, type Reference } from '../../graph/named-nodes.js'

/** Who refers to something, and where, for messages about what does not exist; the place is looked for when one is told. */
export interface Asker {
  readonly asker: string
  readonly placeOf: () => SourceLocation
  readonly frame?: ((at: SourceLocation) => string | undefined) | undefined
}

/** Finds what `ref()` and `source()` name, or says why nothing is there. */
export class References {
  readonly #named: NamedNodes
  readonly #disabled = new Map<string, string>()

  readonly #onRead: (key: string) => void

  /** @param onRead hears of every name that is looked for: `node:orders`, `source:shop.orders` */
  constructor(root: string, flags: Readonly<Record<string, unknown>>, onRead: (key: string) => void) {
    this.#onRead = onRead
    this.#named = new NamedNodes(root, flags)
  }

  /** Nodes of this name, in whatever package and version. */
  nodesNamed(name: string): readonly ManifestNode[] {
    this.#onRead(`node:${name}`)
    return this.#named.nodesNamed(name)
  }

  addKnown(known: KnownNodes): void {
    this.#named.addKnown(known)
  }
  addNode(node: ManifestNode): void {
    this.#named.addNode(node)
  }
  addSource(source: ManifestSource): void {
    this.#named.addSource(source)
  }
  addDisabled(name: string, file: string): void {
    this.#disabled.set(name, file)
  }

  /** @throws TRANSFORM_REF_NOT_FOUND */
  node(reference: Reference, from: string, { asker, placeOf, frame }: Asker): ManifestNode {
    this.#onRead(`node:${reference.name}`)
    const found = this.#named.node(reference, from)
    if (found) return found
    const at = placeOf()
    const { name, package: packageName, version } = reference
    const shown = `${packageName === null ? '' : `${packageName}.`}${name}`
    const versions = this.#named.versionsOf(name)
    const disabledIn = this.#disabled.get(name)
    throw transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
      message: `${asker} depends on a node named '${shown}'${version === null ? '' : ` with version '${version}'`} which ${disabledIn ? 'is disabled' : 'was not found'}.`,
      data: { isDisabled: disabledIn !== undefined },
      at,
      frame: frame?.(at),
      hint: disabledIn
        ? `Enable it in ${disabledIn}, or in dbt_project.yml.`
        : versions.length > 0
          ? `It has the versions ${versions.join(', ')}.`
          : didYouMean(name, this.#named.names),
    })
  }

  /** @throws TRANSFORM_SOURCE_NOT_FOUND */
  source(sourceName: string, table: string, from: string, { asker, placeOf, frame }: Asker): ManifestSource {
    this.#onRead(`source:${sourceName}.${table}`)
    const found = this.#named.source(sourceName, table, from)
    if (found) return found
    const at = placeOf()
    const disabledIn = this.#disabled.get(`${sourceName}.${table}`)
    throw transformErrors.create('TRANSFORM_SOURCE_NOT_FOUND', {
      message: `${asker} depends on a source named '${sourceName}.${table}' which ${disabledIn ? 'is disabled' : 'was not found'}.`,
      data: { isDisabled: disabledIn !== undefined },
      at,
      frame: frame?.(at),
      hint: disabledIn
        ? `Enable it in ${disabledIn}.`
        : (didYouMean(`${sourceName}.${table}`, this.#named.sourceNames) ??
          `Declare it below \`sources:\` in a properties file of models.`),
    })
  }
}
