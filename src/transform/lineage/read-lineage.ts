import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { toMillraceError } from '../../base/index.js'
import { sqlDialect } from '../../sql/index.js'
import { type Warehouse, withConnection } from '../../warehouse/index.js'
import { readSeed } from '../adapter/seed-table.js'
import type { Manifest, ManifestNode } from '../contract.js'
import { compileSql } from '../execute/materialize/compile-sql.js'
import type { Session } from '../execute/session/session.js'
import { ephemeralsOf, macrosUsedBy } from '../memory/target-memory.js'
import { type AnalysisCache, type CompiledSql, ProjectLineage } from './project-lineage.js'
import type { WarehouseColumns } from './relation-columns.js'

export interface ReadLineageOptions {
  readonly cache?: AnalysisCache | undefined
  /** SQL that is known already; the rest is compiled, reading the warehouse at most. */
  readonly compile?: ((node: ManifestNode) => Promise<CompiledSql>) | undefined
  readonly signal?: AbortSignal | undefined
}

/** The lineage of columns of an opened project. Its models are compiled as for a full refresh: what they mean from scratch. */
export async function readLineage(session: Session, options: ReadLineageOptions = {}): Promise<ProjectLineage> {
  const { manifest, project, warehouse } = session
  return new ProjectLineage({
    manifest,
    dialect: sqlDialect(project.target.type),
    inWarehouse: await columnsInWarehouse(warehouse, manifest, options.signal),
    seedHeader: (node) => seedHeader(node, project.root.dir),
    compile: options.compile ?? ((node) => compiledOnce(session, node)),
    cache: options.cache,
  })
}

const compiled = new WeakMap<Session, Map<string, Promise<CompiledSql>>>()
/** A template with one of these may come out differently once the warehouse is another one. */
const asksWarehouse =
  /\b(?:run_query|statement|adapter|load_relation|graph|get_column_values|get_columns_in_relation)\b/

/** What a template says by itself it says as long as the project is the same. */
export function compiledOnce(session: Session, node: ManifestNode): Promise<CompiledSql> {
  const known = compiled.get(session) ?? new Map<string, Promise<CompiledSql>>()
  compiled.set(session, known)
  const former = known.get(node.unique_id)
  if (former) return former
  const all = [node, ...ephemeralsOf(session.manifest, node)]
  const used = macrosUsedBy(session.manifest, all, new Set(session.project.builtin))
  const texts = [...all.map(({ raw_code }) => raw_code), ...used.map(({ macro_sql }) => macro_sql)]
  const sql = compileReading(session, node)
  if (!texts.some((text) => asksWarehouse.test(text))) known.set(node.unique_id, sql)
  return sql
}

/** A node's SQL without writing anything; what a template asks the warehouse meanwhile may only read. */
export async function compileReading(session: Session, node: ManifestNode, isFullRefresh = true): Promise<CompiledSql> {
  try {
    return { sql: await compileSql(session.readingRunner(node, isFullRefresh)) }
  } catch (thrown) {
    return { reason: `it cannot be compiled: ${toMillraceError(thrown).message.split('\n')[0]}` }
  }
}

/** All columns of the schemas that the project names, in one question that every engine answers. */
async function columnsInWarehouse(
  warehouse: Warehouse,
  { nodes, sources }: Manifest,
  signal: AbortSignal | undefined,
): Promise<WarehouseColumns> {
  const schemas = new Set([...Object.values(nodes), ...Object.values(sources)].map(({ schema }) => schema))
  const list = [...schemas].flatMap((schema) => [schema, schema.toLowerCase(), schema.toUpperCase()])
  const names = [...new Set(list)].map((schema) => warehouse.quoteLiteral(schema)).join(', ')
  const found = new Map<string, string[]>()
  if (warehouse.columnsOfSchemas) {
    for (const { database, schema, relation, name } of await warehouse.columnsOfSchemas({
      schemas: [...schemas],
      signal,
    })) {
      const key = place(database, schema, relation)
      found.set(key, [...(found.get(key) ?? []), name])
    }
  } else if (names !== '') {
    const sql = `select table_catalog, table_schema, table_name, column_name from information_schema.columns
where table_schema in (${names}) order by table_catalog, table_schema, table_name, ordinal_position`
    const { rows } = await withConnection(warehouse, (connection) => connection.query(sql, { signal }), { signal })
    for (const [database, schema, table, column] of rows) {
      const key = place(String(database), String(schema), String(table))
      const columns = found.get(key)
      if (columns) columns.push(String(column))
      else found.set(key, [String(column)])
    }
  }
  return ({ database, schema, identifier }) => found.get(place(database ?? warehouse.database, schema, identifier))
}

const place = (...parts: readonly string[]) => parts.join('\0').toLowerCase()

const headerBytes = 65_536

async function seedHeader(node: ManifestNode, rootDir: string): Promise<readonly string[] | undefined> {
  const path = join(node.root_path ?? rootDir, node.original_file_path)
  const { delimiter } = node.config
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0)
      const [line] = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/)
      if (line === undefined) return undefined
      return readSeed(line, node.original_file_path, typeof delimiter === 'string' ? delimiter : ',', {}).names
    } finally {
      await file.close()
    }
  } catch {
    return undefined
  }
}
