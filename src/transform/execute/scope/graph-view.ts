import { PyDict } from '../../../jinja/index.js'
import type { Manifest } from '../../contract.js'
import { toPython } from '../../python/values.js'

const parts = ['nodes', 'sources', 'exposures', 'metrics', 'groups', 'semantic_models', 'saved_queries'] as const

/** Stands for a part until somebody asks for it. */
const unmade = Symbol('unmade')

/**
 * `graph`: the manifest for templates. Each part is turned into dicts once, when somebody asks for it. It is one dict
 * for the whole run, as in dbt: packages keep in it what their hooks and tests tell each other.
 */
export class GraphView extends PyDict {
  readonly #manifest: Manifest

  constructor(manifest: Manifest) {
    super()
    this.#manifest = manifest
    for (const part of parts) this.set(part, unmade)
  }

  override get(key: unknown): unknown {
    const value = super.get(key)
    if (value !== unmade) return value
    const part = this.#manifest[key as (typeof parts)[number]] as Record<string, unknown>
    const made = PyDict.from(Object.entries(part).map(([id, node]) => [id, toPython(node)] as const))
    this.set(key, made)
    return made
  }

  override *values(): Generator<unknown> {
    for (const key of this.keys()) yield this.get(key)
  }

  override *[Symbol.iterator](): Generator<[unknown, unknown]> {
    for (const key of this.keys()) yield [key, this.get(key)]
  }
}
