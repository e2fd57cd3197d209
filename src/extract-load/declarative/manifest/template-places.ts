import { isMapping } from '../../../base/index.js'
import type { LocateTemplate, Mapping } from '../component-contract.js'
import type { Places } from './places.js'

type Path = readonly (string | number)[]

/** Finds where templates stand that failed: nothing of it is looked up before one does. */
export const templatePlaces =
  (root: Mapping, places: Places): LocateTemplate =>
  (owner, text) => {
    const path = pathOfOwner(root, owner)
    const inside = path && pathOfText(owner, text)
    // A component that a dynamic stream made, or that another one made of its own, is not in the manifest; what it was made of is.
    const found = inside ? [...path, ...inside] : pathOfText(streamsOf(root), text)
    if (!found) return undefined
    const holders = holdersOf(root, found)
    const component = holders.find(({ type }) => typeof type === 'string')?.type
    // What a dynamic stream makes has another name than its template, and where a text stands in several streams nobody knows of which it is.
    const stream =
      !inside || found[0] === 'dynamic_streams'
        ? undefined
        : holders.find(({ type, name }) => streamTypes.has(type) && typeof name === 'string')?.name
    return {
      at: places.locate(root, found),
      of: [
        typeof component === 'string' && !streamTypes.has(component) ? component : undefined,
        typeof stream === 'string' ? `the stream \`${stream}\`` : undefined,
      ]
        .filter(Boolean)
        .join(' of '),
    }
  }

const streamTypes = new Set<unknown>(['DeclarativeStream', 'StateDelegatingStream'])

/** What is read; what stands below `definitions` is there by its references. */
const streamsOf = ({ streams, dynamic_streams, ...others }: Mapping): Mapping => ({
  streams,
  dynamic_streams,
  check: others.check,
  spec: others.spec,
})

function pathOfOwner(root: Mapping, owner: object): Path | undefined {
  if (owner === root) return []
  return search(streamsOf(root), (value) => value === owner) ?? search(root, (value) => value === owner)
}

const pathOfText = (holder: object, text: string): Path | undefined => search(holder, (value) => value === text, text)

/** The path to the first value that fits, or that stands under a key which is the text. */
function search(root: object, fits: (value: unknown) => boolean, text?: string): Path | undefined {
  const seen = new Set<object>()
  const walk = (value: object): Path | undefined => {
    if (seen.has(value)) return undefined
    seen.add(value)
    for (const [key, item] of Object.entries(value)) {
      const step = Array.isArray(value) ? Number(key) : key
      if (fits(item) || key === text) return [step]
      const below = typeof item === 'object' && item !== null ? walk(item) : undefined
      if (below) return [step, ...below]
    }
    return undefined
  }
  return walk(root)
}

/** The mappings around a path, the nearest one first. */
function holdersOf(root: Mapping, path: Path): readonly Mapping[] {
  const holders: Mapping[] = []
  let at: unknown = root
  for (const part of path) {
    if (isMapping(at)) holders.unshift(at)
    at = (at as Readonly<Record<string | number, unknown>>)[part]
  }
  return holders
}
