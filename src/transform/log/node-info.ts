import type { ManifestNode, ManifestResource, ManifestSource } from '../contract.js'
import type { NodeInfo } from './event.js'

const text = (value: unknown) => (value === undefined || value === null ? '' : String(value))

/** What events say of the node that they belong to. */
export function nodeInfo(
  node: ManifestNode | ManifestResource | ManifestSource,
  state: { readonly status?: string; readonly startedAt?: Date; readonly finishedAt?: Date } = {},
): NodeInfo {
  const { config, checksum, database, schema, alias, identifier, relation_name } = node as Partial<ManifestNode>
  return {
    materialized: text(config?.materialized),
    meta: (config?.meta ?? node.meta ?? {}) as Record<string, unknown>,
    node_checksum: checksum?.name === 'none' ? '' : text(checksum?.checksum),
    node_finished_at: isoText(state.finishedAt),
    node_name: node.name,
    node_path: node.path,
    node_relation: {
      alias: text(alias ?? identifier),
      database: text(database),
      relation_name: text(relation_name),
      schema: text(schema),
    },
    node_started_at: isoText(state.startedAt),
    node_status: state.status ?? 'None',
    resource_type: node.resource_type,
    unique_id: node.unique_id,
  }
}

/** Without a zone, with microseconds, as Python writes times. */
const isoText = (date: Date | undefined) => (date === undefined ? '' : `${date.toISOString().slice(0, -1)}000`)
