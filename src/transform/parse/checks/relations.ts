import type { ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { isRefable } from '../../graph/resource-types.js'
import type { ParseScope } from '../scope/parse-scope.js'

/** The relation that a node makes and others read; undefined when it makes none of its own. */
export const ownRelation = (node: ManifestNode): string | undefined =>
  isRefable(node) ? (node.relation_name ?? undefined) : undefined

/** Two nodes that make one relation overwrite each other. */
export function checkRelations({ unresolved, diagnostics, knownRelation }: ParseScope): void {
  const makers = new Map<string, Pick<ManifestNode, 'unique_id' | 'original_file_path'>>()
  for (const { node } of unresolved) {
    const relation = ownRelation(node)
    if (relation === undefined) continue
    const other = makers.get(relation) ?? knownRelation?.(relation)
    makers.set(relation, other ?? node)
    if (other)
      diagnostics.error(
        transformErrors.create('TRANSFORM_DUPLICATE_NAME', {
          message: `dbt found two resources with the database representation "${relation}":\n- ${other.unique_id} (${other.original_file_path})\n- ${node.unique_id} (${node.original_file_path})`,
          at: { file: node.original_file_path },
          hint: 'Each would overwrite the other: give one another name, alias or schema.',
        }),
      )
  }
}
