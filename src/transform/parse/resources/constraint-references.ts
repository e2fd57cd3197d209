import type { ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'

/** `ref('orders')` or `source('shop', 'orders')` as the `to` of a foreign key. */
const call =
  /^\s*(ref|source)\s*\(\s*(['"])([^'"]+)\2\s*(?:,\s*(['"])([^'"]+)\4\s*)?(?:,\s*v(?:ersion)?\s*=\s*['"]?([\w.]+)['"]?\s*)?\)\s*$/

/**
 * The relations that foreign keys lead to must be there first: they are references as those in the SQL are.
 * @throws TRANSFORM_YAML_INVALID
 */
export function addConstraintReferences(node: ManifestNode): void {
  const all = [...(node.constraints ?? []), ...Object.values(node.columns).flatMap(({ constraints }) => constraints)]
  for (const { type, to } of all) {
    if (type !== 'foreign_key' || !to) continue
    const [, kind, , first, , second, version] = call.exec(String(to)) ?? []
    if (first === undefined || (kind === 'source' && second === undefined))
      throw transformErrors.create('TRANSFORM_YAML_INVALID', {
        message: `Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on model ${node.name}: ${String(to)}.`,
        hint: "Write, for example, `to: ref('orders')` or `to: source('shop', 'orders')`.",
      })
    if (kind === 'source') node.sources.push([first, second as string])
    else
      node.refs.push({
        name: second ?? first,
        package: second === undefined ? null : first,
        version: version ?? null,
      })
  }
}
