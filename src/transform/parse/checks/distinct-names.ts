import type { ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { isRefable, refableTypes } from '../../graph/resource-types.js'
import type { ParseScope } from '../scope/parse-scope.js'

/** A model and a seed of one name: `ref()` cannot tell them apart. @throws TRANSFORM_DUPLICATE_NAME with the flag */
export function checkDistinctNames(scope: ParseScope): void {
  for (const { node, own } of scope.unresolved)
    if (isRefable(node) && node.version == null)
      scope.tracker.again(own, node.original_file_path, () => checkName(scope, node))
}

function checkName({ references, invocation, diagnostics }: ParseScope, node: ManifestNode): void {
  const rank = ({ resource_type }: ManifestNode) => (refableTypes as readonly string[]).indexOf(resource_type)
  const [first] = references
    .nodesNamed(node.name)
    .filter((one) => one.package_name === node.package_name && one.version == null && rank(one) >= 0)
    .filter((one) => rank(one) < rank(node))
    .sort((one, other) => rank(other) - rank(one))
  if (!first) return
  const at = { file: node.original_file_path }
  const message = `dbt found two resources with the name "${node.name}":\n- ${first.unique_id} (${first.original_file_path})\n- ${node.unique_id} (${node.original_file_path})`
  if (invocation.flags.require_unique_project_resource_names === true)
    diagnostics.error(transformErrors.create('TRANSFORM_DUPLICATE_NAME', { message, at, hint: 'Rename one of them.' }))
  else
    diagnostics.warn({
      code: 'TRANSFORM_DUPLICATE_NAME',
      message,
      event: {
        name: 'DuplicateNameDistinctNodeTypesDeprecation',
        data: {
          resource_name: node.name,
          package_name: node.package_name,
          unique_id1: first.unique_id,
          unique_id2: node.unique_id,
        },
      },
      at,
    })
}
