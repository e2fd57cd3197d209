import type { SourceLocation } from '../../../base/index.js'
import type { QueryResult, ResultColumn, Warehouse } from '../../../warehouse/index.js'
import type { ProfileTarget } from '../../contract.js'
import type { Column } from '../column.js'
import type { ConstraintSupport } from '../constraints.js'
import type { NodeConnection } from '../node-connection.js'
import type { Relation, RelationRules, RelationValues } from '../relation.js'
import type { AdapterResponse } from '../response.js'

export type Credentials = Readonly<Record<string, unknown>>

/** An output block of profiles.yml that is read: where a problem in it stands, and what relative paths begin from. */
export interface OutputPlace {
  readonly projectDir: string
  readonly locate: (key: string) => SourceLocation
  /** Whether a template has made what stands there. */
  readonly isTemplate: (path: readonly (string | number)[]) => boolean
}

export interface EngineTarget {
  readonly database: string
  readonly schema: string
  /** With dbt's names of keys, whatever alias was written, and absolute paths. */
  readonly credentials: Credentials
}

/** What members of `adapter` that an engine adds may use of it, for one node on one connection. */
export interface MembersOf {
  readonly options: {
    readonly target: Pick<ProfileTarget, 'database' | 'schema'>
    readonly warehouse: Warehouse
    readonly engine: Engine
    readonly warn: (message: string) => void
  }
  readonly connection: NodeConnection
  runMacro(name: string, ...args: unknown[]): Promise<unknown>
  columns(relation: Relation): Promise<Column[]>
}

/**
 * What one dbt adapter does in its own way, besides its macros in `macros/dbt_<type>/`. Whatever differs between engines is
 * declared here; nobody asks for a type's name.
 */
export interface Engine {
  readonly type: string
  /** The version of dbt's own adapter that this one behaves as. */
  readonly version: string
  /** @throws TRANSFORM_PROFILE_INVALID */
  readonly readOutput: (output: Credentials, place: OutputPlace) => EngineTarget
  /** What templates see of the target in `target`, in dbt's order, with what each is when the profile says nothing. */
  readonly shownCredentials: Readonly<Record<string, unknown>>
  /** Names without a schema or database that a relation cannot have. */
  readonly relations: RelationRules
  readonly incrementalStrategies: readonly string[]
  /** Whether the built-in macro that adds a batch needs a `unique_key`, or has no use for one. */
  readonly microbatchKey: 'required' | 'refused'
  /** Whether the text `null` of a seed is a text: the database reads the file itself. */
  readonly seedNullIsText: boolean
  /** What `adapter.date_function()` answers. */
  readonly dateFunction: string
  readonly constraints: Readonly<Record<string, ConstraintSupport>>
  /**
   * dbt's driver begins a transaction with a connection's first statement, whoever sends it, and none after the first
   * commit. Elsewhere only a statement that asks for it begins one.
   */
  readonly beginsByItself: boolean
  /** False: dbt's adapter has none; every statement stays at once. */
  readonly hasTransactions?: false
  /** Only a statement `begin` begins a transaction; whoever asks for one otherwise gets none. */
  readonly beginsByStatement?: true
  /** The comment of a statement stands behind it unless the project wants it before: what is before is not kept by the engine. */
  readonly appendsComment?: true
  /** Statements that the session of a node is told before it, by its config. */
  readonly sessionOf?: (config: Readonly<Record<string, unknown>>, credentials: Credentials) => readonly string[]
  /** A foreign key may name the database of the table that it leads to. */
  readonly foreignKeysNameDatabase: boolean
  /** The type of a query's column in the words in which dbt compares contracts. */
  readonly queryType: (column: ResultColumn, warn: (message: string) => void) => string
  readonly response: (result: QueryResult) => AdapterResponse
  /**
   * A query with the parameters schema and name for what goes when a relation is dropped with `cascade`; undefined where
   * nothing does.
   */
  readonly dependents?: string | undefined
  /** The first words of dbt's message about a statement that the warehouse refused. */
  readonly errorHeader: 'Runtime Error' | 'Database Error'
  /** Its flags below `flags:`, with what holds when nothing is said. */
  readonly behaviorFlags: Readonly<Record<string, boolean>>
  /** `api.Column`, where columns are more than a name and a type with its brackets. */
  readonly columnApi?: { readonly pythonType: string; readonly jinjaAttribute: (name: string) => unknown }
  /** A row of `list_relations_without_caching`, where it is not database, name, schema and type. */
  readonly readRelation?: (row: readonly unknown[]) => RelationValues
  /** What a type that a contract declares is called here. */
  readonly translateType?: (type: unknown) => string
  /** A column of a query, under the type that `queryType` says; several where dbt takes the fields of a column apart. */
  readonly queryColumns?: (column: ResultColumn) => readonly Column[]
  /** More members of `adapter` in templates, or others than it has. */
  readonly members: (credentials: Credentials, adapter: MembersOf) => Readonly<Record<string, unknown>>
}
