import { PyDict, PyTuple, str } from '../../../jinja/index.js'
import type { Manifest } from '../../contract.js'
import { toPython } from '../../python/values.js'

const parts = ['nodes', 'sources', 'exposures', 'metrics', 'groups', 'semantic_models', 'saved_queries'] as const

/** `graph`: the manifest for templates. Each part is turned into dicts once, when somebody asks for it. */
export class GraphView {
  readonly pythonType = 'dict'
  readonly #manifest: Manifest
  readonly #made = new Map<string, PyDict>()

  constructor(manifest: Manifest) {
    this.#manifest = manifest
  }

  #part(name: string): PyDict | undefined {
    if (!(parts as readonly string[]).includes(name)) return undefined
    let made = this.#made.get(name)
    if (!made) {
      const values = this.#manifest[name as (typeof parts)[number]] as Record<string, unknown>
      made = PyDict.from(Object.entries(values).map(([id, value]) => [id, toPython(value)] as const))
      this.#made.set(name, made)
    }
    return made
  }

  jinjaItem(key: unknown): unknown {
    return this.#part(str(key))
  }
  jinjaAttribute(name: string): unknown {
    switch (name) {
      case 'get':
        return (key: unknown, fallback: unknown = null) => this.#part(str(key)) ?? fallback
      case 'keys':
        return () => [...parts]
      case 'values':
        return () => parts.map((part) => this.#part(part))
      case 'items':
        return () => parts.map((part) => PyTuple.fromArray([part, this.#part(part)]))
    }
    return this.#part(name)
  }
}
