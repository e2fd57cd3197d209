import type { ManifestNode, ManifestResource, ManifestSource } from '../contract.js'

/** What stands in the graph and can be selected: nodes, sources, and resources that are neither. */
export type Selectable = ManifestNode | ManifestSource | ManifestResource

export const isNode = (node: Selectable): node is ManifestNode => 'raw_code' in node && 'alias' in node
export const isSource = (node: Selectable): node is ManifestSource => node.resource_type === 'source'
export const isModel = (node: Selectable): node is ManifestNode => node.resource_type === 'model'
