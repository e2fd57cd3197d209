import type { AssetSummary } from '../../../../src/server/contract/index.js'

/** What a filter means: the assets, and whether a run understands the same words. */
export interface Selected {
  readonly keys: ReadonlySet<string>
  /** Every word is one of the selection syntax that the command line and runs take, too. */
  readonly isSelection: boolean
}

/**
 * Whether only the server can say what a filter means: one with parentheses, or with methods of dbt's. It tells all others from the
 * assets that are here, which is quicker, and knows what runs do not: `status:x`, and any part of a key.
 */
export const needsServer = (filter: string): boolean =>
  !/(^|\s|,)status:/.test(withoutQuoted(filter)) &&
  /[()]|(^|[\s,+])(?!(?:key|group|tag|kind|owner):)[a-z_]+(?:\.[\w.]+)?:/.test(withoutQuoted(filter))

/** What stands in quotes is a name, whatever is in it. */
const withoutQuoted = (text: string) => text.replace(/"[^"]*"/g, '""')

/** What stands between blanks, and between the commas of such a word; neither counts in quotes. One that is being typed is not closed yet. */
const wordsOf = (text: string): string[] => text.match(/(?:"[^"]*(?:"|$)|[^\s"])+/g) ?? []
const partsOf = (word: string): string[] => word.match(/(?:"[^"]*(?:"|$)|[^,"])+/g) ?? []

/**
 * The assets that a filter means, in the words of `millrace materialize`: `*`, keys with wildcards, `+key`, `key+2`,
 * `group:x`, `tag:x`, `kind:x`, `owner:x`; a comma narrows, then `and`; a blank or `or` joins, and `not` between two takes away. Beyond
 * that, `status:x`, and any part of a key: whoever searches need not know the whole.
 */
export function select(assets: readonly AssetSummary[], filter: string): Selected {
  const words = wordsOf(filter)
  const all = () => new Set(assets.map((asset) => asset.key))
  if (words.length === 0) return { keys: all(), isSelection: true }
  const graph = new Neighbours(assets)
  let isSelection = true
  const take = (...joining: readonly string[]) =>
    joining.includes(words[0]?.toLowerCase() ?? '') ? words.shift()?.toLowerCase() : undefined
  const negation = (): Set<string> => {
    if (!take('not')) return narrowed(words.shift() ?? '')
    const found = negation()
    return new Set([...all()].filter((key) => !found.has(key)))
  }
  const narrowed = (word: string): Set<string> => {
    const parts = partsOf(word)
    const found = parts.map((part) => term(assets, graph, part))
    isSelection &&= found.every((part) => part.isSelection && part.keys.size > 0)
    return inAll(found.map((part) => part.keys))
  }
  const conjunction = (): Set<string> => {
    const parts = [negation()]
    while (take('and')) parts.push(negation())
    return inAll(parts)
  }
  let keys = conjunction()
  while (words.length > 0) {
    const isLess = take('not', 'or') === 'not'
    const found = conjunction()
    keys = isLess ? new Set([...keys].filter((key) => !found.has(key))) : new Set([...keys, ...found])
  }
  return { keys, isSelection }
}

const inAll = ([first = new Set(), ...rest]: readonly ReadonlySet<string>[]): Set<string> =>
  new Set([...first].filter((key) => rest.every((set) => set.has(key))))

function term(assets: readonly AssetSummary[], graph: Neighbours, text: string): Selected {
  const [, depthUp = '', up, body = '', down, depthDown = ''] = /^(?:(\d*)(\+))?(.*?)(?:(\+)(\d*))?$/s.exec(text) ?? []
  const { found, isSelection } = matching(assets, body)
  const keys = new Set(found)
  const depth = (digits: string) => (digits === '' ? Number.POSITIVE_INFINITY : Number(digits))
  if (up) for (const key of graph.reach(found, 'up', depth(depthUp))) keys.add(key)
  if (down) for (const key of graph.reach(found, 'down', depth(depthDown))) keys.add(key)
  return { keys, isSelection }
}

function matching(assets: readonly AssetSummary[], body: string): { found: string[]; isSelection: boolean } {
  const [, field, quoted] = /^(key|group|tag|kind|owner|status):(.*)$/s.exec(body) ?? []
  const value = (quoted ?? body).replace(/^"([^"]*)"?$/, '$1')
  const is = wildcard(value)
  const keys = (test: (asset: AssetSummary) => boolean) => assets.filter(test).map((asset) => asset.key)
  if (field === 'group') return { found: keys((asset) => is(asset.group)), isSelection: true }
  if (field === 'tag') return { found: keys((asset) => asset.tags.some(is)), isSelection: true }
  if (field === 'kind') return { found: keys((asset) => asset.kinds.some(is)), isSelection: true }
  if (field === 'owner') return { found: keys((asset) => asset.owners.some(is)), isSelection: true }
  if (field === 'status') return { found: keys((asset) => is(asset.health)), isSelection: false }
  // A key that is written in full is meant, also where it has a `*` itself.
  if (assets.some((asset) => asset.key === value)) return { found: [value], isSelection: true }
  const exact = keys((asset) => is(asset.key))
  if (exact.length > 0) return { found: exact, isSelection: true }
  const byName = value.includes('/') ? [] : keys((asset) => is(shortName(asset.key)))
  if (byName.length > 0) return { found: byName, isSelection: true }
  const part = value.toLowerCase()
  return { found: keys((asset) => asset.key.toLowerCase().includes(part)), isSelection: false }
}

/** The last part of a key: what people call it. */
export const shortName = (key: string) => key.slice(key.lastIndexOf('/') + 1)

/** What people call each of some assets: the last part of its key, or all of it where another one has the same. */
export function shownNames(keys: readonly string[]): (key: string) => string {
  const seen = new Set<string>()
  const several = new Set<string>()
  for (const name of keys.map(shortName)) (seen.has(name) ? several : seen).add(name)
  return (key) => (several.has(shortName(key)) ? key : shortName(key))
}

function wildcard(pattern: string): (text: string) => boolean {
  if (!pattern.includes('*')) return (text) => text === pattern
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  const regex = new RegExp(`^${parts.join('.*')}$`)
  return (text) => regex.test(text)
}

/** Who needs whom, in both directions. */
export class Neighbours {
  readonly #up = new Map<string, readonly string[]>()
  readonly #down = new Map<string, string[]>()

  constructor(nodes: readonly { readonly key: string; readonly deps: readonly string[] }[]) {
    for (const { key, deps } of nodes) {
      this.#up.set(key, deps)
      for (const dep of deps) {
        const children = this.#down.get(dep)
        if (children) children.push(key)
        else this.#down.set(dep, [key])
      }
    }
  }
  up(key: string): readonly string[] {
    return this.#up.get(key) ?? []
  }
  down(key: string): readonly string[] {
    return this.#down.get(key) ?? []
  }
  reach(from: readonly string[], direction: 'up' | 'down', depth = Number.POSITIVE_INFINITY): Set<string> {
    const found = new Set(from)
    let level: readonly string[] = from
    for (let i = 0; i < depth && level.length > 0; i++) {
      const next: string[] = []
      for (const key of level)
        for (const other of direction === 'up' ? this.up(key) : this.down(key))
          if (!found.has(other)) {
            found.add(other)
            next.push(other)
          }
      level = next
    }
    return found
  }
}
