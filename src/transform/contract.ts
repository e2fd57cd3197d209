import type { ErrorJson, Logger, SourceLocation } from '../base/index.js'
import type { Warehouse } from '../warehouse/index.js'
import type { EventWindow } from './event-time/event-window.js'
import type { NamedEvent } from './log/event-sink.js'

/**
 * The transform role's model of a dbt project. Nodes keep dbt's own field names (snake_case, manifest v12), so that
 * the manifest is written as it is and everything dbt documents about it holds here.
 */

export type ResourceType =
  | 'model'
  | 'seed'
  | 'snapshot'
  | 'test'
  | 'analysis'
  | 'operation'
  | 'sql_operation'
  | 'source'
  | 'exposure'
  | 'unit_test'
  | 'macro'
  | 'doc'
  | 'group'
  | 'metric'
  | 'semantic_model'
  | 'saved_query'
  | 'function'

/** Merged config of a node: dbt's keys, and whatever else the user set. */
export interface NodeConfig {
  enabled: boolean
  materialized?: string
  alias?: string | null
  schema?: string | null
  database?: string | null
  tags: string[]
  meta: Record<string, unknown>
  [key: string]: unknown
}

export interface ManifestColumn {
  name: string
  description: string
  data_type: string | null
  meta: Record<string, unknown>
  tags: string[]
  quote: boolean | null
  constraints: Record<string, unknown>[]
  config: Record<string, unknown>
  [key: string]: unknown
}

/** What `ref()`, seeds, snapshots, tests, analyses and hooks have in common. */
export interface ManifestNode {
  unique_id: string
  resource_type: ResourceType
  name: string
  alias: string
  package_name: string
  /** Relative to the package's root, e.g. `models/marts/mart_x.sql`. */
  path: string
  original_file_path: string
  fqn: string[]
  database: string | null
  schema: string
  /** `"db"."schema"."alias"`, or null for ephemeral models and tests that store nothing. */
  relation_name: string | null
  language: 'sql' | 'python'
  raw_code: string
  compiled_code?: string | null
  compiled?: boolean
  config: NodeConfig
  /** The config() calls and YAML config as the user wrote them, before merging. */
  unrendered_config: Record<string, unknown>
  tags: string[]
  meta: Record<string, unknown>
  description: string
  columns: Record<string, ManifestColumn>
  refs: { name: string; package: string | null; version: string | number | null }[]
  sources: [string, string][]
  metrics: string[][]
  depends_on: { nodes: string[]; macros: string[] }
  checksum: { name: string; checksum: string }
  group: string | null
  patch_path: string | null
  docs: { show: boolean; node_color: string | null }
  created_at: number
  build_path: string | null
  extra_ctes: { id: string; sql: string }[]
  extra_ctes_injected: boolean
  /** models */
  access?: 'private' | 'protected' | 'public'
  version?: string | number | null
  latest_version?: string | number | null
  contract?: { enforced: boolean; alias_types: boolean; checksum: string | null }
  constraints?: Record<string, unknown>[]
  primary_key?: string[]
  /** tests */
  test_metadata?: { name: string; kwargs: Record<string, unknown>; namespace: string | null }
  column_name?: string | null
  attached_node?: string | null
  file_key_name?: string | null
  /** seeds */
  root_path?: string | null
  /** operations (on-run-start, on-run-end) */
  index?: number
  [key: string]: unknown
}

export interface ManifestSource {
  unique_id: string
  resource_type: 'source'
  source_name: string
  name: string
  identifier: string
  database: string | null
  schema: string
  relation_name: string
  package_name: string
  path: string
  original_file_path: string
  fqn: string[]
  description: string
  source_description: string
  source_meta: Record<string, unknown>
  loader: string
  loaded_at_field: string | null
  loaded_at_query?: string | null
  freshness: Record<string, unknown> | null
  columns: Record<string, ManifestColumn>
  config: Record<string, unknown> & { enabled: boolean }
  meta: Record<string, unknown>
  tags: string[]
  quoting: Record<string, boolean | null>
  [key: string]: unknown
}

export interface ManifestMacro {
  unique_id: string
  resource_type: 'macro'
  name: string
  package_name: string
  path: string
  original_file_path: string
  macro_sql: string
  depends_on: { macros: string[] }
  description: string
  meta: Record<string, unknown>
  docs: { show: boolean; node_color: string | null }
  patch_path: string | null
  arguments: Record<string, unknown>[]
  supported_languages: string[] | null
  created_at: number
  [key: string]: unknown
}

/** Anything that stands in the graph besides nodes and sources: exposures, unit tests, groups, metrics … */
export interface ManifestResource {
  unique_id: string
  resource_type: ResourceType
  name: string
  package_name: string
  path: string
  original_file_path: string
  fqn?: string[]
  depends_on?: { nodes: string[]; macros: string[] }
  [key: string]: unknown
}

export interface Manifest {
  metadata: Record<string, unknown> & { project_name: string; adapter_type: string; invocation_id: string }
  nodes: Record<string, ManifestNode>
  sources: Record<string, ManifestSource>
  macros: Record<string, ManifestMacro>
  docs: Record<string, ManifestResource>
  exposures: Record<string, ManifestResource>
  groups: Record<string, ManifestResource>
  metrics: Record<string, ManifestResource>
  semantic_models: Record<string, ManifestResource>
  saved_queries: Record<string, ManifestResource>
  unit_tests: Record<string, ManifestResource>
  functions: Record<string, ManifestResource>
  selectors: Record<string, unknown>
  disabled: Record<string, (ManifestNode | ManifestSource | ManifestResource)[]>
  parent_map: Record<string, string[]>
  child_map: Record<string, string[]>
  group_map: Record<string, string[]>
}

/** A file's problem found while reading a project; parsing collects them instead of stopping at the first. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  readonly at?: SourceLocation | undefined
  readonly frame?: string | undefined
  /** dbt's event for it, where there is one. */
  readonly event?: NamedEvent | undefined
}

/** One profile target of profiles.yml, rendered. */
export interface ProfileTarget {
  readonly profileName: string
  readonly targetName: string
  /** The adapter type: `duckdb`, `postgres`. */
  readonly type: string
  readonly threads: number
  readonly database: string
  readonly schema: string
  /** Every key of the output block, rendered; paths are absolute. */
  readonly credentials: Readonly<Record<string, unknown>>
}

export type NodeStatus =
  | 'success'
  | 'error'
  | 'fail'
  | 'warn'
  | 'pass'
  | 'skipped'
  | 'partial success'
  | 'no-op'
  | 'runtime error'

/** One row of run_results.json (v6). */
export interface NodeResult {
  unique_id: string
  status: NodeStatus
  timing: { name: 'compile' | 'execute'; started_at: string | null; completed_at: string | null }[]
  thread_id: string
  /** Seconds. */
  execution_time: number
  adapter_response: Record<string, unknown>
  message: string | null
  failures: number | null
  compiled: boolean | null
  compiled_code: string | null
  relation_name: string | null
  batch_results: unknown
  /** Of a function with overloads: which of them could be made. */
  overload_results: { readonly successful: readonly string[]; readonly failed: readonly string[] } | null
  /** The located error behind `message`, for pages and terminals; not part of run_results.json. */
  error?: ErrorJson | undefined
  /** Where the SQL of a unit test was written; not part of run_results.json either. */
  compiled_path?: string | undefined
}

/** A function's name for other arguments; its body stands in a file of its own. */
export interface FunctionOverload {
  readonly defined_in: string
  readonly arguments: readonly Record<string, unknown>[]
  readonly returns: Record<string, unknown> | null
  readonly description: string | null
  readonly raw_body: string | null
  compiled_body: string | null
}

/** One batch of a microbatch model: `2024-09-17`, the third of ten. */
export interface BatchPlace {
  readonly uniqueId: string
  readonly batch: string
  readonly index: number
  readonly total: number
}

/** What happens while nodes run. */
export type TransformEvent =
  | { readonly type: 'node_started'; readonly uniqueId: string; readonly index: number; readonly total: number }
  | {
      readonly type: 'node_finished'
      readonly uniqueId: string
      readonly result: NodeResult
      readonly index: number
      readonly total: number
    }
  | ({ readonly type: 'batch_started' } & BatchPlace)
  | ({ readonly type: 'batch_finished'; readonly result: NodeResult } & BatchPlace)
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly message: string
      readonly uniqueId?: string | undefined
    }

/**
 * An opened project with its warehouse, ready to run nodes one by one. The command line's `build` and the
 * orchestrator's steps both go through it, so that nothing is parsed or started again per node.
 */
export interface TransformSession {
  readonly manifest: Manifest
  readonly target: ProfileTarget
  /**
   * Runs one node (model, seed, snapshot, test, unit test): compile, materialize, hooks, adapter response.
   * Never throws for a failing node: the result says `error` or `fail`, with a located message.
   */
  runNode(uniqueId: string, options?: RunNodeOptions): Promise<NodeResult>
  /** Those that the signal keeps from running are skipped, without an error. @throws what the first failing one did */
  runHooks(when: HookTime, options?: RunHooksOptions): Promise<void>
  /** Forgets cached relations, after others (a sync) changed the warehouse. */
  refreshRelations(): Promise<void>
  close(): Promise<void>
}

export type HookTime = 'on-run-start' | 'on-run-end'

export interface RunHooksOptions {
  /** What on-run-end sees as `results`. */
  readonly results?: readonly NodeResult[] | undefined
  readonly signal?: AbortSignal | undefined
}

export interface RunNodeOptions {
  readonly fullRefresh?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  readonly onLog?: ((level: 'debug' | 'info' | 'warn' | 'error', message: string) => void) | undefined
  /** Of a microbatch model: makes the batches of these stretches of time, and no others. */
  readonly windows?: readonly EventWindow[] | undefined
  /** Vars of this node alone, before those of the command line. They are known while it runs; the project was parsed without them. */
  readonly vars?: Readonly<Record<string, unknown>> | undefined
  /** Of what it reads, and has an `event_time`, only these rows, as with `--sample`. */
  readonly inputWindow?: EventWindow | undefined
  /** Hears of the batches of a microbatch model. */
  readonly onEvent?: ((event: TransformEvent) => void) | undefined
  /** Of this run, what tests found on versions that were published since: they need not run again behind their model. */
  readonly audited?: Map<string, NodeResult> | undefined
  /** Of this run, the ephemeral models that were rendered so far: each is rendered once, for all that read it. */
  readonly ephemerals?: Ephemerals | undefined
}

/** By the id of an ephemeral model: the common table expressions that it becomes, by their models' ids, the deepest first. */
export type Ephemerals = Map<string, Promise<ReadonlyMap<string, string>>>

/** Which project is meant, and which target of its profile. */
export interface ProjectOptions {
  readonly projectDir: string
  readonly profilesDir?: string | undefined
  readonly profile?: string | undefined
  readonly target?: string | undefined
  readonly vars?: Readonly<Record<string, unknown>> | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface OpenSessionOptions extends ProjectOptions {
  readonly targetPath?: string | undefined
  readonly logger: Logger
  readonly fullRefresh?: boolean | undefined
  /** Opens (or shares) the warehouse that the profile's target names. */
  readonly openWarehouse: (target: ProfileTarget) => Promise<Warehouse>
}
