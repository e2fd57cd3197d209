/** What `ref()` can name and has a relation, in the order in which dbt reads it. */
export const refableTypes = ['model', 'seed', 'snapshot'] as const

/** What `ls` answers, and a flag or a selection may name: everything but analyses and hooks. */
export const listedTypes = [
  ...(['model', 'seed', 'snapshot', 'test', 'unit_test', 'source', 'function', 'exposure'] as const),
  ...(['metric', 'semantic_model', 'saved_query'] as const),
] as const

export const isRefable = ({ resource_type }: { readonly resource_type: string }): boolean =>
  (refableTypes as readonly string[]).includes(resource_type)

/** Whether a model's relation holds rows itself, so that it can have constraints. */
export const holdsRows = ({ config }: { readonly config: { readonly materialized?: string | undefined } }): boolean =>
  config.materialized === 'table' || config.materialized === 'incremental'
