import type { ManifestNode, ManifestResource } from '../contract.js'

/** Where a node lies, as messages call it: `main.orders`. */
export const schemaAndAlias = ({ schema, alias, name }: ManifestNode | ManifestResource) =>
  `${String(schema)}.${String(alias ?? name)}`

/** A node by its name in a sentence: `unique_id` without type and package, `orders` or `orders.v2`. */
export const nameInId = (uniqueId: string): string => uniqueId.split('.').slice(2).join('.')
