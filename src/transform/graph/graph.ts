import type { MillraceError } from '../../base/index.js'
import type { Manifest } from '../contract.js'
import { transformErrors } from '../errors.js'

/** Parents and children of every node, source, exposure and test. */
export function buildMaps(
  manifest: Pick<
    Manifest,
    'nodes' | 'sources' | 'exposures' | 'unit_tests' | 'metrics' | 'semantic_models' | 'saved_queries' | 'functions'
  >,
) {
  const parent: Record<string, string[]> = {}
  const child: Record<string, string[]> = {}
  const all = [
    manifest.nodes,
    manifest.sources,
    manifest.exposures,
    manifest.unit_tests,
    manifest.metrics,
    manifest.semantic_models,
    manifest.saved_queries,
    manifest.functions,
  ]
  for (const group of all)
    for (const [id, node] of Object.entries(group)) {
      const dependsOn = 'depends_on' in node ? (node.depends_on as { nodes: string[] } | undefined) : undefined
      parent[id] = [...new Set(dependsOn?.nodes ?? [])]
      child[id] ??= []
    }
  for (const [id, parents] of Object.entries(parent))
    for (const one of parents) {
      child[one] ??= []
      child[one].push(id)
    }
  for (const children of Object.values(child)) children.sort()
  return { parent, child }
}

/** The first circle of dependencies, as an error that shows it; undefined when there is none. */
export function findCycle(manifest: Pick<Manifest, 'nodes' | 'parent_map'>): MillraceError | undefined {
  const circle = firstCircle(manifest.parent_map)
  if (!circle) return undefined
  const [first = ''] = circle
  const node = manifest.nodes[first]
  const names = circle.map((id) => id.split('.').slice(2).join('.')).reverse()
  const files = circle.slice(1).flatMap((id) => manifest.nodes[id]?.original_file_path ?? [])
  return transformErrors.create('TRANSFORM_CYCLE', {
    message: `Found a cycle: ${names.join(' --> ')}`,
    at: node ? { file: node.original_file_path } : undefined,
    hint: `Remove one of these refs, or move the shared part to a model of its own that both can use. The files: ${files.join(', ')}.`,
  })
}

/** Depth first without recursion: graphs can be deeper than the stack. */
function firstCircle(parents: Readonly<Record<string, readonly string[]>>): string[] | undefined {
  const done = new Set<string>()
  const onPath = new Set<string>()
  for (const start of Object.keys(parents)) {
    if (done.has(start)) continue
    const path: { id: string; next: number }[] = [{ id: start, next: 0 }]
    onPath.add(start)
    while (path.length > 0) {
      const top = path[path.length - 1] as { id: string; next: number }
      const parent = parents[top.id]?.[top.next++]
      if (parent === undefined) {
        path.pop()
        onPath.delete(top.id)
        done.add(top.id)
      } else if (onPath.has(parent)) {
        const ids = path.map(({ id }) => id)
        return [...ids.slice(ids.indexOf(parent)), parent]
      } else if (!done.has(parent)) {
        path.push({ id: parent, next: 0 })
        onPath.add(parent)
      }
    }
  }
  return undefined
}
