import { sourceName as relationName } from '../../adapter/node-relation.js'
import type { ManifestSource } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { asList, asText, isMapping, mappings, type Path } from '../../project/yaml-file.js'
import { below, placeOf, problemText } from '../../value-checks.js'
import type { ConfigValues } from '../configs/config-fields.js'
import { lostFreshness } from '../configs/freshness-checks.js'
import { locatingConfig } from '../nodes/config-place.js'
import { yamlContext } from '../scope/parse-context.js'
import { keep, keepDisabled, type ParseScope, parseEachEntry } from '../scope/parse-scope.js'
import { readColumns } from '../yaml/columns.js'
import { keepsTemplates, renderYaml } from '../yaml/yaml-values.js'
import { hasFreshness, mergeFreshness, readFreshness } from './freshness-criteria.js'
import { checkOverride, type EffectiveSource, effectiveSource, overriddenPackage } from './source-overrides.js'

/** The tables below `sources:`. */
export function parseSources(scope: ParseScope): void {
  parseEachEntry(scope, scope.properties.ofKind('sources'), 'sources', (property) => {
    if (overriddenPackage(property) !== undefined) checkOverride(scope, property)
    else parseSource(scope, effectiveSource(scope, property))
  })
}

function parseSource(scope: ParseScope, property: EffectiveSource): void {
  const values = scope.diagnostics.attempt(
    () => renderYaml(property.values, yamlContext(scope, property.package), property, keepsTemplates),
    property.at,
  ) as Record<string, unknown> | undefined
  if (!values) return
  warnOfLostFreshness(scope, property, values, [])
  for (const [i, table] of mappings(values.tables).entries())
    scope.diagnostics.attempt(() => parseTable(scope, property, values, table, i), property.locate(['tables', i]))
}

function parseTable(
  scope: ParseScope,
  property: EffectiveSource,
  source: Record<string, unknown>,
  table: Record<string, unknown>,
  index: number,
): void {
  const { package: own, file, name: sourceName, overriddenBy: patch } = property
  const name = asText(table.name)
  warnOfLostFreshness(scope, property, table, ['tables', index])
  const fqn = [own.name, ...file.split('/').slice(1, -1), sourceName, name]
  const yaml = tableConfig(source, table)
  const written = writtenConfig(property.values, mappings(property.values.tables)[index] ?? {})
  const request = { type: 'source', fqn, own, yaml: [yaml], inline: [] } as const
  const levels: Path[] = [['tables', index, 'config'], ['tables', index], ['config'], []]
  const config = locatingConfig(scope, { ...request, property, levels }, () => scope.configs.config(request))
  const freshness = isMapping(config.freshness) ? readFreshness(config.freshness) : null
  config.freshness = freshness
  const database = asText(source.database ?? source.catalog, scope.invocation.target.database) || null
  const schema = asText(source.schema, sourceName)
  const identifier = asText(table.identifier, name)
  const quoting = { ...empty, ...mapping(source.quoting), ...mapping(table.quoting) }
  const description = scope.docs.describe(table.description, own.name, () => property.at, yamlContext(scope, own))
  const made: ManifestSource = {
    unique_id: `source.${own.name}.${sourceName}.${name}`,
    resource_type: 'source',
    source_name: sourceName,
    name,
    identifier,
    database,
    schema,
    relation_name: relationName(scope.relations, { database, schema, identifier, quoting }),
    package_name: own.name,
    path: file,
    original_file_path: file,
    fqn,
    description: description.text,
    source_description: scope.docs.describe(source.description, own.name, () => property.at).text,
    source_meta: { ...mapping(source.meta), ...mapping(mapping(source.config).meta) },
    loader: asText(table.loader ?? source.loader),
    loaded_at_field: textOrNull(config.loaded_at_field),
    loaded_at_query: textOrNull(config.loaded_at_query),
    freshness,
    columns: readColumns(table.columns, property, scope.docs),
    config: config as ManifestSource['config'],
    meta: mapping(config.meta),
    tags: asList(config.tags).map(String).sort(),
    quoting,
    external: table.external ?? null,
    patch_path: patch ? `${patch.package.name}://${patch.file}` : null,
    unrendered_config: scope.configs.unrendered({ type: 'source', fqn, own, yaml: [written], inline: [] }),
    unrendered_database: property.values.database ?? null,
    unrendered_schema: property.values.schema ?? null,
    created_at: scope.createdAt,
    doc_blocks: description.blocks,
  }
  if (config.enabled === false) {
    scope.references.addDisabled(`${sourceName}.${name}`, file)
    keepDisabled(scope, made)
    return
  }
  if (scope.manifest.sources[made.unique_id])
    throw transformErrors.create('TRANSFORM_DUPLICATE_NAME', {
      message: `dbt found two sources with the name "${sourceName}.${name}": in ${scope.manifest.sources[made.unique_id]?.original_file_path} and in ${file}.`,
      hint: 'Remove one of the two.',
    })
  keep(scope, 'sources', made)
  scope.references.addSource(made)
  if (hasFreshness(made) && !made.loaded_at_field && !made.loaded_at_query)
    scope.diagnostics.warn({
      code: 'TRANSFORM_YAML_INVALID',
      message: `How fresh the source '${sourceName}.${name}' is cannot be told: nothing says when its rows were loaded.`,
      hint: 'Give it a `loaded_at_field` or a `loaded_at_query`.',
      at: property.locate(['tables', index]),
      event: {
        name: 'FreshnessConfigProblem',
        data: {
          msg: `The configured adapter does not support metadata-based freshness. A loaded_at_field must be specified for source '${sourceName}.${name}'.`,
        },
      },
    })
}

/** @param level leads to the source or the table whose config it is */
function warnOfLostFreshness(
  { diagnostics }: ParseScope,
  { name, locate }: EffectiveSource,
  values: Record<string, unknown>,
  level: Path,
): void {
  const lost = lostFreshness(mapping(values.config).freshness)
  const problem = lost && below('config', below('freshness', lost))
  if (problem)
    diagnostics.warn({
      code: 'TRANSFORM_YAML_INVALID',
      message: `Nobody takes notice of a part of the freshness of the source '${name}': ${problemText(problem)}.`,
      hint: problem.hint,
      at: locate([...level, ...placeOf(problem)]),
    })
}

const empty = { database: null, schema: null, identifier: null, column: null }
const mapping = (value: unknown): Record<string, unknown> => (isMapping(value) ? value : {})
const textOrNull = (value: unknown) => (value === undefined || value === null ? null : asText(value))

/** The source's configs with the table's over them: tags add up, meta is updated, freshness is merged by key. */
function tableConfig(source: Record<string, unknown>, table: Record<string, unknown>): ConfigValues {
  const result: ConfigValues = {}
  for (const values of [source, table]) {
    const config = mapping(values.config)
    Object.assign(result, config)
    for (const key of ['enabled', 'loaded_at_field', 'loaded_at_query', 'event_time'])
      if (values[key] !== undefined && config[key] === undefined) result[key] = values[key]
  }
  const loadedAt = [source, table].map((values) => ({
    field: values.loaded_at_field ?? mapping(values.config).loaded_at_field,
    query: values.loaded_at_query ?? mapping(values.config).loaded_at_query,
  }))
  for (const [i, { field, query }] of loadedAt.entries()) {
    if (field === '')
      throw transformErrors.create('TRANSFORM_YAML_INVALID', {
        message: 'loaded_at_field cannot be an empty string.',
        hint: 'Write null where there is none.',
      })
    if (field && query)
      throw transformErrors.create('TRANSFORM_YAML_INVALID', {
        message: `Cannot specify both loaded_at_field and loaded_at_query at ${i === 0 ? 'source' : 'table'} level.`,
        hint: 'Leave one of them out.',
      })
  }
  // A table that names a column, or none, does not want the source's query.
  if ('loaded_at_field' in table || 'loaded_at_field' in mapping(table.config))
    result.loaded_at_query = loadedAt[1]?.query ?? null
  const both = (key: string, values: Record<string, unknown>) => [values[key], mapping(values.config)[key]]
  const tags = [source, table].flatMap((values) => both('tags', values).flatMap(asList))
  result.tags = [...new Set(tags.map(String))]
  result.meta = Object.assign({}, ...[source, table].flatMap((values) => both('meta', values).map(mapping)))
  const freshness = mergeFreshness([source, table].flatMap((values) => both('freshness', values)))
  delete result.freshness
  return freshness === undefined ? result : { ...result, freshness }
}

/** The same as dbt keeps it for comparing states. */
function writtenConfig(source: Record<string, unknown>, table: Record<string, unknown>): ConfigValues {
  const config: ConfigValues = { loaded_at_field: null, loaded_at_query: null, ...tableConfig(source, table) }
  config.tags = asList(config.tags).sort()
  return isMapping(config.freshness) ? { ...config, freshness: readFreshness(config.freshness) } : config
}
