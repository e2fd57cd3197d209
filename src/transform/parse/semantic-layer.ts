import { refFunction } from '../context/ref-function.js'
import type { ManifestNode, ManifestResource, ResourceType } from '../contract.js'
import { transformErrors } from '../errors.js'
import { asList, asText, isMapping, mappings } from '../project/yaml-file.js'
import { below } from './exposures.js'
import { parseContext } from './parse-context.js'
import { keep, keepDisabled, type ParseScope } from './parse-scope.js'
import { configOf, type Property } from './properties.js'

type Values = Readonly<Record<string, unknown>>

/** `semantic_models:`, `metrics:` and `saved_queries:`: they are described in the manifest and never run. */
export function parseSemanticLayer(scope: ParseScope): void {
  const { properties, diagnostics } = scope
  const metrics: ManifestResource[] = []
  const savedQueries: ManifestResource[] = []
  for (const [kind, parse] of [
    ['semantic_models', semanticModel],
    ['metrics', metric],
    ['saved_queries', savedQuery],
  ] as const)
    for (const property of properties.ofKind(kind)) {
      if (scope.tracker.isClean(property.package, property.file)) continue
      scope.tracker.within(property.package, property.file, kind, () =>
        diagnostics.attempt(() => {
          const made = parse(scope, property)
          if ((made.config as Values).enabled === false) keepDisabled(scope, made)
          else {
            keep(scope, kind, made)
            if (kind === 'metrics') metrics.push(made)
            if (kind === 'saved_queries') savedQueries.push(made)
          }
        }, property.at),
      )
    }
  for (const one of metrics) diagnostics.attempt(() => linkMetric(scope, one))
  for (const one of savedQueries) diagnostics.attempt(() => linkSavedQuery(scope, one))
}

function linkSavedQuery(scope: ParseScope, one: ManifestResource): void {
  const { metrics } = one.query_params as { metrics: string[] }
  one.depends_on = { macros: [], nodes: metrics.map((name) => metricNamed(scope, name, one).unique_id) }
}

function base(scope: ParseScope, property: Property, type: ResourceType) {
  const { name, package: own, file, values } = property
  const fqn = [own.name, ...file.split('/').slice(1, -1), name]
  const config = scope.configs.config({ type, fqn, own, yaml: [configOf(values)], inline: [] })
  return {
    unique_id: `${type}.${own.name}.${name}`,
    resource_type: type,
    name,
    package_name: own.name,
    path: below(file),
    original_file_path: file,
    fqn,
    description: textOrNull(values.description),
    label: textOrNull(values.label),
    metadata: null,
    config: { enabled: config.enabled, group: config.group ?? null, meta: config.meta ?? {} } as Values,
    unrendered_config: {},
    group: config.group ?? null,
    created_at: scope.createdAt,
    depends_on: { macros: [], nodes: [] as string[] },
  }
}

function semanticModel(scope: ParseScope, property: Property): ManifestResource {
  const { values, package: own, at } = property
  const model = asText(values.model)
  const refs = refsIn(scope, property, model)
  const [reference] = refs
  const node =
    reference && scope.references.node(reference, own.name, { asker: `The semantic model '${property.name}'`, at })
  if (!node)
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `The semantic model '${property.name}' names no model.`,
      at,
      hint: "Write `model: ref('my_model')`.",
    })
  return {
    ...base(scope, property, 'semantic_model'),
    model,
    node_relation: {
      alias: node.alias,
      schema_name: node.schema,
      database: node.database,
      relation_name: node.relation_name,
    },
    defaults: isMapping(values.defaults) ? values.defaults : null,
    primary_entity: textOrNull(values.primary_entity),
    entities: mappings(values.entities).map((one) => ({
      ...element(one),
      type: asText(one.type),
      role: one.role ?? null,
    })),
    measures: mappings(values.measures).map((one) => ({
      ...element(one),
      agg: asText(one.agg),
      create_metric: one.create_metric === true,
      agg_params: one.agg_params ?? null,
      non_additive_dimension: isMapping(one.non_additive_dimension)
        ? { window_groupings: [], ...one.non_additive_dimension }
        : null,
      agg_time_dimension: textOrNull(one.agg_time_dimension),
    })),
    dimensions: mappings(values.dimensions).map((one) => ({
      ...element(one),
      type: asText(one.type),
      is_partition: one.is_partition === true,
      type_params: isMapping(one.type_params) ? { validity_params: null, ...one.type_params } : null,
      metadata: null,
      datatype: null,
    })),
    refs,
    depends_on: { macros: [], nodes: [node.unique_id] },
  }
}

const element = (one: Values) => ({
  name: asText(one.name),
  description: textOrNull(one.description),
  label: textOrNull(one.label),
  expr: textOrNull(one.expr),
  config: { meta: isMapping(one.config) && isMapping(one.config.meta) ? one.config.meta : {} },
})

function metric(scope: ParseScope, property: Property): ManifestResource {
  const { values } = property
  const params = isMapping(values.type_params) ? values.type_params : {}
  const made = base(scope, property, 'metric')
  const type = asText(values.type)
  const cumulative = isMapping(params.cumulative_type_params) ? params.cumulative_type_params : {}
  const timeframe = {
    window: windowOf(cumulative.window ?? params.window),
    grain_to_date: textOrNull(cumulative.grain_to_date ?? params.grain_to_date),
  }
  return {
    ...made,
    description: made.description ?? '',
    label: made.label ?? made.name,
    type,
    type_params: {
      measure: params.measure === undefined ? null : measureInput(params.measure),
      input_measures: [],
      numerator: params.numerator === undefined ? null : metricInput(params.numerator),
      denominator: params.denominator === undefined ? null : metricInput(params.denominator),
      expr: textOrNull(params.expr),
      window: null,
      grain_to_date: null,
      metrics: asList(params.metrics).map(metricInput),
      conversion_type_params: isMapping(params.conversion_type_params)
        ? conversion(params.conversion_type_params)
        : null,
      cumulative_type_params:
        type === 'cumulative'
          ? { ...timeframe, period_agg: asText(cumulative.period_agg, 'first'), metric: null }
          : null,
      metric_aggregation_params: null,
      fill_nulls_with: null,
      join_to_timespine: false,
      is_private: null,
    },
    filter: filterOf(values.filter),
    time_granularity: textOrNull(values.time_granularity),
    refs: [],
    sources: [],
    metrics: [],
    meta: made.config.meta,
    tags: asList((configOf(values) as Values).tags).map(String),
  }
}

/** `name`, or a mapping with more about it. */
const measureInput = (value: unknown) => {
  const given: Values = isMapping(value) ? value : { name: value }
  return {
    name: asText(given.name),
    filter: filterOf(given.filter),
    alias: textOrNull(given.alias),
    join_to_timespine: given.join_to_timespine === true,
    fill_nulls_with: given.fill_nulls_with ?? null,
  }
}

const metricInput = (value: unknown) => {
  const given: Values = isMapping(value) ? value : { name: value }
  return {
    name: asText(given.name),
    filter: filterOf(given.filter),
    alias: textOrNull(given.alias),
    offset_window: windowOf(given.offset_window),
    offset_to_grain: textOrNull(given.offset_to_grain),
  }
}

const conversion = (params: Values) => ({
  base_measure: measureInput(params.base_measure),
  conversion_measure: measureInput(params.conversion_measure),
  entity: asText(params.entity),
  calculation: asText(params.calculation, 'conversion_rate'),
  window: windowOf(params.window),
  constant_properties: params.constant_properties ?? null,
})

/** `7 days` → a count and its unit. */
function windowOf(value: unknown) {
  const [, count, unit] = /^\s*(\d+)\s+(\w+?)s?\s*$/.exec(asText(value)) ?? []
  return count === undefined ? null : { count: Number(count), granularity: unit }
}

function filterOf(value: unknown) {
  if (value === undefined || value === null) return null
  return { where_filters: asList(value).map((one) => ({ where_sql_template: asText(one) })) }
}

interface MetricParams {
  measure: { name: string } | null
  input_measures: unknown[]
  numerator: { name: string } | null
  denominator: { name: string } | null
  metrics: { name: string }[]
  conversion_type_params: { base_measure: { name: string }; conversion_measure: { name: string } } | null
}

/** What a metric is made of: other metrics, or measures of semantic models; `input_measures` are those at the bottom. */
function linkMetric(scope: ParseScope, one: ManifestResource): void {
  const params = one.type_params as MetricParams
  const inputs = metricInputs(params)
  const measures = measuresOf(params)
  const below = inputs.flatMap(({ name }) => bottomMeasures(scope, name, one, new Set([one.name])))
  params.input_measures = unique([...measures, ...below])
  const nodes = [
    ...inputs.map(({ name }) => metricNamed(scope, name, one).unique_id),
    ...measures.map(({ name }) => ownerOf(scope, name, one).unique_id),
  ]
  one.depends_on = { macros: [], nodes: [...new Set(nodes)] }
}

const unique = (values: readonly unknown[]) => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
]

const metricInputs = ({ numerator, denominator, metrics }: MetricParams) =>
  [numerator, denominator, ...metrics].filter((input) => input !== null)
const measuresOf = ({ measure, conversion_type_params: conversion }: MetricParams) =>
  [measure, conversion?.base_measure, conversion?.conversion_measure].filter((input) => input != null)

function bottomMeasures(
  scope: ParseScope,
  name: string,
  asker: ManifestResource,
  seen: Set<string>,
): { name: string }[] {
  if (seen.has(name)) return []
  seen.add(name)
  const params = metricNamed(scope, name, asker).type_params as MetricParams
  const own = measuresOf(params)
  return [...own, ...metricInputs(params).flatMap((input) => bottomMeasures(scope, input.name, asker, seen))]
}

function metricNamed({ manifest }: ParseScope, name: string, asker: ManifestResource): ManifestResource {
  const found = Object.values(manifest.metrics).find((one) => one.name === name)
  if (found) return found
  throw notFound(asker, `a metric '${name}'`)
}

function ownerOf({ manifest }: ParseScope, measure: string, asker: ManifestResource): ManifestResource {
  const found = Object.values(manifest.semantic_models).find((model) =>
    (model.measures as { name: string }[]).some(({ name }) => name === measure),
  )
  if (found) return found
  throw notFound(asker, `a measure '${measure}', which no semantic model has`)
}

const notFound = ({ resource_type, name, original_file_path }: ManifestResource, what: string) =>
  transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
    message: `The ${resource_type.replace('_', ' ')} '${name}' is made of ${what}.`,
    at: { file: original_file_path },
    hint: 'Check the spelling, or declare it.',
  })

function savedQuery(scope: ParseScope, property: Property): ManifestResource {
  const { values } = property
  const params = isMapping(values.query_params) ? values.query_params : {}
  const { target } = scope.invocation
  const made = base(scope, property, 'saved_query')
  return {
    ...made,
    config: { ...made.config, export_as: null, schema: null, cache: { enabled: false } },
    query_params: {
      metrics: asList(params.metrics).map(String),
      group_by: asList(params.group_by).map(String),
      where: filterOf(params.where),
      order_by: asList(params.order_by).map(String),
      limit: params.limit ?? null,
    },
    exports: mappings(values.exports).map((one) => {
      const config = isMapping(one.config) ? one.config : {}
      return {
        name: asText(one.name),
        config: {
          export_as: asText(config.export_as, 'table'),
          schema_name: asText(config.schema, target.schema),
          alias: asText(config.alias, asText(one.name)),
          database: asText(config.database, target.database),
        },
        unrendered_config: config,
      }
    }),
    refs: [],
    tags: [],
  }
}

function refsIn(scope: ParseScope, { package: own, file }: Property, model: string): ManifestNode['refs'] {
  const refs: ManifestNode['refs'] = []
  const { context } = parseContext(scope, own)
  context.set(
    'ref',
    refFunction((name, packageName, version) => {
      refs.push({ name, package: packageName, version })
      return ''
    }),
  )
  const source = model.includes('{{') ? model : `{{ ${model} }}`
  scope.environment.compile({ name: file, source }).renderSync(context)
  return refs
}

const textOrNull = (value: unknown) => (value === undefined || value === null ? null : asText(value))
