import { nodeRelation } from '../adapter/node-relation.js'
import type { Relation } from '../adapter/relation.js'
import type { Manifest, ManifestNode } from '../contract.js'
import type { Session } from './session.js'

const nameOf = ({ schema, alias }: Pick<ManifestNode, 'schema' | 'alias'>) => `${schema}\0${alias}`.toLowerCase()

/**
 * With --defer: what `ref()` answers for a node that is not part of this run and not there in the target: its relation in the
 * environment of the former manifest. With `favorsState`, also for those that are there.
 */
export async function deferral(
  session: Session,
  former: Manifest,
  selected: ReadonlySet<string>,
  options: { readonly favorsState: boolean; readonly signal?: AbortSignal | undefined },
): Promise<(node: ManifestNode) => Relation | undefined> {
  const schemas = [...new Set(Object.values(session.manifest.nodes).map(({ schema }) => schema))]
  const relations = await session.warehouse.listRelations({
    schemas,
    ...(options.signal && { signal: options.signal }),
  })
  const present = new Set(relations.map(({ schema, identifier }) => nameOf({ schema, alias: identifier })))
  return (node) => {
    const other = former.nodes[node.unique_id]
    if (!other || other.config.materialized === 'ephemeral' || selected.has(node.unique_id)) return undefined
    if (!options.favorsState && present.has(nameOf(node))) return undefined
    return nodeRelation(session.project.relations, other)
  }
}
