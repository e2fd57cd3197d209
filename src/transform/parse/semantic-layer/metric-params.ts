import type { Entry } from '../yaml/entry.js'
import { filterOf } from './resource.js'
import {
  aggregations,
  type ConversionParams,
  type CumulativeParams,
  calculations,
  granularities,
  type MeasureInput,
  type MetricAggregation,
  type MetricInput,
  type MetricParams,
  type NonAdditiveDimension,
  periodAggregations,
  type TimeWindow,
} from './shapes.js'

/** What a metric has when nothing is said. */
export const noParams: MetricParams = {
  measure: null,
  input_measures: [],
  numerator: null,
  denominator: null,
  expr: null,
  window: null,
  grain_to_date: null,
  metrics: [],
  conversion_type_params: null,
  cumulative_type_params: null,
  metric_aggregation_params: null,
  fill_nulls_with: null,
  join_to_timespine: false,
  is_private: null,
}

/** `type_params:` of a metric that is made of measures. */
export function measuredParams(metric: Entry, type: string): MetricParams {
  const params = metric.entry('type_params')
  if (!params) return noParams
  const conversion = params.entry('conversion_type_params')
  return {
    ...noParams,
    measure: measureInput(params.named('measure')),
    numerator: metricInput(params.named('numerator')),
    denominator: metricInput(params.named('denominator')),
    expr: params.text('expr'),
    window: windowOf(params, 'window'),
    grain_to_date: params.choice('grain_to_date', granularities),
    metrics: metricInputs(params, 'metrics'),
    conversion_type_params: conversion && measuredConversion(conversion),
    cumulative_type_params: type === 'cumulative' ? measuredCumulative(params) : null,
  }
}

function measuredConversion(params: Entry): ConversionParams {
  return {
    ...conversionOf(params),
    base_measure: measureInput(params.named('base_measure')),
    conversion_measure: measureInput(params.named('conversion_measure')),
    base_metric: null,
    conversion_metric: null,
  }
}

function conversionOf(params: Entry) {
  return {
    entity: params.required('entity'),
    calculation: params.choice('calculation', calculations) ?? 'conversion_rate',
    window: windowOf(params, 'window'),
    constant_properties: params.has('constant_properties')
      ? params.entries('constant_properties').map((one) => ({
          base_property: one.required('base_property'),
          conversion_property: one.required('conversion_property'),
        }))
      : null,
  }
}

/** `window` and `grain_to_date` once stood beside `cumulative_type_params`, and still may. */
function measuredCumulative(params: Entry): CumulativeParams {
  const nested = params.entry('cumulative_type_params')
  return {
    window: (nested && windowOf(nested, 'window')) ?? windowOf(params, 'window'),
    grain_to_date: nested?.text('grain_to_date') ?? params.text('grain_to_date'),
    period_agg: nested?.choice('period_agg', periodAggregations) ?? 'first',
    metric: null,
  }
}

/** The fields of a metric that says itself what it aggregates. `model`: the semantic model of a simple one. */
export function ownParams(
  metric: Entry,
  type: string,
  model: { readonly name: string; readonly aggTimeDimension: string | null } | undefined,
): MetricParams {
  return {
    ...noParams,
    numerator: metricInput(metric.named('numerator')),
    denominator: metricInput(metric.named('denominator')),
    expr: metric.text('expr'),
    metrics: metricInputs(metric, 'input_metrics'),
    conversion_type_params: type === 'conversion' ? ownConversion(metric) : null,
    cumulative_type_params: type === 'cumulative' ? ownCumulative(metric) : null,
    metric_aggregation_params: metric.has('agg') ? ownAggregation(metric, model) : null,
    join_to_timespine: metric.flag('join_to_timespine') ?? false,
    is_private: metric.flag('hidden') ?? false,
  }
}

function ownConversion(metric: Entry): ConversionParams {
  for (const key of ['base_metric', 'conversion_metric', 'entity'])
    if (!metric.has(key)) throw metric.wrong(`${key} is required for conversion metrics.`)
  return {
    ...conversionOf(metric),
    base_measure: null,
    conversion_measure: null,
    base_metric: metricInput(metric.named('base_metric')),
    conversion_metric: metricInput(metric.named('conversion_metric')),
  }
}

function ownCumulative(metric: Entry): CumulativeParams {
  if (!metric.has('input_metric')) throw metric.wrong('input_metric is required for cumulative metrics.')
  return {
    window: windowOf(metric, 'window'),
    grain_to_date: metric.text('grain_to_date'),
    period_agg: metric.choice('period_agg', periodAggregations) ?? 'first',
    metric: metricInput(metric.named('input_metric')),
  }
}

function ownAggregation(
  metric: Entry,
  model: { readonly name: string; readonly aggTimeDimension: string | null } | undefined,
): MetricAggregation {
  if (!model) throw metric.wrong('simple metrics in v2 YAML must be attached to semantic_model')
  const percentileType = metric.text('percentile_type')?.toLowerCase()
  const dimension = metric.entry('non_additive_dimension')
  return {
    semantic_model: model.name,
    agg: metric.oneOf('agg', aggregations),
    agg_params: {
      percentile: metric.number('percentile'),
      use_discrete_percentile: percentileType === 'discrete',
      use_approximate_percentile: percentileType === 'continuous',
    },
    agg_time_dimension: metric.text('agg_time_dimension') ?? model.aggTimeDimension,
    non_additive_dimension: dimension
      ? {
          name: dimension.required('name'),
          window_choice: dimension.oneOf('window_agg', aggregations),
          window_groupings: dimension.texts('group_by'),
        }
      : null,
  }
}

/** `non_additive_dimension:` of a measure. */
export function nonAdditiveDimension(entry: Entry | null): NonAdditiveDimension | null {
  if (!entry) return null
  return {
    name: entry.required('name'),
    window_choice: entry.oneOf('window_choice', aggregations),
    window_groupings: entry.texts('window_groupings'),
  }
}

function measureInput(entry: Entry | null): MeasureInput | null {
  if (!entry) return null
  return {
    name: entry.required('name'),
    filter: filterOf(entry, 'filter'),
    alias: entry.text('alias'),
    join_to_timespine: entry.flag('join_to_timespine') ?? false,
    fill_nulls_with: entry.number('fill_nulls_with'),
  }
}

function metricInput(entry: Entry): MetricInput
function metricInput(entry: Entry | null): MetricInput | null
function metricInput(entry: Entry | null): MetricInput | null {
  if (!entry) return null
  return {
    name: entry.required('name'),
    filter: filterOf(entry, 'filter'),
    alias: entry.text('alias'),
    offset_window: windowOf(entry, 'offset_window'),
    offset_to_grain: entry.text('offset_to_grain'),
  }
}

const metricInputs = (entry: Entry, key: string): MetricInput[] => entry.allNamed(key).map((one) => metricInput(one))

/** `7 days` → a count and its unit. */
function windowOf(entry: Entry, key: string): TimeWindow | null {
  const text = entry.text(key)
  if (text === null) return null
  const parts = text.toLowerCase().split(' ')
  const [count = '', unit = ''] = parts
  if (parts.length !== 2)
    throw entry.wrong(
      `Invalid window (${text}) in cumulative/conversion metric. Should be of the form \`<count> <granularity>\`, e.g., \`28 days\``,
      [key],
    )
  if (!/^\d+$/.test(count))
    throw entry.wrong(`Invalid count (${count}) in cumulative/conversion metric window string: (${text})`, [key])
  const singular = granularities.find((one) => unit === `${one}s`)
  return { count: Number(count), granularity: singular ?? unit }
}
