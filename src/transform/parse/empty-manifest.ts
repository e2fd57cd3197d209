import { createHash } from 'node:crypto'
import type { Manifest } from '../contract.js'
import { dbtVersion } from '../dbt-version.js'
import type { ParserOptions } from './parse-scope.js'

export function emptyManifest({ root, invocation }: Pick<ParserOptions, 'root' | 'invocation'>): Manifest {
  const startedAt = invocation.startedAt.toISOString()
  return {
    metadata: {
      dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
      dbt_version: dbtVersion,
      generated_at: new Date().toISOString(),
      invocation_id: invocation.id,
      invocation_started_at: startedAt,
      env: Object.fromEntries(
        Object.entries(invocation.env).flatMap(([key, value]) =>
          key.startsWith('DBT_ENV_CUSTOM_ENV_') ? [[key.slice('DBT_ENV_CUSTOM_ENV_'.length), value]] : [],
        ),
      ),
      project_name: root.name,
      project_id: createHash('md5').update(root.name).digest('hex'),
      user_id: null,
      send_anonymous_usage_stats: false,
      adapter_type: invocation.target.type,
      quoting: { database: true, schema: true, identifier: true, column: null },
      run_started_at: startedAt,
    },
    nodes: {},
    sources: {},
    macros: {},
    docs: {},
    exposures: {},
    groups: {},
    metrics: {},
    semantic_models: {},
    saved_queries: {},
    unit_tests: {},
    functions: {},
    selectors: {},
    disabled: {},
    parent_map: {},
    child_map: {},
    group_map: {},
  }
}
