import type { MillraceError } from '../../base/index.js'
import type { Manifest } from '../contract.js'
import { transformErrors } from '../errors.js'
import { nameInId } from './shown-names.js'

/** The sections of the manifest whose members depend on each other, in the order in which dbt lists their edges. */
export const graphSections = [
  'nodes',
  'sources',
  'exposures',
  'functions',
  'metrics',
  'semantic_models',
  'saved_queries',
  'unit_tests',
] as const

/** A member of the graph with what it depends on. */
export interface GraphMember {
  readonly id: string
  readonly parents: readonly string[]
  readonly group: string | null
}

export interface GraphMaps {
  readonly parent: Record<string, string[]>
  readonly child: Record<string, string[]>
  readonly group: Record<string, string[]>
}

/** parent_map, child_map and group_map of the manifest; the members come section by section. */
export function graphMaps(members: readonly GraphMember[], groups: Iterable<string>): GraphMaps {
  const parent: Record<string, string[]> = {}
  const child: Record<string, string[]> = {}
  const group: Record<string, string[]> = Object.fromEntries([...groups].map((name) => [name, []]))
  for (const { id } of members) child[id] = []
  for (const one of members) {
    parent[one.id] = [...new Set(one.parents)].sort()
    for (const id of parent[one.id] as string[]) child[id]?.push(one.id)
    if (one.group !== null) group[one.group]?.push(one.id)
  }
  for (const children of Object.values(child)) children.sort()
  return { parent, child, group }
}

/** The members of the graph in a manifest. */
export function graphMembers(manifest: Pick<Manifest, (typeof graphSections)[number]>): GraphMember[] {
  return graphSections.flatMap((section) => Object.values<object>(manifest[section]).map(graphMember))
}

/** What the graph must know of a resource. */
export function graphMember(resource: object): GraphMember {
  const { unique_id, resource_type, depends_on, group } = resource as {
    readonly unique_id: string
    readonly resource_type: string
    readonly depends_on?: { readonly nodes?: readonly string[] }
    readonly group?: string | null
  }
  // dbt leaves functions out of its groups.
  const ownGroup = resource_type === 'function' ? null : (group ?? null)
  return { id: unique_id, parents: depends_on?.nodes ?? [], group: ownGroup }
}

/** The first circle of dependencies, as an error that shows it; undefined when there is none. */
export function findCycle(manifest: Pick<Manifest, 'nodes' | 'parent_map'>): MillraceError | undefined {
  const circle = firstCircle(manifest.parent_map)
  if (!circle) return undefined
  const [first = ''] = circle
  const node = manifest.nodes[first]
  const names = circle.map(nameInId).reverse()
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
