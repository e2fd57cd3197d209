import type { AssetKey } from '../../orchestrate/index.js'

/** The key of what lies in the warehouse: schema and identifier, whoever makes it. So a stream and a dbt source meet. */
export function relationKey(schema: string, identifier: string): AssetKey {
  return `${schema}/${identifier}`
}

export const syncStepKey = (connection: string) => `sync:${connection}`
export const dbtStepKey = (uniqueId: string) => `dbt:${uniqueId}`
