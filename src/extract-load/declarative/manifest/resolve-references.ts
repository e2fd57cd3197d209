import { isMapping } from '../../../base/index.js'
import type { Places } from './places.js'
import type { Problem } from './problem.js'

const referenceKey = '$ref'
/** Fields with values of a config: what looks like a reference in them is none. */
const withoutReferences = new Set(['config_overrides'])

type Path = readonly (string | number)[]

/** A place in the manifest, by its way back to the root: paths are only written out where something is wrong. */
interface Step {
  readonly from: Step | undefined
  readonly key: string | number
}

function pathOf(step: Step | undefined): Path {
  const path: (string | number)[] = []
  for (let at = step; at; at = at.from) path.unshift(at.key)
  return path
}

/**
 * The manifest with what its references lead to in their places, as the CDK's resolver has it: every text that begins with `#/` is
 * one. Beside a `$ref` its neighbours win over what it leads to.
 */
export function resolveReferences(
  manifest: unknown,
  places: Places,
): { readonly value: unknown; readonly problems: readonly Problem[] } {
  const resolver = new ReferenceResolver(manifest, places)
  return { value: resolver.evaluate(manifest, undefined), problems: resolver.problems }
}

/** A hundred times what the largest manifests have: one that repeats itself this often is meant to do harm, or is a mistake. */
const mostNodes = 10_000_000

class ReferenceResolver {
  readonly problems: Problem[] = []
  readonly #manifest: unknown
  readonly #places: Places
  /** What each reference leads to is settled once, and stands in many places. */
  readonly #known = new Map<string, unknown>()
  readonly #underway: string[] = []
  /** How many values are in what was settled, counting each as often as it stands there. */
  readonly #sizes = new WeakMap<object, number>()

  constructor(manifest: unknown, places: Places) {
    this.#manifest = manifest
    this.#places = places
  }

  evaluate(node: unknown, at: Step | undefined): unknown {
    if (typeof node === 'string') return node.startsWith('#/') ? this.#follow(node, at) : node
    if (Array.isArray(node)) return this.#list(node, at)
    return isMapping(node) ? this.#mapping(node, at) : node
  }

  #list(node: readonly unknown[], from: Step | undefined): unknown {
    const items = node.map((item, i) => this.evaluate(item, { from, key: i }))
    const isSame = items.every((item, i) => item === node[i])
    if (!isSame) this.#places.made(items, node)
    return this.#counted(isSame ? node : items, from)
  }

  #mapping(node: Readonly<Record<string, unknown>>, from: Step | undefined): unknown {
    const own: Record<string, unknown> = {}
    let isSame = true
    for (const key of Object.keys(node)) {
      if (key === referenceKey) continue
      const value = withoutReferences.has(key) ? node[key] : this.evaluate(node[key], { from, key })
      if (value !== node[key]) isSame = false
      own[key] = value
    }
    if (Object.hasOwn(node, referenceKey)) {
      const found = this.evaluate(node[referenceKey], { from, key: referenceKey })
      if (!isMapping(found)) return found
      const merged = { ...found, ...own }
      this.#places.made(merged, node, found)
      return this.#counted(merged, from)
    }
    if (!isSame) this.#places.made(own, node)
    return this.#counted(isSame ? node : own, from)
  }

  /** References are followed once, and what they lead to is walked over wherever it stands. */
  #counted(value: object, at: Step | undefined): unknown {
    let size = 1
    for (const item of Object.values(value))
      size += typeof item === 'object' && item !== null ? (this.#sizes.get(item) ?? 1) : 1
    this.#sizes.set(value, size)
    return size <= mostNodes ? value : this.#wrong(at, 'references repeat each other until nothing is left of memory')
  }

  #follow(reference: string, at: Step | undefined): unknown {
    if (this.#known.has(reference)) return this.#known.get(reference)
    if (this.#underway.includes(reference)) {
      const loop = [...this.#underway.slice(this.#underway.indexOf(reference)), reference]
      return this.#wrong(at, `the reference leads back to itself: ${loop.join(' → ')}`)
    }
    const target = valueBehind(reference.slice(2), this.#manifest)
    if (!target) return this.#wrong(at, `nothing is there that the reference \`${reference}\` leads to`)
    this.#underway.push(reference)
    const value = this.evaluate(target.value, target.at)
    this.#underway.pop()
    this.#known.set(reference, value)
    return value
  }

  #wrong(at: Step | undefined, message: string): undefined {
    this.problems.push({ path: pathOf(at), message })
    return undefined
  }
}

/** A key may have slashes in it: at each level the longest one is tried first, the whole rest. */
function valueBehind(
  reference: string,
  manifest: unknown,
): { readonly value: unknown; readonly at: Step | undefined } | undefined {
  let at: Step | undefined
  let value = manifest
  let rest = reference.split('\n')[0] ?? ''
  while (rest !== '') {
    if (isMapping(value) && Object.hasOwn(value, rest)) return { value: value[rest], at: { from: at, key: rest } }
    const slash = rest.indexOf('/')
    const head = slash < 0 ? rest : rest.slice(0, slash)
    rest = slash < 0 ? '' : rest.slice(slash + 1)
    const key = Array.isArray(value) ? placeInList(head, value.length) : head
    if (key === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[key]
    at = { from: at, key }
  }
  return { value, at }
}

function placeInList(text: string, length: number): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined
  const index = Number(text)
  return index < 0 ? length + index : index
}
