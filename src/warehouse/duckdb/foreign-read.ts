/** Functions that make rows of what they are given, or tell what the database holds. Every other one may read a file. */
const ownFunctions = new Set(
  `range generate_series unnest repeat repeat_row json_each json_tree duckdb_tables duckdb_columns duckdb_views duckdb_schemas duckdb_databases
   duckdb_functions duckdb_types duckdb_constraints duckdb_indexes duckdb_sequences pragma_table_info pragma_version`.split(
    /\s+/,
  ),
)
/** A name of several parts, too, is a path where no such table is: `from orders.csv`. */
const fileEnding = /^(?:csv|tsv|txt|parquet|json|jsonl|ndjson|gz|zst|xlsx|db|duckdb)$/i
const pathSign = /[./\\:*?[\]]/

/** `explain`, which the engine does not take apart, goes before what it explains. */
export const withoutExplain = (sql: string): string =>
  sql.replace(/^\s*explain\s+(?:analyze\s+)?(?:\([^()]*\)\s*)?/i, '')

/**
 * What a query reads that is no table: a function that may read files, or a table whose name is a path. @param serialized what
 * DuckDB's own `json_serialize_sql` made of the query, so that nothing here can be read otherwise than there
 */
export function foreignReadOf(serialized: string): string | undefined {
  const { error, statements } = JSON.parse(serialized) as { error: boolean; statements?: unknown }
  return error ? 'what cannot be looked through' : find(statements)
}

function find(node: unknown): string | undefined {
  if (node === null || typeof node !== 'object') return undefined
  const own = Array.isArray(node) ? undefined : foreign(node as Record<string, unknown>)
  if (own !== undefined) return own
  for (const child of Object.values(node)) {
    const found = find(child)
    if (found !== undefined) return found
  }
  return undefined
}

function foreign(node: Record<string, unknown>): string | undefined {
  if (node.type === 'TABLE_FUNCTION') {
    const { function_name: name } = (node.function ?? {}) as { function_name?: unknown }
    return typeof name === 'string' && ownFunctions.has(name.toLowerCase()) ? undefined : `${String(name)}()`
  }
  if (node.type !== 'BASE_TABLE' && node.type !== 'SHOW_REF') return undefined
  const parts = [node.catalog_name, node.schema_name, node.table_name]
    .map((part) => (typeof part === 'string' ? part.replace(/^"|"$/g, '') : ''))
    .filter((part) => part !== '')
  const isPath = parts.some((part) => pathSign.test(part)) || (parts.length > 1 && fileEnding.test(parts.at(-1) ?? ''))
  return isPath ? parts.join('.') : undefined
}
