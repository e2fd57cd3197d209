import { createHash } from 'node:crypto'
import { type KnownRelation, type QueryLineage, queryLineage, type SqlDialect } from '../../sql/index.js'
import type { Manifest, ManifestNode } from '../contract.js'
import { isRefable } from '../graph/resource-types.js'
import type { FieldLineage, NodeLineage, RelationColumns } from './contract.js'
import {
  nodeColumns,
  relationIndex,
  snapshotColumns,
  sourceColumns,
  type WarehouseColumns,
} from './relation-columns.js'

/** The SQL of a node, or why there is none. */
export type CompiledSql = { readonly sql: string } | { readonly reason: string }

/** Analyses by hash of the SQL and of the columns it reads. */
export type AnalysisCache = Map<string, QueryLineage>

export interface ProjectLineageOptions {
  readonly manifest: Manifest
  readonly dialect: SqlDialect
  readonly compile: (node: ManifestNode) => Promise<CompiledSql>
  readonly inWarehouse: WarehouseColumns
  /** The header of a seed's file; undefined when it cannot be read. */
  readonly seedHeader: (node: ManifestNode) => Promise<readonly string[] | undefined>
  /** Kept by the caller as long as it likes. */
  readonly cache?: AnalysisCache | undefined
}

const mostBusyMs = 20

/** The columns of a whole project and what they are made of, found node by node when somebody asks. */
export class ProjectLineage {
  readonly #options: ProjectLineageOptions
  readonly #known = new Map<string, Promise<NodeLineage>>()
  #breathedAt = performance.now()
  readonly #idOf: (parts: readonly string[]) => string | undefined

  constructor(options: ProjectLineageOptions) {
    this.#options = options
    this.#idOf = relationIndex(options.manifest)
  }

  get manifest(): Manifest {
    return this.#options.manifest
  }

  /** Of a model, snapshot, seed, test or analysis. */
  of(uniqueId: string): Promise<NodeLineage> {
    let known = this.#known.get(uniqueId)
    if (!known) {
      known = this.#read(uniqueId)
      this.#known.set(uniqueId, known)
    }
    return known
  }

  /** Of every model, seed and snapshot. */
  async all(): Promise<NodeLineage[]> {
    const found: NodeLineage[] = []
    for (const node of Object.values(this.manifest.nodes))
      if (isRefable(node)) found.push(await this.of(node.unique_id))
    return found
  }

  async columnsOf(uniqueId: string): Promise<RelationColumns> {
    const { manifest, inWarehouse } = this.#options
    const source = manifest.sources[uniqueId]
    if (source) return sourceColumns(source, inWarehouse)
    const node = manifest.nodes[uniqueId]
    if (!node) return { columns: [], isComplete: false, isCertain: false }
    return nodeColumns(node, await this.of(uniqueId), inWarehouse)
  }

  async #read(uniqueId: string): Promise<NodeLineage> {
    const node = this.manifest.nodes[uniqueId]
    if (!node) return unread(uniqueId, 'it is not part of the project')
    if (node.resource_type === 'seed') return this.#seed(node)
    if (node.language === 'python') return unread(uniqueId, 'it is written in Python')
    const compiled = await this.#options.compile(node)
    if ('reason' in compiled) return unread(uniqueId, compiled.reason)
    const parents = new Map<string, KnownRelation>()
    for (const id of await this.#parents(node))
      if (id !== uniqueId) parents.set(id, { id, ...(await this.columnsOf(id)) })
    await this.#breathe()
    const found = this.#analyze(compiled.sql, parents)
    const columns = found.columns.map((column): FieldLineage => ({ ...column, inputs: column.inputs.map(fieldOf) }))
    return {
      uniqueId,
      columns: node.resource_type === 'snapshot' ? [...columns, ...addedBySnapshot(node)] : columns,
      isComplete: found.isComplete,
      ...(found.reason === undefined ? {} : { reason: found.reason }),
      rows: found.rows.map(({ use, ...input }) => ({ ...fieldOf(input), use })),
      unknownColumns: found.unknownColumns,
      sql: compiled.sql,
    }
  }

  /** What a node reads, through ephemeral models whose SQL becomes part of its own. */
  async #parents(node: ManifestNode): Promise<Set<string>> {
    const found = new Set<string>()
    const seen = new Set<string>()
    const visit = (ids: readonly string[]) => {
      for (const id of ids) {
        if (seen.has(id)) continue
        seen.add(id)
        const parent = this.manifest.nodes[id]
        if (parent?.config.materialized === 'ephemeral' && parent.resource_type === 'model')
          visit(parent.depends_on.nodes)
        else found.add(id)
      }
    }
    visit(node.depends_on.nodes)
    return found
  }

  /** Thousands of models are read in one go: whoever else waits for this process is let in between. */
  async #breathe(): Promise<void> {
    if (performance.now() - this.#breathedAt < mostBusyMs) return
    await new Promise((resolve) => setImmediate(resolve))
    this.#breathedAt = performance.now()
  }

  #analyze(sql: string, parents: ReadonlyMap<string, KnownRelation>): QueryLineage {
    const { cache, dialect } = this.#options
    const analyze = () =>
      queryLineage(sql, {
        dialect,
        relationOf: (parts) => {
          const id = this.#idOf(parts)
          return id === undefined ? undefined : (parents.get(id) ?? { id, columns: [], isComplete: false })
        },
      })
    if (!cache) return analyze()
    const key = createHash('sha256')
      .update(JSON.stringify([sql, [...parents.values()]]))
      .digest('base64')
    let known = cache.get(key)
    if (!known) {
      known = analyze()
      cache.set(key, known)
    }
    return known
  }

  async #seed(node: ManifestNode): Promise<NodeLineage> {
    const header = await this.#options.seedHeader(node)
    if (!header) return unread(node.unique_id, 'the header of its file cannot be read')
    const columns = header.map((name): FieldLineage => ({ name, expression: name, use: 'constant', inputs: [] }))
    return { uniqueId: node.unique_id, columns, isComplete: true, rows: [], unknownColumns: [] }
  }
}

const fieldOf = <T extends { readonly relation: string; readonly column: string }>({ relation, ...rest }: T) => ({
  node: relation,
  ...rest,
})

const addedBySnapshot = (node: ManifestNode): FieldLineage[] =>
  snapshotColumns(node).map((name) => ({ name, expression: 'set by the snapshot', use: 'constant', inputs: [] }))

const unread = (uniqueId: string, reason: string): NodeLineage => ({
  uniqueId,
  columns: [],
  isComplete: false,
  reason,
  rows: [],
  unknownColumns: [],
})
