import type { Manifest, ManifestNode } from '../contract.js'

/** A model's key: what its constraints say, else the columns that are tested to be unique (and not null, if any is). */
export function inferPrimaryKeys(manifest: Manifest): void {
  const unique = new Map<string, Set<string>>()
  const notNull = new Map<string, Set<string>>()
  for (const node of Object.values(manifest.nodes)) {
    const name = node.test_metadata?.name
    if (!node.attached_node || typeof node.column_name !== 'string') continue
    const found = name === 'unique' ? unique : name === 'not_null' ? notNull : undefined
    if (!found) continue
    const columns = found.get(node.attached_node) ?? new Set<string>()
    columns.add(node.column_name)
    found.set(node.attached_node, columns)
  }
  for (const node of Object.values(manifest.nodes))
    if (node.resource_type === 'model')
      node.primary_key = keyOf(node, unique.get(node.unique_id), notNull.get(node.unique_id))
}

function keyOf(node: ManifestNode, unique = new Set<string>(), notNull = new Set<string>()): string[] {
  const ofModel = node.constraints?.find(({ type }) => type === 'primary_key')
  if (ofModel && Array.isArray(ofModel.columns)) return ofModel.columns.map(String)
  const ofColumn = Object.values(node.columns).find(({ constraints }) =>
    constraints.some(({ type }) => type === 'primary_key'),
  )
  if (ofColumn) return [ofColumn.name]
  const both = [...unique].filter((column) => notNull.has(column))
  return both.length > 0 ? both : [...unique]
}
