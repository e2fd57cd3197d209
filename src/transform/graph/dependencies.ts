import type { Manifest } from '../contract.js'

/** What leads from node to node in a manifest; with nodes and sources, also from a source to the seed that loads its table. */
export type ManifestEdges = Pick<Manifest, 'parent_map' | 'child_map'> & Partial<Pick<Manifest, 'nodes' | 'sources'>>

export const isDataTest = (id: string) => id.startsWith('test.')
const isUnitTest = (id: string) => id.startsWith('unit_test.')
export const isTest = (id: string) => isDataTest(id) || isUnitTest(id)

/**
 * For each selected node: the selected nodes that it waits for. Ways through nodes that are not selected count. With
 * `testsBlock`, a node also waits for every test whose tested nodes are all above it, and a model for its unit tests.
 */
export function waitsFor(
  ids: ReadonlySet<string>,
  maps: ManifestEdges,
  options: { readonly testsBlock: boolean },
): Map<string, Set<string>> {
  const extra = options.testsBlock ? blockingTests(ids, maps) : new Map<string, string[]>()
  const seeds = seedsOfSources(maps)
  const parentsOf = (id: string): readonly string[] => {
    const own = isUnitTest(id) ? unitTestParents(id, maps) : (seeds.get(id) ?? maps.parent_map[id] ?? [])
    const more = extra.get(id)
    return more ? [...own, ...more] : own
  }
  const nearest = nearestSelected(ids, parentsOf)
  return new Map([...ids].map((id) => [id, nearest(id)]))
}

/**
 * Source → the seed that loads its table. Projects that seed what they read as a source mean it so, and with dbt it
 * only works because seeds happen to come first.
 */
function seedsOfSources({
  nodes = {},
  sources = {},
  parent_map,
}: ManifestEdges): ReadonlyMap<string, readonly string[]> {
  const place = (...parts: readonly (string | null)[]) => parts.join('\0').toLowerCase()
  const seeds = new Map<string, string>()
  for (const { unique_id, resource_type, database, schema, alias } of Object.values(nodes))
    if (resource_type === 'seed' && (parent_map[unique_id] ?? []).length === 0)
      seeds.set(place(database, schema, alias), unique_id)
  const found = new Map<string, readonly string[]>()
  for (const { unique_id, database, schema, identifier } of Object.values(sources)) {
    const seed = seeds.get(place(database, schema, identifier))
    if (seed !== undefined) found.set(unique_id, [seed])
  }
  return found
}

/** A unit test needs the columns of its model's inputs, not the model itself. */
function unitTestParents(id: string, { parent_map }: ManifestEdges): string[] {
  return (parent_map[id] ?? []).flatMap((model) => parent_map[model] ?? [])
}

/** Node → tests that must pass before it, but for exposures, which nothing is made of; children of children wait for them through their parents. */
function blockingTests(ids: ReadonlySet<string>, maps: ManifestEdges): Map<string, string[]> {
  const blocked = new Map<string, string[]>()
  const block = (node: string, test: string) => {
    const others = blocked.get(node)
    if (others) others.push(test)
    else blocked.set(node, [test])
  }
  const childrenOf = (id: string) => (maps.child_map[id] ?? []).filter((child) => !isTest(child))
  for (const test of ids) {
    const tested = maps.parent_map[test] ?? []
    if (isUnitTest(test)) for (const model of tested) block(model, test)
    else if (isDataTest(test))
      for (const node of belowAll(tested, childrenOf)) if (!node.startsWith('exposure.')) block(node, test)
  }
  return blocked
}

/** Nodes below every one of several, at least all those that have no other such node above them. */
export function belowAll(
  [first, ...others]: readonly string[],
  childrenOf: (id: string) => readonly string[],
): readonly string[] {
  if (first === undefined) return []
  if (others.length === 0) return childrenOf(first)
  const belowOthers = others.map((id) => descendants(id, childrenOf))
  return [...descendants(first, childrenOf)].filter((id) => belowOthers.every((below) => below.has(id)))
}

/** Everything below a node. */
export function descendants(id: string, childrenOf: (id: string) => readonly string[]): Set<string> {
  const found = new Set<string>()
  const todo = [id]
  for (let next = todo.pop(); next !== undefined; next = todo.pop())
    for (const child of childrenOf(next))
      if (!found.has(child)) {
        found.add(child)
        todo.push(child)
      }
  return found
}

/** The selected nodes first met when going up from a node; what lies above a node that is not selected is kept. */
function nearestSelected(ids: ReadonlySet<string>, parentsOf: (id: string) => readonly string[]) {
  const throughUnselected = new Map<string, Set<string>>()
  const above = (id: string): Set<string> => {
    const known = throughUnselected.get(id)
    if (known) return known
    const found = new Set<string>()
    throughUnselected.set(id, found)
    for (const parent of parentsOf(id))
      if (ids.has(parent)) found.add(parent)
      else for (const one of above(parent)) found.add(one)
    found.delete(id)
    return found
  }
  return above
}
