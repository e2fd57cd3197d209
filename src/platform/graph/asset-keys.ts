import type { AssetKey } from '../../orchestrate/index.js'
import type { ManifestNode, ManifestSource } from '../../transform/index.js'

/** The key of what lies in the warehouse: schema and identifier, whoever makes it. So a stream and a dbt source meet. */
export function relationKey(schema: string, identifier: string): AssetKey {
  return `${schema}/${identifier}`
}

const assetTypes = new Set(['model', 'seed', 'snapshot'])

/** Whether a dbt node is an asset: an ephemeral model is part of what reads it. */
export const isAssetNode = (node: Pick<ManifestNode, 'resource_type' | 'config'>): boolean =>
  assetTypes.has(node.resource_type) && node.config.materialized !== 'ephemeral'

export const nodeKey = ({ schema, alias }: Pick<ManifestNode, 'schema' | 'alias'>) => relationKey(schema, alias)
export const sourceKey = ({ schema, identifier }: Pick<ManifestSource, 'schema' | 'identifier'>) =>
  relationKey(schema, identifier)
export const exposureKey = (name: string): AssetKey => `exposures/${name}`

export const syncStepKey = (connection: string) => `sync:${connection}`
export const dbtStepKey = (uniqueId: string) => `dbt:${uniqueId}`
