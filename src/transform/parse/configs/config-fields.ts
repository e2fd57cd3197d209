import type { ResourceType } from '../../contract.js'

export type ConfigValues = Record<string, unknown>

/** Sections of dbt_project.yml, general first, that configure a resource type. */
export const configSections: Readonly<Partial<Record<ResourceType, readonly string[]>>> = {
  model: ['models'],
  seed: ['seeds'],
  snapshot: ['snapshots'],
  test: ['tests', 'data_tests'],
  source: ['sources'],
  exposure: ['exposures'],
  unit_test: ['unit_tests'],
  analysis: ['models'],
  operation: ['models'],
  function: ['functions'],
  metric: ['metrics'],
  semantic_model: ['semantic_models'],
  saved_query: ['saved_queries'],
}

const common: ConfigValues = {
  enabled: true,
  alias: null,
  schema: null,
  database: null,
  tags: [],
  meta: {},
  group: null,
  static_analysis: null,
}

const node: ConfigValues = {
  ...common,
  materialized: 'view',
  incremental_strategy: null,
  batch_size: null,
  lookback: 1,
  begin: null,
  persist_docs: {},
  'post-hook': [],
  'pre-hook': [],
  quoting: {},
  column_types: {},
  full_refresh: null,
  unique_key: null,
  on_schema_change: 'ignore',
  on_configuration_change: 'apply',
  grants: {},
  packages: [],
  docs: { show: true, node_color: null },
  contract: { enforced: false, alias_types: true },
  event_time: null,
  concurrent_batches: null,
}

const small: ConfigValues = { enabled: true, tags: [], meta: {} }

/** What a config holds before anybody has set something. */
export const configDefaults: Readonly<Partial<Record<ResourceType, ConfigValues>>> = {
  model: {
    ...node,
    access: 'protected',
    freshness: null,
    on_error: null,
    latest_version_pointer: { enabled: null, alias: null },
  },
  seed: { ...node, materialized: 'seed', delimiter: ',', quote_columns: null },
  snapshot: {
    ...node,
    materialized: 'snapshot',
    strategy: null,
    target_schema: null,
    target_database: null,
    updated_at: null,
    check_cols: null,
    snapshot_meta_column_names: {
      dbt_valid_to: null,
      dbt_valid_from: null,
      dbt_scd_id: null,
      dbt_updated_at: null,
      dbt_is_deleted: null,
    },
    dbt_valid_to_current: null,
  },
  test: {
    ...common,
    schema: 'dbt_test__audit',
    materialized: 'test',
    severity: 'ERROR',
    store_failures: null,
    store_failures_as: null,
    sql_header: null,
    where: null,
    limit: null,
    fail_calc: 'count(*)',
    warn_if: '!= 0',
    error_if: '!= 0',
  },
  analysis: node,
  function: {
    ...node,
    materialized: 'function',
    type: 'scalar',
    volatility: null,
    runtime_version: null,
    entry_point: null,
    snowflake: { quote_args: true },
  },
  operation: node,
  source: {
    enabled: true,
    event_time: null,
    freshness: {},
    loaded_at_field: null,
    loaded_at_query: null,
    meta: {},
    tags: [],
    static_analysis: null,
  },
  exposure: small,
  unit_test: { tags: [], meta: {}, enabled: true, static_analysis: null },
  metric: { enabled: true, group: null, meta: {} },
  semantic_model: { enabled: true, group: null, meta: {} },
  saved_query: { enabled: true, group: null, meta: {}, export_as: null, schema: null, cache: { enabled: false } },
}

/** Keys that dbt lets stand in a properties entry beside `config:`. */
export const keysBesideConfig = ['enabled', 'tags', 'meta', 'docs', 'group', 'access', 'contract'] as const
