import type { ManifestNode, ManifestResource, ManifestSource } from '../../../transform/index.js'

type Resource = ManifestNode | ManifestSource | ManifestResource

/** What is written of a resource and is no config of it, by its type: the fields of its entry in manifest.json. */
const fields: Readonly<Record<string, readonly string[]>> = {
  exposure: ['label', 'type', 'maturity', 'url', 'owner'],
  group: ['owner'],
  metric: ['label', 'type', 'type_params', 'filter', 'time_granularity'],
  model: ['constraints'],
  saved_query: ['label', 'query_params', 'exports'],
  semantic_model: ['label', 'primary_entity', 'defaults', 'entities', 'dimensions', 'measures'],
  source: ['loader', 'loaded_at_field', 'loaded_at_query', 'freshness', 'external'],
  unit_test: ['model', 'given', 'expect', 'overrides', 'versions'],
  function: ['language', 'returns'],
}

/** What a page tells of a resource besides its configs; what nobody wrote is left out, at whatever depth. */
export function definitionOf(one: Resource): Record<string, unknown> {
  const entry = one as unknown as Record<string, unknown>
  const written = (fields[one.resource_type] ?? []).map((key) => [key, said(entry[key])] as const)
  return Object.fromEntries(written.filter(([, value]) => value !== undefined))
}

/** Rows of a unit test are data: in them a null, an empty text and no row at all mean something. */
function said(value: unknown, key = ''): unknown {
  if (key === 'rows') return value
  if (value === null || value === undefined || value === '') return undefined
  if (Array.isArray(value)) {
    const items = value.map((item) => said(item)).filter((item) => item !== undefined)
    return items.length === 0 ? undefined : items
  }
  if (typeof value !== 'object') return typeof value === 'bigint' ? String(value) : value
  const entries = Object.entries(value).map(([name, item]) => [name, said(item, name)] as const)
  const filled = entries.filter(([, item]) => item !== undefined)
  return filled.length === 0 ? undefined : Object.fromEntries(filled)
}

/** A constraint of a column in a few words: `check (id > 0)`, `foreign_key to orders`. */
export function constraintWords(constraint: Readonly<Record<string, unknown>>): string | undefined {
  const { type, expression, to } = constraint
  if (typeof type !== 'string') return undefined
  if (typeof to === 'string' && to !== '') return `${type} to ${to}`
  return typeof expression === 'string' && expression !== '' ? `${type} (${expression})` : type
}
