import { nodeRelation } from '../../adapter/node-relation.js'
import type { Relation } from '../../adapter/relation.js'
import type { Manifest, ManifestNode } from '../../contract.js'
import type { ParsedProject } from '../../parse/parse-project.js'
import type { Deferral } from '../scope/execution-scope.js'
import type { Session } from './session.js'

/** The relation of a node in the environment that a former manifest tells of; undefined when it has none there. */
export function relationThere(
  { relations }: Pick<ParsedProject, 'relations'>,
  { nodes, functions }: Manifest,
  { unique_id }: ManifestNode,
): Relation | undefined {
  const called = functions[unique_id] as ManifestNode | undefined
  if (called) return nodeRelation(relations, called, { type: 'function' })
  const other = nodes[unique_id]
  return !other || other.config.materialized === 'ephemeral' ? undefined : nodeRelation(relations, other)
}

/**
 * With --defer: what `ref()` answers for a node that is not there in the target: its relation in the environment of the
 * former manifest. With `favorsState`, also for those that are there, unless this run makes them.
 */
export async function deferral(
  session: Session,
  former: Manifest,
  selected: ReadonlySet<string>,
  options: { readonly favorsState: boolean },
): Promise<Deferral> {
  const { cache, manifest } = session
  const places = new Map(
    Object.values(manifest.nodes).map(({ database, schema }) => [`${database}.${schema}`, { database, schema }]),
  )
  // So that a template needs not wait for an answer.
  await Promise.all([...places.values()].map(({ database, schema }) => cache.list(database, schema)))
  const isSelected = ({ unique_id }: ManifestNode) => selected.has(unique_id)
  return {
    ref: (node) => {
      // Its rows are computed where they are asked for, also by what was a table there.
      if (node.config.materialized === 'ephemeral') return undefined
      const isFavored = options.favorsState && !isSelected(node)
      if (!isFavored && cache.find(nodeRelation(session.project.relations, node)) !== null) return undefined
      return relationThere(session.project, former, node)
    },
    unlessSelected: (node) => (isSelected(node) ? undefined : relationThere(session.project, former, node)),
  }
}
