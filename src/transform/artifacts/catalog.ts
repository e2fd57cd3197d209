import type { ColumnInfo, RelationInfo, Warehouse } from '../../warehouse/index.js'
import type { Manifest } from '../contract.js'

export interface Catalog {
  readonly nodes: Record<string, unknown>
  readonly sources: Record<string, unknown>
}

interface Located {
  readonly unique_id: string
  readonly database: string | null
  readonly schema: string
  readonly alias?: string
  readonly identifier?: string
}

/** A test has a relation when it stores its failures. */
const withRelation = new Set(['model', 'seed', 'snapshot', 'test'])

/** What the warehouse has of a project's nodes and sources; what is not built yet is left out. */
export async function readCatalog(manifest: Manifest, warehouse: Warehouse, signal?: AbortSignal): Promise<Catalog> {
  const nodes = Object.values(manifest.nodes).filter(({ resource_type }) => withRelation.has(resource_type))
  const sources = Object.values(manifest.sources)
  const relations = await relationsByName(warehouse, [...nodes, ...sources], signal)
  const entries = async (all: readonly Located[]) => {
    const found: Record<string, unknown> = {}
    for (const one of all) {
      const relation = relations.get(keyOf(one.schema, one.alias ?? one.identifier ?? ''))
      if (relation)
        found[one.unique_id] = entry(one, relation, await warehouse.columns(relation, { ...(signal && { signal }) }))
    }
    return found
  }
  return { nodes: await entries(nodes), sources: await entries(sources) }
}

const keyOf = (schema: string, name: string) => `${schema}\0${name}`.toLowerCase()

async function relationsByName(
  warehouse: Warehouse,
  wanted: readonly Located[],
  signal: AbortSignal | undefined,
): Promise<Map<string, RelationInfo>> {
  const schemas = [...new Set(wanted.map(({ schema }) => schema))]
  const relations = await warehouse.listRelations({ schemas, ...(signal && { signal }) })
  return new Map(relations.map((relation) => [keyOf(relation.schema, relation.identifier), relation]))
}

function entry(one: Located, relation: RelationInfo, columns: readonly ColumnInfo[]) {
  return {
    unique_id: one.unique_id,
    metadata: {
      type: relation.type === 'view' ? 'VIEW' : 'BASE TABLE',
      database: relation.database,
      schema: relation.schema,
      name: relation.identifier,
      comment: relation.comment ?? null,
      owner: null,
    },
    columns: Object.fromEntries(
      columns.map(({ name, type, position, comment }) => [
        name,
        { type, index: position, name, comment: comment ?? null },
      ]),
    ),
    stats: {
      has_stats: {
        id: 'has_stats',
        label: 'Has Stats?',
        value: false,
        include: false,
        description: 'Indicates whether there are statistics for this table',
      },
    },
  }
}
