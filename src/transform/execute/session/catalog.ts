import { toMillraceError } from '../../../base/index.js'
import { str } from '../../../jinja/index.js'
import { nodeRelation, sourceRelation } from '../../adapter/node-relation.js'
import type { Relation } from '../../adapter/relation.js'
import { type AgateRow, AgateTable } from '../../adapter/table.js'
import { inlineNode } from '../compile/inline-node.js'
import type { Session } from './session.js'

/** The contents of catalog.json (v1). */
export interface Catalog {
  readonly nodes: Record<string, CatalogTable>
  readonly sources: Record<string, CatalogTable>
  /** Of databases that could not be asked; the others are there. */
  errors: string[] | null
}

/** A relation that is there. */
interface CatalogTable {
  readonly unique_id: string
  readonly metadata: Readonly<Record<'type' | 'database' | 'schema' | 'name' | 'comment' | 'owner', string | null>>
  readonly columns: Record<string, { type: string; index: number; name: string; comment: string | null }>
  readonly stats: Record<string, unknown>
}

interface Wanted {
  readonly uniqueId: string
  readonly isSource: boolean
  readonly relation: Relation
}

/** A test has a relation when it stores its failures. */
const withRelation = new Set(['model', 'seed', 'snapshot', 'test'])
/** dbt asks for single relations up to this many, and for whole schemas beyond. */
const mostSingleRelations = 100

/**
 * What the warehouse has of a project's nodes and sources; what is not built yet is left out. Each database is asked
 * once, through `get_catalog_relations` or `get_catalog`, which a project may replace.
 */
export async function readCatalog(session: Session, signal?: AbortSignal): Promise<Catalog> {
  const catalog: Catalog = { nodes: {}, sources: {}, errors: null }
  for (const [database, wanted] of wantedByDatabase(session)) {
    try {
      const tables = tablesOf(await askCatalog(session, database, wanted, signal))
      for (const { uniqueId, isSource, relation } of wanted) {
        const found = tables.get(keyOf(relation.database, relation.schema, relation.identifier))
        if (found) catalog[isSource ? 'sources' : 'nodes'][uniqueId] = { unique_id: uniqueId, ...found }
      }
    } catch (error) {
      if (signal?.aborted) throw error
      catalog.errors = [...(catalog.errors ?? []), toMillraceError(error).message]
    }
  }
  return catalog
}

function wantedByDatabase({ manifest, project: { relations } }: Session): Map<string, Wanted[]> {
  const wanted = new Map<string, Wanted[]>()
  const add = (one: Wanted) => {
    const database = one.relation.database ?? ''
    const others = wanted.get(database)
    if (others) others.push(one)
    else wanted.set(database, [one])
  }
  for (const node of Object.values(manifest.nodes))
    if (withRelation.has(node.resource_type) && node.config.materialized !== 'ephemeral')
      add({ uniqueId: node.unique_id, isSource: false, relation: nodeRelation(relations, node) })
  for (const source of Object.values(manifest.sources))
    add({ uniqueId: source.unique_id, isSource: true, relation: sourceRelation(relations, source) })
  return wanted
}

async function askCatalog(
  session: Session,
  database: string,
  wanted: readonly Wanted[],
  signal: AbortSignal | undefined,
): Promise<AgateTable> {
  const node = inlineNode(session.project, '')
  return session.runner(node, { signal }).withContext(async (_, adapter) => {
    const relations = wanted.map(({ relation }) => relation)
    const [first] = relations as [Relation]
    const schemas = [...new Set(relations.map(({ schema }) => schema ?? ''))]
    const informationSchema = first.with({ parts: { database, schema: 'information_schema', identifier: null } })
    const answer =
      relations.length > mostSingleRelations
        ? await adapter.runMacro('get_catalog', informationSchema, schemas)
        : await adapter.runMacro('get_catalog_relations', informationSchema, relations)
    return answer instanceof AgateTable ? answer : new AgateTable([], [])
  })
}

const keyOf = (...parts: readonly (string | null)[]) => parts.join('\0').toLowerCase()

/** One row is one column of one relation. */
function tablesOf(table: AgateTable): Map<string, Omit<CatalogTable, 'unique_id'>> {
  const tables = new Map<string, Omit<CatalogTable, 'unique_id'>>()
  for (const row of table.rows) {
    const text = fieldsOf(row)
    const metadata = {
      type: text('table_type'),
      schema: text('table_schema'),
      name: text('table_name'),
      database: text('table_database'),
      comment: text('table_comment'),
      owner: text('table_owner'),
    }
    const key = keyOf(metadata.database, metadata.schema, metadata.name)
    const known = tables.get(key) ?? { metadata, columns: {}, stats: statsOf(row) }
    tables.set(key, known)
    const name = text('column_name')
    if (name !== null)
      known.columns[name] = {
        type: text('column_type') ?? '',
        index: Number(text('column_index')),
        name,
        comment: text('column_comment'),
      }
  }
  return tables
}

const fieldsOf = (row: AgateRow) => (name: string) => {
  const value = row.jinjaItem(name)
  return value === null || value === undefined ? null : str(value)
}

/** Columns named `stats:<id>:label`, `…:value`, `…:description`, `…:include` say more of a relation. */
function statsOf(row: AgateRow): Record<string, unknown> {
  const stats: Record<string, unknown> = {}
  for (const name of row.names) {
    const [, id, part] = /^stats:([^:]+):label$/.exec(name) ? name.split(':') : []
    if (id === undefined || part === undefined) continue
    const value = (what: string) => row.jinjaItem(`stats:${id}:${what}`) ?? null
    const isIncluded = value('include') === true
    if (!isIncluded) continue
    stats[id] = { id, label: value('label'), value: value('value'), include: true, description: value('description') }
  }
  return { ...stats, has_stats: { ...hasStats, value: Object.keys(stats).length > 0 } }
}

const hasStats = {
  id: 'has_stats',
  label: 'Has Stats?',
  value: false,
  include: false,
  description: 'Indicates whether there are statistics for this table',
}
