import { PyDict, pairs, repr } from '../../../jinja/index.js'
import { Relation } from '../../adapter/relation.js'
import type { ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { isRefable } from '../../graph/resource-types.js'

/** What a materialization says that it made: `return({'relations': [...]})`. @throws TRANSFORM_COMPILE */
export function materializedRelations(result: unknown, node: ManifestNode): Relation[] {
  const relations = result instanceof PyDict ? result.get('relations') : undefined
  if (Array.isArray(relations) && (relations.every((one) => one instanceof Relation) || !isRefable(node)))
    return relations.filter((one): one is Relation => one instanceof Relation)
  if (!isRefable(node)) return []
  const invalid = 'Invalid return value from materialization,'
  const message = !(result instanceof PyDict)
    ? typeof result === 'string'
      ? `The materialization ("${String(node.config.materialized)}") did not explicitly return a list of relations to add to the cache.`
      : `${invalid} expected a dict with key 'relations', got: ${repr(result)}`
    : relations === undefined
      ? `${invalid} "relations" not found, got keys: ${repr([...pairs(result)].map(([key]) => key))}`
      : Array.isArray(relations)
        ? `${invalid} "relations" contains non-Relation: ${repr(relations.find((one) => !(one instanceof Relation)))}`
        : `${invalid} "relations" not a list, got: ${repr(relations)}`
  throw transformErrors.create('TRANSFORM_COMPILE', {
    message,
    at: { file: node.original_file_path },
    hint: "End the materialization with {{ return({'relations': [target_relation]}) }}.",
  })
}
