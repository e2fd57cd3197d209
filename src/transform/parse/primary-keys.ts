import type { Manifest, ManifestNode } from '../contract.js'

/** A test that may tell a key: what it tests, `unique` or `not_null`, and the column. */
export type KeyTest = readonly [attached: string, test: string, column: string]

export function keyTestOf({ test_metadata, attached_node, column_name }: ManifestNode): KeyTest | null {
  const test = test_metadata?.name
  if (!attached_node || typeof column_name !== 'string') return null
  return test === 'unique' || test === 'not_null' ? [attached_node, test, column_name] : null
}

/** A model's key: what its constraints say, else the columns that are tested to be unique (and not null, if any is). */
export function inferPrimaryKeys(manifest: Manifest): void {
  const nodes = Object.values(manifest.nodes)
  const keys = new TestedKeys()
  for (const node of nodes) keys.add(keyTestOf(node))
  for (const node of nodes) if (node.resource_type === 'model') node.primary_key = keys.keyOf(node)
}

/** The columns of each model that tests say to be unique or not null. */
export class TestedKeys {
  readonly #unique = new Map<string, Set<string>>()
  readonly #notNull = new Map<string, Set<string>>()

  add(test: KeyTest | null): void {
    if (!test) return
    const [attached, name, column] = test
    const found = name === 'unique' ? this.#unique : this.#notNull
    const columns = found.get(attached) ?? new Set<string>()
    columns.add(column)
    found.set(attached, columns)
  }

  keyOf(model: ManifestNode): string[] {
    return keyOf(model, this.#unique.get(model.unique_id), this.#notNull.get(model.unique_id))
  }
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
