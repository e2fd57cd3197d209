import { type JinjaCallable, PyDict, str } from '../../jinja/index.js'
import type { Warehouse } from '../../warehouse/index.js'
import type { ProfileTarget } from '../contract.js'
import { transformErrors } from '../errors.js'
import { apiObject, Column } from './api.js'
import type { Engine } from './engines/index.js'
import { strategyMacroName, strategyProblem } from './incremental-strategy.js'
import type { NodeConnection } from './node-connection.js'
import { everyPart, Relation, type RelationKind, textOrNull } from './relation.js'
import type { RelationCache } from './relation-cache.js'
import type { SeedTable } from './seed-table.js'
import type { AgateTable } from './table.js'

export interface AdapterOptions {
  readonly warehouse: Warehouse
  readonly connection: NodeConnection
  readonly cache: RelationCache
  readonly target: ProfileTarget
  readonly engine: Engine
  /** `flags:` of the project. */
  readonly flags: Readonly<Record<string, unknown>>
  /** `quoting:` of the project. */
  readonly quoting: Readonly<Record<string, boolean>>
  readonly dispatch: (name: string, namespace: string | null) => JinjaCallable
  readonly findMacro: (name: string) => unknown
  readonly warn: (message: string) => void
  /** Where the tables of queries are printed when a template asks for it. */
  readonly print: (line: string) => void
  /** Where a seed's file lies. */
  readonly seedFile: (model: unknown) => string
}

/** What dbt's `adapter` does, for one node on one connection; templates see it as `adapterObject`. */
export class Adapter {
  readonly options: AdapterOptions
  /** `api` in templates. */
  readonly api: ReturnType<typeof apiObject>

  constructor(options: AdapterOptions) {
    this.options = options
    this.api = apiObject(options.engine, options.quoting)
  }

  get connection(): NodeConnection {
    return this.options.connection
  }

  /** Calls a macro by its name, as the node's own templates would. @throws TRANSFORM_MACRO_NOT_FOUND */
  async runMacro(name: string, ...args: unknown[]): Promise<unknown> {
    const found = this.options.findMacro(name) as JinjaCallable | undefined
    if (!found)
      throw transformErrors.create('TRANSFORM_MACRO_NOT_FOUND', { message: `The macro ${name} does not exist.` })
    return found.jinjaCall(args, null)
  }

  /** What stands in a schema, asked anew. */
  async listRelations(schema: Relation): Promise<Relation[]> {
    const { rows } = (await this.runMacro('list_relations_without_caching', schema)) as AgateTable
    const { relations, readRelation } = this.options.engine
    return rows.map(({ values }) => {
      const [database, identifier, schema, type] = values
      return Relation.create(
        relations,
        readRelation?.(values) ?? {
          database: textOrNull(database),
          schema: textOrNull(schema),
          identifier: textOrNull(identifier),
          type: textOrNull(type) as RelationKind,
        },
      )
    })
  }

  async listSchemas(database: string): Promise<string[]> {
    const { rows } = (await this.runMacro('list_schemas', database)) as AgateTable
    return rows.map(({ values: [name] }) => str(name))
  }

  async hasSchema(database: string, schema: string): Promise<boolean> {
    const informationSchema = Relation.create(this.options.engine.relations, {
      database,
      schema: 'INFORMATION_SCHEMA',
      identifier: null,
      quoted: { schema: false },
    })
    const { rows } = (await this.runMacro('check_schema_exists', informationSchema, schema)) as AgateTable
    return Number(rows[0]?.values[0]) > 0
  }

  async columns(relation: Relation): Promise<Column[]> {
    return (await this.runMacro('get_columns_in_relation', relation)) as Column[]
  }

  /** Names and types of what a query gives. */
  async columnsOf(sql: string): Promise<Column[]> {
    const result = await this.connection.execute(sql, false, 0)
    const { engine, warn } = this.options
    return result.columns.flatMap(
      (column) => engine.queryColumns?.(column) ?? [new Column(column.name, engine.queryType(column, warn))],
    )
  }

  async dropRelation(relation: Relation | null): Promise<void> {
    if (!relation) return
    if (relation.schema === null) {
      await this.connection.execute(`drop table if exists ${relation.render()}`, true)
      return
    }
    const dependents = await this.#dependents(relation)
    await this.runMacro('drop_relation', relation)
    this.connection.dropped(relation)
    for (const [schema, identifier] of dependents)
      this.connection.dropped(relation.with({ parts: { schema, identifier }, quoted: everyPart, type: null }))
  }

  /** Views on the relation, and on those, which a drop takes along; others must not believe them to be there. */
  async #dependents({ schema, identifier }: Relation): Promise<(readonly [string, string])[]> {
    const { dependents } = this.options.engine
    if (!dependents || schema === null || identifier === null) return []
    const { rows } = await this.connection.execute(dependents, false, undefined, [schema, identifier])
    return rows.map(([other, name]) => [String(other), String(name)] as const)
  }

  async renameRelation(from: Relation, to: Relation): Promise<void> {
    await this.runMacro('rename_relation', from, to)
    const known = this.options.cache.known(from)
    this.connection.dropped(from)
    this.connection.added(to.with({ type: known?.type ?? to.type ?? from.type }))
  }

  /** Commits: other threads need the schema too, before this node is through. */
  async createSchema(relation: Relation): Promise<void> {
    const database = relation.database ?? this.options.target.database
    await this.options.cache.ensureSchema(database, relation.schema ?? '', async () => {
      try {
        await this.runMacro('create_schema', relation)
        await this.connection.commit(true)
      } catch (error) {
        // Another program may have made it at the same moment.
        await this.connection.rollback()
        this.options.cache.forgetSchemas(database)
        if (!(await this.options.cache.hasSchema(database, relation.schema ?? ''))) throw error
      }
    })
  }

  async dropSchema(relation: Relation): Promise<void> {
    await this.runMacro('drop_schema', relation)
    await this.connection.commit()
    this.options.cache.dropSchema(relation.database ?? this.options.target.database, relation.schema ?? '')
  }

  async missingColumns(from: Relation, to: Relation): Promise<Column[]> {
    const present = new Set((await this.columns(to)).map((column) => column.name))
    return (await this.columns(from)).filter((column) => !present.has(column.name))
  }

  /** Widens text columns of `to` that are too short for those of `from`. */
  async expandColumns(from: Relation, to: Relation): Promise<void> {
    const targets = new Map((await this.columns(to)).map((column) => [column.name, column]))
    for (const column of await this.columns(from)) {
      const target = targets.get(column.name)
      if (target?.isString && column.isString && column.charSize !== null && column.stringSize > target.stringSize)
        await this.runMacro('alter_column_type', to, column.name, `character varying(${column.stringSize})`)
    }
  }

  /** Answers the first statement, whose rows stand for all. */
  async loadSeed(
    relation: Relation,
    seed: SeedTable,
    quote: (name: string) => string,
    rowsAtOnce: number,
  ): Promise<string> {
    const { warehouse } = this.options
    const names = seed.names.map(quote).join(', ')
    if (warehouse.capabilities.copiesRows) {
      const sql = `copy ${relation.render()} (${names}) from stdin`
      await this.connection.copyRows(sql, seed.rows)
      return sql
    }
    const head = `insert into ${relation.render()} (${names}) values`
    for (let at = 0; at < seed.rows.length; at += rowsAtOnce) {
      const values = seed.rows
        .slice(at, at + rowsAtOnce)
        .map((row) => `(${row.map((cell) => warehouse.quoteLiteral(cell)).join(', ')})`)
      await this.connection.execute(`${head} ${values.join(', ')}`, true)
    }
    return `${head} …`
  }

  /** `grants` as the warehouse answers them → privilege: [grantees]. */
  grantsOf(table: unknown): PyDict {
    const grants = new PyDict()
    for (const row of (table as { rows: readonly { jinjaItem(key: string): unknown }[] }).rows) {
      const privilege = str(row.jinjaItem('privilege_type')).toLowerCase()
      const grantees = (grants.get(privilege) as string[] | undefined) ?? []
      grants.set(privilege, [...grantees, str(row.jinjaItem('grantee'))])
    }
    return grants
  }

  /** @throws TRANSFORM_UNSUPPORTED when neither dbt nor the project knows the strategy */
  strategyMacro(strategy: string): unknown {
    const { engine, findMacro } = this.options
    const problem = strategyProblem(strategy, engine, (name) => Boolean(findMacro(name)))
    if (problem)
      throw transformErrors.create('TRANSFORM_UNSUPPORTED', { ...problem, data: { config: ['incremental_strategy'] } })
    return findMacro(strategyMacroName(strategy))
  }
}
