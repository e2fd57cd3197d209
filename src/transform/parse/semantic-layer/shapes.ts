import type { ManifestResource } from '../../contract.js'

/** The semantic layer as the manifest and semantic_manifest.json hold it, in dbt's field names. */

export const granularities = [
  'nanosecond',
  'microsecond',
  'millisecond',
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
] as const
export type Granularity = (typeof granularities)[number]

export const aggregations = [
  'sum',
  'min',
  'max',
  'count_distinct',
  'sum_boolean',
  'average',
  'percentile',
  'median',
  'count',
] as const
export type Aggregation = (typeof aggregations)[number]

export const metricTypes = ['simple', 'ratio', 'cumulative', 'derived', 'conversion'] as const
export const dimensionTypes = ['categorical', 'time'] as const
export const entityTypes = ['foreign', 'natural', 'primary', 'unique'] as const
export const calculations = ['conversions', 'conversion_rate'] as const
export const periodAggregations = ['first', 'last', 'average'] as const
export const exportTypes = ['table', 'view'] as const

export interface WhereFilters {
  readonly where_filters: readonly { readonly where_sql_template: string }[]
}

export interface TimeWindow {
  readonly count: number
  readonly granularity: string
}

export interface MetricInput {
  readonly name: string
  readonly filter: WhereFilters | null
  readonly alias: string | null
  readonly offset_window: TimeWindow | null
  readonly offset_to_grain: string | null
}

export interface MeasureInput {
  readonly name: string
  readonly filter: WhereFilters | null
  readonly alias: string | null
  readonly join_to_timespine: boolean
  readonly fill_nulls_with: number | null
}

export interface AggregationParams {
  readonly percentile: number | null
  readonly use_discrete_percentile: boolean
  readonly use_approximate_percentile: boolean
}

export interface NonAdditiveDimension {
  readonly name: string
  readonly window_choice: Aggregation
  readonly window_groupings: readonly string[]
}

export interface ConversionParams {
  readonly entity: string
  readonly base_measure: MeasureInput | null
  readonly conversion_measure: MeasureInput | null
  readonly base_metric: MetricInput | null
  readonly conversion_metric: MetricInput | null
  readonly calculation: (typeof calculations)[number]
  readonly window: TimeWindow | null
  readonly constant_properties:
    | readonly { readonly base_property: string; readonly conversion_property: string }[]
    | null
}

export interface CumulativeParams {
  readonly window: TimeWindow | null
  readonly grain_to_date: string | null
  readonly period_agg: (typeof periodAggregations)[number]
  readonly metric: MetricInput | null
}

export interface MetricAggregation {
  readonly semantic_model: string
  readonly agg: Aggregation
  readonly agg_params: AggregationParams | null
  readonly agg_time_dimension: string | null
  readonly non_additive_dimension: NonAdditiveDimension | null
}

export interface MetricParams {
  readonly measure: MeasureInput | null
  /** The measures at the bottom, those of other metrics too; known when metrics are linked. */
  input_measures: readonly MeasureInput[]
  readonly numerator: MetricInput | null
  readonly denominator: MetricInput | null
  readonly expr: string | null
  readonly window: TimeWindow | null
  readonly grain_to_date: Granularity | null
  readonly metrics: readonly MetricInput[]
  readonly conversion_type_params: ConversionParams | null
  readonly cumulative_type_params: CumulativeParams | null
  readonly metric_aggregation_params: MetricAggregation | null
  readonly fill_nulls_with: number | null
  readonly join_to_timespine: boolean
  readonly is_private: boolean | null
}

export interface Metric extends ManifestResource {
  readonly resource_type: 'metric'
  readonly description: string
  readonly label: string
  readonly type: (typeof metricTypes)[number]
  readonly type_params: MetricParams
  readonly filter: WhereFilters | null
  readonly time_granularity: string | null
  depends_on: { nodes: string[]; macros: string[] }
}

interface Element {
  readonly name: string
  readonly description: string | null
  readonly label: string | null
  readonly expr: string | null
  readonly config: { readonly meta: Readonly<Record<string, unknown>> }
}

export interface Dimension extends Element {
  readonly type: (typeof dimensionTypes)[number]
  readonly is_partition: boolean
  readonly type_params: {
    readonly time_granularity: Granularity
    readonly validity_params: { readonly is_start: boolean; readonly is_end: boolean } | null
  } | null
  readonly metadata: null
  readonly datatype: string | null
}

export interface SemanticEntity extends Element {
  readonly type: (typeof entityTypes)[number]
  readonly role: string | null
}

export interface Measure extends Element {
  readonly agg: Aggregation
  readonly create_metric: boolean
  readonly agg_params: AggregationParams | null
  readonly non_additive_dimension: NonAdditiveDimension | null
  readonly agg_time_dimension: string | null
}

export interface SemanticModel extends ManifestResource {
  readonly resource_type: 'semantic_model'
  readonly model: string
  readonly label: string | null
  readonly description: string | null
  readonly node_relation: {
    readonly alias: string
    readonly schema_name: string
    readonly database: string | null
    readonly relation_name: string | null
  } | null
  readonly defaults: { readonly agg_time_dimension: string | null } | null
  readonly primary_entity: string | null
  readonly entities: readonly SemanticEntity[]
  readonly measures: readonly Measure[]
  readonly dimensions: readonly Dimension[]
}

export interface SavedQuery extends ManifestResource {
  readonly resource_type: 'saved_query'
  readonly description: string | null
  readonly label: string | null
  readonly query_params: {
    readonly metrics: readonly string[]
    readonly group_by: readonly string[]
    readonly where: WhereFilters | null
    readonly order_by: readonly string[]
    readonly limit: number | null
  }
  readonly exports: readonly {
    readonly name: string
    readonly config: {
      readonly export_as: (typeof exportTypes)[number]
      readonly schema_name: string | null
      readonly alias: string | null
      readonly database: string | null
    }
    readonly unrendered_config: Readonly<Record<string, unknown>>
  }[]
  readonly tags: readonly string[]
  depends_on: { nodes: string[]; macros: string[] }
}
