import type { ManifestResource, ResourceType } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { ConfigValues } from '../configs/config-fields.js'
import { below } from '../files/files.js'
import { yamlContext } from '../scope/parse-context.js'
import { keep, keepDisabled, type ParseScope } from '../scope/parse-scope.js'
import type { Entry } from '../yaml/entry.js'
import type { Property } from '../yaml/properties.js'
import type { WhereFilters } from './shapes.js'

type Type = Extract<ResourceType, 'semantic_model' | 'metric' | 'saved_query'>
/** The sections of the manifest, and of properties files, for each of them. */
export const semanticSections = {
  semantic_model: 'semantic_models',
  metric: 'metrics',
  saved_query: 'saved_queries',
} as const

/** What semantic models, metrics and saved queries have in common. */
export function semanticResource<T extends Type>(
  scope: ParseScope,
  entry: Entry,
  type: T,
  name: string,
  given: ConfigValues,
) {
  const { package: own, file, kind } = entry.property
  const fqn = [own.name, ...file.split('/').slice(1, -1), name]
  const request = { type, fqn, own, yaml: [given], inline: [] }
  const { tags, ...rest } = scope.configs.config(request) as ConfigValues & { tags: string[] }
  const group = typeof rest.group === 'string' ? rest.group : null
  return {
    unique_id: `${type}.${own.name}.${name}`,
    resource_type: type,
    name,
    package_name: own.name,
    // Documents that are no properties files are named from the root.
    path: kind === 'osi' ? file : below(file),
    original_file_path: file,
    fqn,
    metadata: null,
    // Only saved queries know tags; on others they are one more key that somebody set.
    config: (tags.length > 0 ? { ...rest, tags } : rest) as ConfigValues & { meta: Record<string, unknown> },
    unrendered_config: scope.configs.unrendered(request),
    group,
    created_at: scope.createdAt,
    depends_on: { macros: [] as string[], nodes: [] as string[] },
    refs: [],
  }
}

/** Puts it into the manifest, unless it is disabled. @throws TRANSFORM_DUPLICATE_NAME */
export function keepSemantic(scope: ParseScope, entry: Entry, resource: ManifestResource & { resource_type: Type }) {
  if ((resource.config as ConfigValues).enabled === false) {
    keepDisabled(scope, resource)
    return
  }
  const kind = semanticSections[resource.resource_type]
  const other = scope.manifest[kind][resource.unique_id]
  if (other)
    throw transformErrors.create('TRANSFORM_DUPLICATE_NAME', {
      message: `dbt found two ${kind.replace('_', ' ')} with the name "${resource.name}": in ${other.original_file_path} and in ${resource.original_file_path}.`,
      at: entry.at(),
      hint: 'Rename one of them. A measure with `create_metric: true` makes a metric of its own name.',
    })
  keep(scope, kind, resource)
}

/** A description with its `doc()` calls filled in; null where there is none. */
export function described(scope: ParseScope, entry: Entry, text: string | null): string | null {
  if (text === null) return null
  const { package: own } = entry.property
  return scope.docs.describe(text, own.name, () => entry.at(['description']), yamlContext(scope, own)).text
}

export function filterOf(entry: Entry, key: string): WhereFilters | null {
  if (!entry.has(key)) return null
  return { where_filters: entry.texts(key).map((where_sql_template) => ({ where_sql_template })) }
}

/** `config: { meta: … }` of a part of a semantic model. */
export function metaOf(entry: Entry | null): Record<string, unknown> {
  return { ...entry?.entry('config')?.mapping('meta') }
}

/** Templates that are for the semantic layer's queries, or rendered with `doc`, are kept. */
export const keepsSemanticTemplates = (key: string): boolean =>
  ['description', 'tests', 'data_tests', 'filter', 'where'].includes(key)

export type { Property, Type as SemanticType }
