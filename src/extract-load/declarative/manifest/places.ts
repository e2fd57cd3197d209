import type { SourceLocation, YamlDocument } from '../../../base/index.js'

type Path = readonly (string | number)[]

/** Of what an object of the settled manifest was made. */
interface Made {
  /** What has the say: an object of the file, or one that was made itself. */
  readonly of: object
  /** Where `of` has no such key: what its `$ref` leads to. */
  readonly otherwise?: object | undefined
}

/** Where in the file something of the settled manifest comes from, through references and copies. */
export class Places {
  readonly #document: YamlDocument
  readonly #made = new WeakMap<object, Made>()
  #paths: Map<object, Path> | undefined

  constructor(document: YamlDocument) {
    this.#document = document
  }

  /** Keeps in mind that an object was made of another. */
  made(object: object, of: object, otherwise?: object): void {
    if (object !== of) this.#made.set(object, { of, otherwise })
  }

  /** Whether a key of an object is written in the file, instead of having come to it. */
  isWritten(object: object, key: string): boolean {
    const made = this.#made.get(object)
    if (!made) return Object.hasOwn(object, key)
    return this.isWritten(made.of, key) || (made.otherwise !== undefined && this.isWritten(made.otherwise, key))
  }

  /** Where the value under a path of the settled manifest stands; its nearest parent that is written. */
  locate(root: object, path: readonly PropertyKey[]): SourceLocation {
    let holder: object = root
    let [found, key] = [root, undefined as string | number | undefined]
    for (const part of path) {
      if (typeof part === 'symbol') break
      ;[found, key] = [holder, part]
      const next = (holder as Readonly<Record<string, unknown>>)[part]
      if (typeof next !== 'object' || next === null) break
      holder = next
    }
    return this.#document.locate(this.#pathOf(found, key))
  }

  #pathOf(object: object, key: string | number | undefined): Path {
    const made = this.#made.get(object)
    if (made) {
      const { of, otherwise } = made
      const isOther = key !== undefined && otherwise !== undefined && !this.isWritten(of, String(key))
      return this.#pathOf(isOther && this.isWritten(otherwise, String(key)) ? otherwise : of, key)
    }
    this.#paths ??= pathsOf(this.#document.value)
    const path = this.#paths.get(object) ?? []
    return key === undefined || !Object.hasOwn(object, key) ? path : [...path, key]
  }
}

function pathsOf(value: unknown): Map<object, Path> {
  const paths = new Map<object, Path>()
  const visit = (one: unknown, path: Path): void => {
    if (typeof one !== 'object' || one === null || paths.has(one)) return
    paths.set(one, path)
    if (Array.isArray(one)) for (const [i, item] of one.entries()) visit(item, [...path, i])
    else for (const [key, item] of Object.entries(one)) visit(item, [...path, key])
  }
  visit(value, [])
  return paths
}
