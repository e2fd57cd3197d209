import { createHash } from 'node:crypto'
import { artifactMetadata } from '../../artifact-metadata.js'
import type { Manifest } from '../../contract.js'
import type { ParserOptions } from '../scope/parse-scope.js'

export function emptyManifest({ root, invocation }: Pick<ParserOptions, 'root' | 'invocation'>): Manifest {
  return {
    metadata: {
      ...artifactMetadata('manifest/v12', invocation),
      project_name: root.name,
      project_id: createHash('md5').update(root.name).digest('hex'),
      user_id: null,
      send_anonymous_usage_stats: false,
      adapter_type: invocation.target.type,
      quoting: { database: true, schema: true, identifier: true, column: null, ...root.quoting },
      run_started_at: invocation.startedAt.toISOString(),
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
