import type { ManifestNode } from '../../contract.js'
import type { ParsedProject } from '../../parse/parse-project.js'

/** SQL from the command line as a node of its own. It is in no manifest and may refer to anything. */
export function inlineNode({ root, target }: ParsedProject, code: string): ManifestNode {
  return {
    unique_id: `sql_operation.${root.name}.inline_query`,
    resource_type: 'sql_operation',
    name: 'inline_query',
    alias: 'inline_query',
    package_name: root.name,
    path: 'sql/inline_query',
    original_file_path: '--inline',
    fqn: [root.name, 'sql', 'inline_query'],
    database: target.database,
    schema: target.schema,
    relation_name: null,
    language: 'sql',
    raw_code: code,
    config: { enabled: true, tags: [], meta: {}, materialized: 'view' },
    unrendered_config: {},
    tags: [],
    meta: {},
    description: '',
    columns: {},
    refs: [],
    sources: [],
    metrics: [],
    depends_on: { nodes: [], macros: [] },
    checksum: { name: 'none', checksum: '' },
    group: null,
    patch_path: null,
    docs: { show: true, node_color: null },
    created_at: 0,
    build_path: null,
    extra_ctes: [],
    extra_ctes_injected: false,
  }
}
