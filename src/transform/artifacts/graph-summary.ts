import type { Manifest } from '../contract.js'

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

const isTest = (id: string) => id.startsWith('test.')

/** A node waits for the tests of what it reads: for those of several nodes once all of these are above it. */
function withTestEdges(graph: Graph, { nodes, parent_map: parents }: Manifest): Graph {
  const result: Graph = new Map([...graph].map(([id, children]) => [id, new Set(children)]))
  const isExecutable = (id: string) => id in nodes && !isTest(id)
  const ofSeveral: { readonly test: string; readonly tested: readonly string[] }[] = []
  for (const test of Object.keys(nodes)) {
    if (!isTest(test)) continue
    const [first, ...others] = parents[test] ?? []
    if (first === undefined) continue
    if (others.length > 0) ofSeveral.push({ test, tested: [first, ...others] })
    else for (const child of graph.get(first) ?? []) if (isExecutable(child)) result.get(test)?.add(child)
  }
  for (const { test, tested } of ofSeveral)
    for (const id of waiting(graph, tested, isExecutable)) result.get(test)?.add(id)
  return result
}

/** The first nodes below all that a test reads; what lies below them waits for them anyway. */
function waiting(graph: Graph, tested: readonly string[], isExecutable: (id: string) => boolean): string[] {
  const [first, ...others] = tested.map((id) => below(graph, id, isExecutable))
  const common = [...(first ?? [])].filter((id) => others.every((one) => one.has(id)))
  const covered = new Set(common.flatMap((id) => [...below(graph, id, isExecutable)]))
  return common.filter((id) => !covered.has(id))
}

function below(graph: Graph, start: string, isExecutable: (id: string) => boolean): Set<string> {
  const found = new Set<string>()
  const next = [start]
  for (let id = next.pop(); id !== undefined; id = next.pop())
    for (const child of graph.get(id) ?? [])
      if (isExecutable(child) && !found.has(child)) {
        found.add(child)
        next.push(child)
      }
  return found
}
