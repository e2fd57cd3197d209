import type { ManifestNode } from '../contract.js'

/** `ref('orders')` or `source('shop', 'orders')` as the `to` of a foreign key. */
const call =
  /^\s*(ref|source)\s*\(\s*(['"])([^'"]+)\2\s*(?:,\s*(['"])([^'"]+)\4\s*)?(?:,\s*v(?:ersion)?\s*=\s*['"]?([\w.]+)['"]?\s*)?\)\s*$/

/** The relations that foreign keys lead to must be there first: they are references as those in the SQL are. */
export function addConstraintReferences(node: ManifestNode): void {
  const all = [...(node.constraints ?? []), ...Object.values(node.columns).flatMap(({ constraints }) => constraints)]
  for (const { to } of all) {
    const [, kind, , first, , second, version] = (typeof to === 'string' && call.exec(to)) || []
    if (first === undefined) continue
    if (kind === 'source') {
      if (second !== undefined) node.sources.push([first, second])
    } else
      node.refs.push({
        name: second ?? first,
        package: second === undefined ? null : first,
        version: version ?? null,
      })
  }
}
