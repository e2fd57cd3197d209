import type { ManifestNode, ManifestResource } from '../contract.js'

/** Where a node lies, as messages call it: `main.orders`. */
export const schemaAndAlias = ({ schema, alias, name }: ManifestNode | ManifestResource) =>
  `${String(schema)}.${String(alias ?? name)}`
