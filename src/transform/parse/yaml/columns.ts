import type { ManifestColumn } from '../../contract.js'
import { asList, isMapping, mappings } from '../../project/yaml-file.js'
import type { DocsBlocks } from '../files/docs-blocks.js'
import type { Property } from './properties.js'

/** The columns of a properties entry, with their descriptions rendered. */
export function readColumns(columns: unknown, property: Property, docs: DocsBlocks): Record<string, ManifestColumn> {
  const result: Record<string, ManifestColumn> = {}
  for (const [i, column] of mappings(columns).entries()) {
    if (typeof column.name !== 'string') continue
    const config = isMapping(column.config) ? column.config : {}
    const meta = { ...(isMapping(column.meta) ? column.meta : {}), ...(isMapping(config.meta) ? config.meta : {}) }
    const tags = [...new Set([...asList(column.tags), ...asList(config.tags)].map(String))]
    const description = docs.describe(column.description, property.package.name, () =>
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
      granularity: typeof column.granularity === 'string' ? column.granularity.toLowerCase() : null,
      dimension: semanticsOf(column, 'dimension'),
      entity: semanticsOf(column, 'entity'),
      doc_blocks: description.blocks,
    }
  }
  return result
}

/** What the column is in a semantic model: a word, or a mapping with more about it. */
function semanticsOf(column: Record<string, unknown>, key: 'dimension' | 'entity'): unknown {
  const value = column[key]
  if (typeof value === 'string') return value.toLowerCase()
  if (!isMapping(value)) return null
  const validity = isMapping(value.validity_params) ? value.validity_params : undefined
  return {
    name: value.name ?? column.name,
    type: String(value.type).toLowerCase(),
    description: value.description || column.description || '',
    label: value.label ?? null,
    ...(key === 'dimension' ? { is_partition: value.is_partition === true } : {}),
    config: isMapping(value.config) ? value.config : {},
    ...(key === 'dimension'
      ? {
          validity_params: validity ? { is_start: validity.is_start === true, is_end: validity.is_end === true } : null,
        }
      : {}),
  }
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
