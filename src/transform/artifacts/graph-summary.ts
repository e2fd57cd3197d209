import type { Manifest } from '../contract.js'
import { belowAll, descendants, isDataTest } from '../graph/dependencies.js'

type Graph = Map<string, Set<string>>

/**
 * graph_summary.json: every node by a number, with its name, its type and the numbers of what reads it; for `build` a second time with
 * what waits for tests. Small enough to look at a graph without its manifest.
 */
export function graphSummary(manifest: Manifest, invocationId: string, { withTests }: { readonly withTests: boolean }) {
  const graph = linked(manifest)
  return {
    _invocation_id: invocationId,
    linked: summary(graph),
    ...(withTests ? { with_test_edges: summary(withTestEdges(graph, manifest)) } : {}),
  }
}

const sections = [
  'sources',
  'nodes',
  'semantic_models',
  'exposures',
  'functions',
  'metrics',
  'unit_tests',
  'saved_queries',
] as const

/** What reads each node. Only the ids are looked at: the nodes of a former parsing are still text. */
function linked(manifest: Manifest): Graph {
  const parents = manifest.parent_map
  const graph: Graph = new Map()
  const children = (id: string) => {
    const known = graph.get(id)
    if (known) return known
    const made = new Set<string>()
    graph.set(id, made)
    return made
  }
  for (const section of sections)
    for (const id of Object.keys(manifest[section])) {
      children(id)
      for (const parent of parents[id] ?? []) children(parent).add(id)
    }
  return graph
}

function summary(graph: Graph) {
  const numbers = new Map([...graph.keys()].map((id, i) => [id, i]))
  return Object.fromEntries(
    [...graph].map(([id, children], i) => {
      const succ = [...children].map((child) => numbers.get(child) as number)
      return [i, { name: id, type: id.slice(0, id.indexOf('.')), ...(succ.length > 0 ? { succ } : {}) }]
    }),
  )
}

/** A node waits for the tests of what it reads: for those of several nodes once all of these are above it. */
function withTestEdges(graph: Graph, { nodes, parent_map: parents }: Manifest): Graph {
  const result: Graph = new Map([...graph].map(([id, children]) => [id, new Set(children)]))
  const childrenOf = (id: string) => [...(graph.get(id) ?? [])].filter((child) => child in nodes && !isDataTest(child))
  for (const test of Object.keys(nodes)) {
    if (!isDataTest(test)) continue
    const tested = parents[test] ?? []
    const waiting = belowAll(tested, childrenOf)
    for (const id of tested.length > 1 ? firstOf(waiting, childrenOf) : waiting) result.get(test)?.add(id)
  }
  return result
}

/** Those that none of the others is above; what lies below them waits anyway. */
function firstOf(ids: readonly string[], childrenOf: (id: string) => readonly string[]): string[] {
  const covered = new Set(ids.flatMap((id) => [...descendants(id, childrenOf)]))
  return ids.filter((id) => !covered.has(id))
}
