import { nearest, splitOutsideQuotes } from '../../base/index.js'
import type { AssetKey, AssetSpec, Definitions } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { notKnownSince } from './broken-parts.js'
import { dbtSelectorOf, dbtSelectorsOf } from './dbt-selectors.js'
import { parseSelection, type SelectionTree } from './selection-syntax.js'

/** What stands between the blanks of a selection. */
export const selectionWords = (selection: string): string[] =>
  splitOutsideQuotes(selection, /\s/).filter((word) => word !== '')

/** What is written as it is: whatever could be read as something else stands in quotes. */
const plainKey = /^(?!(?:or|and|not)$)[\w.$/-]+$/

/** The selection of some assets. */
export const selectionOf = (keys: readonly AssetKey[]): string =>
  keys.map((key) => (plainKey.test(key) ? key : `"${key}"`)).join(' ')

type Graph = Pick<Definitions, 'assets' | 'dbtSelections'> & Partial<Pick<Definitions, 'broken'>>
type DbtSelections = NonNullable<Definitions['dbtSelections']>

/**
 * The assets that a selection means: `*`, keys with wildcards, `+key`, `key+`, `2+key+1`, `group:x`, `tag:x`, `kind:x`, `owner:x`,
 * dbt's methods where it was asked, joined as `parseSelection` says.
 * @throws SELECTION_INVALID for a part that names nothing
 */
export function selectAssets(definitions: Graph, selection: string): Set<AssetKey> {
  return new Selecting(definitions).assetsOf(parseSelection(selection))
}

/** A selection that means the same later on, whatever dbt says then. @throws SELECTION_INVALID */
export const withoutDbt = (definitions: Graph, selection: string): string =>
  dbtSelectorsOf(selection).length === 0 ? selection : selectionOf([...selectAssets(definitions, selection)])

type Joined = Extract<SelectionTree, { readonly left: SelectionTree }>

class Selecting {
  readonly #graph: AssetGraph
  readonly #definitions: Graph

  constructor(definitions: Graph) {
    this.#graph = AssetGraph.of(definitions.assets)
    this.#definitions = definitions
  }

  assetsOf(tree: SelectionTree): Set<AssetKey> {
    // A list of ten thousand names leans to the left: taken one after the other, neither copied nor called within each other.
    const joined: Joined[] = []
    let first = tree
    for (; 'left' in first; first = first.left) joined.push(first)
    let found = this.#own(first)
    for (const { type, right } of joined.reverse()) {
      const others = this.assetsOf(right)
      if (type === 'and') found = new Set([...found].filter((key) => others.has(key)))
      else for (const key of others) type === 'or' ? found.add(key) : found.delete(key)
    }
    return found
  }

  #own(tree: Exclude<SelectionTree, Joined>): Set<AssetKey> {
    const graph = this.#graph
    switch (tree.type) {
      case 'term':
        return graph.term(tree.text, this.#definitions)
      case 'not': {
        const found = this.assetsOf(tree.of)
        return new Set([...graph.assets.keys()].filter((key) => !found.has(key)))
      }
      case 'roots':
      case 'sinks': {
        const found = this.assetsOf(tree.of)
        const near = (key: AssetKey) => (tree.type === 'roots' ? graph.parents(key) : graph.children(key))
        return new Set([...found].filter((key) => !near(key).some((one) => one !== key && found.has(one))))
      }
      case 'reach': {
        const found = this.assetsOf(tree.of)
        const [up, down] = [graph.reach([...found], 'up', tree.up), graph.reach([...found], 'down', tree.down)]
        return new Set([...found, ...up, ...down])
      }
    }
  }
}

/** Assets with their neighbours in both directions. */
export class AssetGraph {
  readonly assets: ReadonlyMap<AssetKey, AssetSpec>
  readonly #children = new Map<AssetKey, AssetKey[]>()
  static readonly #known = new WeakMap<readonly AssetSpec[], AssetGraph>()

  /** Made once for the assets of some definitions: each run asks for it, and there may be ten thousand of them. */
  static of(assets: readonly AssetSpec[]): AssetGraph {
    const graph = AssetGraph.#known.get(assets) ?? new AssetGraph(assets)
    AssetGraph.#known.set(assets, graph)
    return graph
  }

  private constructor(assets: readonly AssetSpec[]) {
    this.assets = new Map(assets.map((asset) => [asset.key, asset]))
    for (const asset of assets)
      for (const dep of asset.deps) {
        const known = this.#children.get(dep)
        if (known) known.push(asset.key)
        else this.#children.set(dep, [asset.key])
      }
  }

  parents(key: AssetKey): readonly AssetKey[] {
    return (this.assets.get(key)?.deps ?? []).filter((dep) => this.assets.has(dep))
  }
  children(key: AssetKey): readonly AssetKey[] {
    return this.#children.get(key) ?? []
  }

  reach(from: readonly AssetKey[], direction: 'up' | 'down', depth: number): Set<AssetKey> {
    const found = new Set(from)
    let level = [...from]
    for (let i = 0; i < depth && level.length > 0; i++) {
      // Each asset once: one that is reached on two ways would double everything beyond it.
      const next: AssetKey[] = []
      for (const key of level.flatMap((one) => (direction === 'up' ? this.parents(one) : this.children(one)))) {
        if (found.has(key)) continue
        found.add(key)
        next.push(key)
      }
      level = next
    }
    return found
  }

  term(text: string, { dbtSelections = {}, broken = [] }: Omit<Graph, 'assets'> = {}): Set<AssetKey> {
    const [, depthUp = '', up, body = '', down, depthDown = ''] =
      /^(?:(\d*)(\+))?(.*?)(?:(\+)(\d*))?$/s.exec(text) ?? []
    const matched = this.#matching(body, dbtSelections)
    if (this.assets.size === 0)
      throw orchestrateErrors.create('SELECTION_INVALID', {
        message: 'The project has no assets yet.',
        hint: 'Add a connection below extract_load/, or a model to the dbt project.',
      })
    if (matched.length === 0)
      throw orchestrateErrors.create('SELECTION_INVALID', {
        message: `No asset matches \`${body}\`.`,
        hint:
          dbtSelectorOf(body) === undefined
            ? [...broken.flatMap(notKnownSince), this.similar(body)].join(' ')
            : `\`millrace dbt ls --select "${dbtSelectorOf(body)}"\` shows what dbt understands.`,
      })
    const found = new Set(matched)
    const depth = (digits: string) => (digits === '' ? Number.POSITIVE_INFINITY : Number(digits))
    if (up) for (const key of this.reach(matched, 'up', depth(depthUp))) found.add(key)
    if (down) for (const key of this.reach(matched, 'down', depth(depthDown))) found.add(key)
    return found
  }

  #matching(body: string, dbt: DbtSelections): readonly AssetKey[] {
    const selector = this.assets.has(body) ? undefined : dbtSelectorOf(body)
    if (selector !== undefined) {
      const found = dbt[selector]
      if (found) return found.filter((key) => this.assets.has(key))
      throw orchestrateErrors.create('SELECTION_INVALID', {
        message: `What \`${body}\` means only dbt can say, and it is not asked here.`,
        hint: 'dbt is asked for runs, backfills, `millrace assets` and targets.',
      })
    }
    const [, field, quoted] = /^(key|group|tag|kind|owner):(.+)$/s.exec(body) ?? []
    const value = (quoted ?? body).replace(/^"(.*)"$/, '$1')
    if ((field === undefined || field === 'key') && !value.includes('*') && this.assets.has(value)) return [value]
    const all = [...this.assets.values()]
    const is = (candidate: string) => matchesWildcard(value, candidate)
    const keys = (test: (asset: AssetSpec) => boolean) => all.filter(test).map((asset) => asset.key)
    if (field === 'group') return keys((asset) => is(asset.group))
    if (field === 'tag') return keys((asset) => asset.tags.some(is))
    if (field === 'kind') return keys((asset) => asset.kinds.some(is))
    if (field === 'owner') return keys((asset) => asset.owners.some(is))
    // A key that is written in full is meant, also where it has a `*` itself.
    if (this.assets.has(value)) return [value]
    const exact = keys((asset) => is(asset.key))
    // The last part of a key is enough where it is unique: `mart_delays` for `main/mart_delays`.
    return exact.length > 0 || value.includes('/') ? exact : keys((asset) => is(asset.key.split('/').at(-1) ?? ''))
  }

  /** A hint that names assets with a key like this one. */
  similar(body: string): string {
    const keys = [...this.assets.keys()]
    const last = (key: string) => key.split('/').at(-1) ?? key
    const near = body.includes('/')
      ? nearest(body, keys)
      : nearest(body, [...new Set(keys.map(last))]).flatMap((name) => keys.filter((key) => last(key) === name))
    return near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : '`millrace assets` and the Lineage page list every asset.'
  }
}

/** Without a regular expression: many `*` would make one try more ways than there is time for. */
function matchesWildcard(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === text
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}
