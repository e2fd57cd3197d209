import type { Manifest, ManifestNode, ManifestSource } from '../contract.js'
import { isRefable } from '../graph/resource-types.js'
import type { NodeLineage, RelationColumns } from './contract.js'

/** The columns of a relation as the warehouse has them now; undefined when it is not there. */
export type WarehouseColumns = (relation: {
  readonly database: string | null
  readonly schema: string
  readonly identifier: string
}) => readonly string[] | undefined

/** What can be read from a source: what its table holds, or else what its YAML names, which need not be all. */
export function sourceColumns(source: ManifestSource, inWarehouse: WarehouseColumns): RelationColumns {
  const found = inWarehouse(source)
  if (found) return { columns: found, isComplete: true, isCertain: true }
  return { columns: Object.values(source.columns).map(({ name }) => name), isComplete: false, isCertain: false }
}

/** What can be read from a seed, model or snapshot once it was built from what the project says now. */
export function nodeColumns(node: ManifestNode, lineage: NodeLineage, inWarehouse: WarehouseColumns): RelationColumns {
  const own = lineage.columns.map(({ name }) => name)
  const found = inWarehouse({ database: node.database, schema: node.schema, identifier: node.alias })
  // These add to the table that is there, so it keeps columns that the SQL no longer has.
  const keepsTable = node.resource_type !== 'model' || node.config.materialized === 'incremental'
  if (lineage.isComplete)
    // Who names a column that a mistake above made is not to be told of it again.
    return {
      columns: keepsTable ? union(own, found ?? []) : own,
      isComplete: true,
      isCertain: lineage.unknownColumns.length === 0,
    }
  // How it was built last tells what `*` stands for; a mistake is it only against what will be built next.
  if (found) return { columns: union(found, own), isComplete: true, isCertain: false }
  return { columns: own, isComplete: false, isCertain: false }
}

function union(a: readonly string[], b: readonly string[]): string[] {
  const names = new Map([...a, ...b].reverse().map((name) => [name.toLowerCase(), name]))
  return [...names.values()].reverse()
}

/** The columns that a snapshot adds to those of its query. */
export function snapshotColumns({ config }: ManifestNode): readonly string[] {
  const chosen = (config.snapshot_meta_column_names ?? {}) as Record<string, unknown>
  const own = ['dbt_scd_id', 'dbt_updated_at', 'dbt_valid_from', 'dbt_valid_to']
  return [...own, ...(config.hard_deletes === 'new_record' ? ['dbt_is_deleted'] : [])].map((name) =>
    typeof chosen[name] === 'string' ? (chosen[name] as string) : name,
  )
}

/** Finds the node or source that a name in SQL means: `"db"."schema"."name"`, or its last two parts. */
export function relationIndex({ nodes, sources }: Manifest): (parts: readonly string[]) => string | undefined {
  const ids = new Map<string, string>()
  const add = (id: string, database: string | null, schema: string, identifier: string) => {
    ids.set(key([schema, identifier]), id)
    if (database !== null) ids.set(key([database, schema, identifier]), id)
  }
  for (const source of Object.values(sources)) add(source.unique_id, source.database, source.schema, source.identifier)
  // A source that the project builds itself is the node that builds it.
  for (const node of Object.values(nodes))
    if (isRefable(node) && node.config.materialized !== 'ephemeral')
      add(node.unique_id, node.database, node.schema, node.alias)
  return (parts) => ids.get(key(parts))
}

const key = (parts: readonly string[]) => parts.join('\0').toLowerCase()
