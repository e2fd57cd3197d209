import { Kwargs, pairs, str } from '../../jinja/index.js'
import { quoteIdentifier } from '../../sql/index.js'
import { transformErrors } from '../errors.js'

export type RelationKind =
  | 'table'
  | 'view'
  | 'cte'
  | 'materialized_view'
  | 'dynamic_table'
  | 'external'
  | 'ephemeral'
  | 'function'
  | null

/** An argument of a template that may be left out. */
export const textOrNull = (value: unknown): string | null => (value === undefined || value === null ? null : str(value))

/** Kinds under the names by which `api.Relation` and its instances offer them. */
export const relationKinds: Readonly<Record<string, RelationKind>> = {
  Table: 'table',
  View: 'view',
  CTE: 'cte',
  MaterializedView: 'materialized_view',
  DynamicTable: 'dynamic_table',
  External: 'external',
  Function: 'function',
}

interface Parts {
  readonly database: string | null
  readonly schema: string | null
  readonly identifier: string | null
}

const allParts = ['database', 'schema', 'identifier'] as const
type Part = (typeof allParts)[number]

export interface RelationValues {
  readonly database?: string | null | undefined
  readonly schema?: string | null | undefined
  readonly identifier?: string | null | undefined
  readonly type?: RelationKind | undefined
  /** Parts that are not named here are quoted. */
  readonly quoted?: Partial<Record<Part, boolean>> | undefined
  readonly limit?: number | null | undefined
  readonly external?: string | null | undefined
  readonly filter?: string | null | undefined
  /** Of a table that the warehouse listed: `delta`. */
  readonly format?: string | null | undefined
}

export const everyPart = { database: true, schema: true, identifier: true }
const noPart = { database: false, schema: false, identifier: false }

/** What an engine lets relations be. */
export interface RelationRules {
  /** Characters; null where names may be as long as anybody wants. */
  readonly maxNameLength: number | null
  /** A subquery in a `from` must have a name. Where it need not, one that the SQL gives it can follow. */
  readonly namesSubqueries: boolean
  readonly renameable: ReadonlySet<RelationKind>
  readonly replaceable: ReadonlySet<RelationKind>
  /** Names stand in SQL without quotes unless a project wants them: the engine folds them. */
  readonly areNamesBare?: true | undefined
  /** Names have two parts: a database is refused, unless it is the schema again. By whom, as dbt's message calls it: `spark`. */
  readonly refusesDatabasesAs?: string | undefined
  /** Formats of tables that macros ask for: `relation.is_delta`. */
  readonly formats?: ReadonlySet<string> | undefined
  /** How a name stands in SQL, where not in double quotes. */
  readonly quoteIdentifier?: ((name: string) => string) | undefined
  /** More names of the parts. */
  readonly partAliases?: Readonly<Record<string, 'database' | 'schema' | 'identifier'>> | undefined
  /** What stands for a view of the information schema. */
  readonly informationSchema?: ((relation: Relation, view: string | null) => string) | undefined
  /** How a column is compared with the text of a time. */
  readonly eventTime?: ((column: string) => string) | undefined
  /** What of a materialized view is another than its config says; null when nothing. */
  readonly materializedViewChanges?: ((found: unknown, model: unknown) => unknown) | undefined
}

/** dbt's Relation: a name with policies on which parts are written and quoted. Immutable; changes answer a new one. */
export class Relation {
  readonly pythonType = 'Relation'
  readonly parts: Parts
  readonly type: RelationKind
  readonly included: Readonly<Record<Part, boolean>>
  readonly quoted: Readonly<Record<Part, boolean>>
  /** `--empty`: at most so many rows, by a subquery in the place of the name. */
  readonly limit: number | null
  /** A batch or `--sample`: only rows of which this holds, in the same way. */
  readonly filter: string | null
  /** Stands for the name where the rows are in no table: a file, or a function that reads some. */
  readonly external: string | null
  readonly format: string | null

  readonly rules: RelationRules

  /** @throws TRANSFORM_COMPILE for a name that is too long for the engine */
  constructor(
    rules: RelationRules,
    parts: Parts,
    type: RelationKind,
    included: Relation['included'],
    quoted: Relation['quoted'],
    limit: number | null,
    external: string | null = null,
    filter: string | null = null,
    format: string | null = null,
  ) {
    const { maxNameLength } = rules
    // Names of tests, which have no type, are only names.
    if (maxNameLength !== null && type !== null && parts.identifier !== null && parts.identifier.length > maxNameLength)
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: `Relation name '${parts.identifier}' is longer than ${maxNameLength} characters`,
        hint: 'Give the model a shorter alias.',
        data: { dbtType: 'Runtime' },
      })
    this.rules = rules
    this.parts = parts
    this.type = type
    this.included = included
    this.quoted = quoted
    this.limit = limit
    this.external = external
    this.filter = filter
    this.format = format
  }

  static create(rules: RelationRules, values: RelationValues): Relation {
    const { schema = null, identifier = null } = values
    const parts = { database: databaseOf(rules, values), schema, identifier }
    const { type = null, limit = null, external = null, filter = null, format = null } = values
    const quoted = { ...(rules.areNamesBare ? noPart : everyPart), ...values.quoted }
    return new Relation(rules, parts, type, everyPart, quoted, limit, external, filter, format)
  }

  get database(): string | null {
    return this.parts.database
  }
  get schema(): string | null {
    return this.parts.schema
  }
  get identifier(): string | null {
    return this.parts.identifier
  }
  get hashKey(): string {
    return `relation ${this.render()}`
  }

  with(change: {
    parts?: Partial<Parts>
    type?: RelationKind
    included?: Partial<Relation['included']>
    quoted?: Partial<Relation['quoted']>
    limit?: number | null
    filter?: string | null
  }): Relation {
    return new Relation(
      this.rules,
      { ...this.parts, ...change.parts },
      change.type === undefined ? this.type : change.type,
      { ...this.included, ...change.included },
      { ...this.quoted, ...change.quoted },
      change.limit === undefined ? this.limit : change.limit,
      this.external,
      change.filter === undefined ? this.filter : change.filter,
      this.format,
    )
  }

  /** `"db"."schema"."name"`: the name alone, all its rows. */
  render(): string {
    if (this.type === 'cte') return this.parts.identifier ?? ''
    const shown = allParts.filter((part) => this.included[part] && this.parts[part] !== null && this.parts[part] !== '')
    return (
      this.external ??
      shown
        .map((part) =>
          this.quoted[part]
            ? (this.rules.quoteIdentifier ?? quoteIdentifier)(this.parts[part] as string)
            : this.parts[part],
        )
        .join('.')
    )
  }

  /** As templates print it: the name, or a subquery in its place that gives fewer rows. */
  pythonStr(): string {
    const limited =
      this.limit === null
        ? this.render()
        : this.#subquery(`${this.render()} ${this.limit === 0 ? 'where false ' : ''}limit ${this.limit}`, 'limit')
    return this.filter === null ? limited : this.#subquery(`${limited} where ${this.filter}`, 'et_filter')
  }
  #subquery(rows: string, kind: string): string {
    const name = this.rules.namesSubqueries ? ` _dbt_${kind}_subq_${this.parts.identifier}` : ''
    return `(select * from ${rows})${name}`
  }
  pythonRepr(): string {
    return `<Relation ${this.render()}>`
  }
  pythonCompare(other: unknown): number | undefined {
    return other instanceof Relation ? (this.render() === other.render() ? 0 : 1) : undefined
  }

  /** A relation is a mapping too; packages tell one from a string by `relation.get('metadata').type`. */
  jinjaKeys(): readonly string[] {
    return ['path', 'type', 'quote_policy', 'include_policy']
  }

  jinjaAttribute(name: string): unknown {
    switch (name) {
      case 'get':
        return (key: unknown, fallback: unknown = null) =>
          key === 'metadata' ? { type: 'Relation' } : (this.jinjaAttribute(str(key)) ?? fallback)
      case 'database':
      case 'schema':
      case 'identifier':
        return this.parts[name]
      case 'name':
      case 'table':
        return this.parts.identifier
      case 'type':
        return this.type
      case 'is_table':
        return this.type === 'table'
      case 'is_view':
        return this.type === 'view'
      case 'is_cte':
        return this.type === 'cte'
      case 'is_materialized_view':
        return this.type === 'materialized_view'
      case 'is_dynamic_table':
        return this.type === 'dynamic_table'
      case 'is_external':
        return this.type === 'external'
      case 'is_function':
        return this.type === 'function'
      case 'Table':
      case 'View':
      case 'CTE':
      case 'MaterializedView':
      case 'DynamicTable':
      case 'External':
      case 'Function':
        return relationKinds[name]
      case 'is_pointer':
        return false
      case 'can_be_renamed':
        return this.rules.renameable.has(this.type)
      case 'can_be_replaced':
        return this.rules.replaceable.has(this.type)
      case 'relation_max_name_length':
        return () => this.rules.maxNameLength
      case 'get_materialized_view_config_change_collection':
        return this.rules.materializedViewChanges
      case 'get_function_config':
        return (model: unknown) => model
      case 'get_function_macro_name':
        return functionMacro
      case 'render':
        return () => this.render()
      case 'include':
        return (...args: unknown[]) => this.with({ included: flags(args) })
      case 'quote':
        return (...args: unknown[]) => this.with({ quoted: flags(args) })
      case 'incorporate':
        return (...args: unknown[]) => this.#incorporate(args)
      case 'replace_path':
        return (...args: unknown[]) =>
          this.with({ parts: partsOf(args.find((arg) => arg instanceof Kwargs) as Kwargs | undefined) })
      case 'without_identifier':
        return () => this.with({ parts: { identifier: null } })
      case 'information_schema':
        return (view: unknown) =>
          this.rules.informationSchema?.(this, textOrNull(view)) ??
          `${this.parts.database === null ? '' : `${quoteIdentifier(this.parts.database)}.`}information_schema${view === undefined || view === null ? '' : `.${str(view)}`}`
      case 'information_schema_only':
        return () => this.with({ parts: { schema: 'information_schema', identifier: null } })
      case 'matches':
        return (...args: unknown[]) => this.#matches(args)
      case 'path':
        return this.parts
      case 'include_policy':
        return this.included
      case 'quote_policy':
        return this.quoted
      case 'dependencies':
        return []
    }
    const format = name.startsWith('is_') ? name.slice('is_'.length) : ''
    if (this.rules.formats?.has(format)) return this.format === format
    const part = this.rules.partAliases?.[name]
    return part === undefined ? undefined : this.parts[part]
  }

  #incorporate(args: readonly unknown[]): Relation {
    const kwargs = args.find((arg) => arg instanceof Kwargs) as Kwargs | undefined
    const path = kwargs?.entries.get('path')
    const type = kwargs?.entries.get('type')
    const parts =
      path === undefined || path === null
        ? {}
        : Object.fromEntries(pairs(path).map(([key, value]) => [str(key), textOrNull(value)]))
    return this.with({
      parts,
      ...(type === undefined ? {} : { type: type === null ? null : (str(type) as RelationKind) }),
    })
  }

  #matches(args: readonly unknown[]): boolean {
    const kwargs = args.find((arg) => arg instanceof Kwargs) as Kwargs | undefined
    const given = [...args.filter((arg) => !(arg instanceof Kwargs))]
    return allParts.every((part, i) => {
      const wanted = given[i] ?? kwargs?.entries.get(part)
      return (
        wanted === undefined || wanted === null || str(wanted).toLowerCase() === (this.parts[part] ?? '').toLowerCase()
      )
    })
  }
}

/** @throws TRANSFORM_COMPILE for one where there are none */
function databaseOf({ refusesDatabasesAs }: RelationRules, { database, schema }: RelationValues): string | null {
  if (refusesDatabasesAs === undefined) return database ?? null
  if (database && database !== schema)
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: `Cannot set database in ${refusesDatabasesAs}! A name has two parts here, and this one has the database '${database}'.`,
      hint: 'Leave `database` out, or give the schema.',
      data: { dbtType: 'Runtime' },
    })
  return null
}

/** `scalar_function_sql`: which macro makes a function of this type and language. */
function functionMacro(model: unknown): string {
  const members = new Map(pairs(model).map(([key, value]) => [str(key), value]))
  const config = new Map(pairs(members.get('config') ?? {}).map(([key, value]) => [str(key), value]))
  return `${str(config.get('type') ?? members.get('type') ?? 'scalar')}_function_${str(members.get('language') ?? 'sql')}`
}

function flags(args: readonly unknown[]): Partial<Record<Part, boolean>> {
  const kwargs = args.find((arg) => arg instanceof Kwargs) as Kwargs | undefined
  const positional = args.filter((arg) => !(arg instanceof Kwargs))
  const found: Partial<Record<Part, boolean>> = {}
  for (const [i, part] of allParts.entries()) {
    const value = positional[i] ?? kwargs?.entries.get(part)
    if (value !== undefined) found[part] = value === true
  }
  return found
}

function partsOf(kwargs: Kwargs | undefined): Partial<Parts> {
  return Object.fromEntries([...(kwargs?.entries ?? [])].map(([key, value]) => [key, textOrNull(value)]))
}
