import type { ManifestColumn } from '../contract.js'
import { asList, isMapping, mappings } from '../project/yaml-file.js'
import type { DocsBlocks } from './docs-blocks.js'
import type { Property } from './properties.js'

/** The columns of a properties entry, with their descriptions rendered. */
export function readColumns(columns: unknown, property: Property, docs: DocsBlocks): Record<string, ManifestColumn> {
  const result: Record<string, ManifestColumn> = {}
  for (const [i, column] of mappings(columns).entries()) {
    if (typeof column.name !== 'string') continue
    const config = isMapping(column.config) ? column.config : {}
    const meta = { ...(isMapping(column.meta) ? column.meta : {}), ...(isMapping(config.meta) ? config.meta : {}) }
    const tags = [...new Set([...asList(column.tags), ...asList(config.tags)].map(String))]
    const description = docs.describe(
      column.description,
      property.package.name,
      property.locate(['columns', i, 'description']),
    )
    result[column.name] = {
      name: column.name,
      description: description.text,
      meta,
      data_type: column.data_type === undefined || column.data_type === null ? null : String(column.data_type),
      constraints: mappings(column.constraints).map(constraint),
      quote: typeof column.quote === 'boolean' ? column.quote : null,
      config: { meta, tags },
      tags,
      granularity: column.granularity ?? null,
      dimension: null,
      entity: null,
      doc_blocks: description.blocks,
    }
  }
  return result
}

/** A constraint with every key that the manifest shows. */
export function constraint(values: Record<string, unknown>): Record<string, unknown> {
  return {
    type: values.type,
    name: values.name ?? null,
    expression: values.expression ?? null,
    warn_unenforced: values.warn_unenforced !== false,
    warn_unsupported: values.warn_unsupported !== false,
    to: values.to ?? null,
    to_columns: asList(values.to_columns),
  }
}
