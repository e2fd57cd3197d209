import type { Manifest } from '../contract.js'
import { nodesHolding } from '../parse/manifest-json.js'
import type {
  ConversionParams,
  CumulativeParams,
  Metric,
  SavedQuery,
  SemanticModel,
} from '../parse/semantic-layer/shapes.js'
import { legacyTimeSpineName, type TimeSpine, timeSpines } from '../parse/semantic-layer/time-spines.js'

/** The MetricFlow whose form this is: readers look at it before they read on. */
const formVersion = { major_version: '0', minor_version: '213', patch_version: '0' }

/** semantic_manifest.json: what a manifest says of semantic models, metrics and saved queries, in MetricFlow's form. */
export function semanticManifest(manifest: Manifest): object {
  const models = Object.values(manifest.semantic_models) as SemanticModel[]
  return {
    semantic_models: models.map(semanticModelOf),
    metrics: (Object.values(manifest.metrics) as Metric[]).map(metricOf),
    project_configuration: {
      time_spine_table_configurations: models.length > 0 ? legacyTimeSpines(manifest) : [],
      metadata: null,
      dsi_package_version: formVersion,
      time_spines: timeSpines(nodesHolding(manifest, '"time_spine":{')).map(timeSpineOf),
    },
    saved_queries: (Object.values(manifest.saved_queries) as SavedQuery[]).map(savedQueryOf),
  }
}

function legacyTimeSpines({ nodes }: Manifest): object[] {
  const id = Object.keys(nodes).find((one) => one.startsWith('model.') && one.endsWith(`.${legacyTimeSpineName}`))
  const node = id === undefined ? undefined : nodes[id]
  if (!node || node.time_spine) return []
  return [{ location: node.relation_name, column_name: 'date_day', grain: 'day' }]
}

const timeSpineOf = ({ node, column, granularity, customGranularities }: TimeSpine) => ({
  node_relation: writtenRelation({
    alias: node.alias,
    schema_name: node.schema,
    database: node.database,
    relation_name: node.relation_name,
  }),
  primary_column: { name: column, time_granularity: granularity },
  custom_granularities: customGranularities.map(({ name, column_name }) => ({ name, column_name })),
})

function writtenRelation(relation: NonNullable<SemanticModel['node_relation']>) {
  const { alias, schema_name, database, relation_name } = relation
  const dotted = [...(database === null ? [] : [database]), schema_name, alias].join('.')
  return { alias, schema_name, database, relation_name: relation_name || dotted }
}

const semanticModelOf = (model: SemanticModel) => ({
  name: model.name,
  defaults: model.defaults,
  description: model.description,
  node_relation: model.node_relation && writtenRelation(model.node_relation),
  primary_entity: model.primary_entity,
  entities: model.entities.map((one) => ({
    name: one.name,
    description: one.description,
    type: one.type,
    role: one.role,
    expr: one.expr,
    metadata: null,
    label: one.label,
    config: one.config,
  })),
  measures: model.measures.map((one) => ({
    name: one.name,
    agg: one.agg,
    description: one.description,
    create_metric: one.create_metric,
    expr: one.expr,
    agg_params: one.agg_params,
    metadata: null,
    non_additive_dimension: one.non_additive_dimension,
    agg_time_dimension: one.agg_time_dimension,
    label: one.label,
    config: one.config,
  })),
  dimensions: model.dimensions.map((one) => ({
    name: one.name,
    description: one.description,
    type: one.type,
    datatype: one.datatype,
    is_partition: one.is_partition,
    type_params: one.type_params,
    expr: one.expr,
    metadata: null,
    label: one.label,
    config: one.config,
  })),
  label: model.label,
  metadata: null,
  config: metaOf(model),
})

const metaOf = ({ config }: Readonly<Record<string, unknown>>) => ({
  meta: (config as { readonly meta?: object }).meta ?? {},
})

function metricOf(metric: Metric) {
  const { name, description, type, type_params: params, filter, label, time_granularity } = metric
  return {
    name,
    description,
    type,
    datatype: null,
    type_params: {
      measure: params.measure,
      numerator: params.numerator,
      denominator: params.denominator,
      expr: params.expr,
      window: params.window,
      grain_to_date: params.grain_to_date,
      metrics: params.metrics.map((one) => ({ ...one, offset_to_grain: one.offset_to_grain?.toLowerCase() ?? null })),
      conversion_type_params: params.conversion_type_params && conversionOf(params.conversion_type_params),
      cumulative_type_params: params.cumulative_type_params && cumulativeOf(params.cumulative_type_params),
      input_measures: params.input_measures,
      metric_aggregation_params: params.metric_aggregation_params,
      join_to_timespine: params.join_to_timespine,
      fill_nulls_with: params.fill_nulls_with,
      is_private: params.is_private,
    },
    filter,
    metadata: null,
    label,
    config: metaOf(metric),
    time_granularity,
  }
}

const conversionOf = (params: ConversionParams) => ({
  base_measure: params.base_measure,
  base_metric: params.base_metric,
  conversion_measure: params.conversion_measure,
  conversion_metric: params.conversion_metric,
  entity: params.entity,
  calculation: params.calculation,
  window: params.window,
  constant_properties: params.constant_properties,
})

const cumulativeOf = ({ window, grain_to_date, period_agg, metric }: CumulativeParams) => ({
  window,
  grain_to_date: grain_to_date?.toLowerCase() ?? null,
  period_agg,
  metric,
})

function savedQueryOf({ name, query_params: params, description, label, exports, tags }: SavedQuery) {
  return {
    name,
    query_params: {
      metrics: params.metrics,
      group_by: params.group_by,
      order_by: params.order_by,
      limit: params.limit,
      where: params.where,
    },
    description,
    metadata: null,
    label,
    exports: exports.map((one) => ({
      name: one.name,
      config: { export_as: one.config.export_as, schema_name: one.config.schema_name, alias: one.config.alias },
    })),
    tags,
  }
}
