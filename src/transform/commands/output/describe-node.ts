import type { ManifestNode, ManifestResource } from '../../contract.js'
import { schemaAndAlias } from '../../graph/shown-names.js'

type Node = ManifestNode | ManifestResource

/** `shop.on-run-start.0`: a hook as lines of the log call it. */
export function hookStatement(node: Node | undefined): string {
  const when = (node as ManifestNode | undefined)?.tags.find((tag) => tag.startsWith('on-run-')) ?? ''
  return `${node?.package_name ?? ''}.${when}.${String(node?.index ?? 0)}`
}

/** A node as lines of the log call it: `sql table model main.orders`. */
export function describeNode(node: Node | undefined, id: string): string {
  switch (node?.resource_type) {
    case 'model': {
      const { language, config } = node as ManifestNode
      const { materialized, incremental_strategy } = config
      const isBatched = materialized === 'incremental' && incremental_strategy === 'microbatch'
      return `${language} ${isBatched ? 'microbatch' : materialized} model ${schemaAndAlias(node)}`
    }
    case 'seed':
      return `seed file ${schemaAndAlias(node)}`
    case 'snapshot':
      return `snapshot ${schemaAndAlias(node)}`
    case 'unit_test':
      return `unit_test ${String(node.model)}::${node.name}`
    case 'operation':
      return `hook: ${hookStatement(node)}`
    case undefined:
      return id
    default:
      return `${node?.resource_type} ${node?.name}`
  }
}
