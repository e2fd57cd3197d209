import { type Checks, integer as plainInteger } from '../../value-checks.js'
import { validity } from './described-checks.js'
import {
  anyOf,
  boolean,
  integer,
  listOf,
  mapping,
  maybeBoolean,
  maybeText,
  number,
  only,
  optional,
  text,
  texts,
  withKeys,
} from './late-checks.js'

/** The shapes of the semantic layer. What the values mean is looked at where the entries are read. */

const filter = optional(anyOf(text, texts("{{ Dimension('order__status') }} = 'done'")))
const maybeInteger = optional(integer)
const about: Checks = { description: maybeText, label: maybeText, config: mapping }
const element: Checks = { ...about, name: text, type: text, expr: maybeText }

const measure = only(
  {
    ...about,
    name: text,
    agg: text,
    expr: optional(anyOf(text, boolean, plainInteger)),
    agg_params: optional(
      only({ percentile: optional(number), use_discrete_percentile: boolean, use_approximate_percentile: boolean }),
    ),
    non_additive_dimension: optional(
      only({ name: text, window_choice: text, window_groupings: texts('customer') }, ['name', 'window_choice']),
    ),
    agg_time_dimension: maybeText,
    create_metric: boolean,
  },
  ['name', 'agg'],
)
const dimension = only(
  {
    ...element,
    is_partition: boolean,
    type_params: optional(only({ time_granularity: text, validity_params: validity }, ['time_granularity'])),
  },
  ['name', 'type'],
)

export const semanticModelChecks: Checks = {
  ...about,
  name: text,
  model: text,
  defaults: optional(only({ agg_time_dimension: maybeText })),
  entities: listOf(only({ ...element, role: maybeText }, ['name', 'type']), 'name: customer'),
  measures: listOf(measure, 'name: revenue'),
  dimensions: listOf(dimension, 'name: ordered_at'),
  primary_entity: maybeText,
}

const measureInput = anyOf(
  text,
  only({ name: text, filter, alias: maybeText, join_to_timespine: boolean, fill_nulls_with: maybeInteger }, ['name']),
)
const metricInput = anyOf(
  text,
  only({ name: text, filter, alias: maybeText, offset_window: maybeText, offset_to_grain: maybeText }, ['name']),
)
const metricInputs = optional(listOf(metricInput, 'name: revenue'))
const constantProperties = optional(
  listOf(
    only({ base_property: text, conversion_property: text }, ['base_property', 'conversion_property']),
    'base_property: product',
  ),
)
const metric: Checks = {
  name: text,
  type: text,
  description: text,
  filter,
  time_granularity: maybeText,
  config: mapping,
}
const conversion = only(
  {
    base_measure: measureInput,
    conversion_measure: measureInput,
    entity: text,
    calculation: text,
    window: maybeText,
    constant_properties: constantProperties,
  },
  ['base_measure', 'conversion_measure', 'entity'],
)

/** A metric with `type_params` is made of measures. */
export const measuredMetricChecks: Checks = {
  ...metric,
  label: text,
  meta: mapping,
  tags: texts('finance'),
  type_params: only({
    measure: optional(measureInput),
    numerator: optional(metricInput),
    denominator: optional(metricInput),
    expr: optional(anyOf(text, boolean)),
    window: maybeText,
    grain_to_date: maybeText,
    metrics: metricInputs,
    conversion_type_params: optional(conversion),
    cumulative_type_params: optional(only({ window: maybeText, grain_to_date: maybeText, period_agg: text })),
  }),
}

/** One without says itself what it aggregates. */
export const metricChecks: Checks = {
  ...metric,
  label: maybeText,
  hidden: boolean,
  agg: maybeText,
  percentile: optional(number),
  percentile_type: maybeText,
  join_to_timespine: maybeBoolean,
  fill_nulls_with: maybeInteger,
  expr: optional(anyOf(text, plainInteger)),
  non_additive_dimension: optional(
    only({ name: text, window_agg: text, group_by: texts('customer') }, ['name', 'window_agg']),
  ),
  agg_time_dimension: maybeText,
  window: maybeText,
  grain_to_date: maybeText,
  period_agg: text,
  input_metric: optional(metricInput),
  numerator: optional(metricInput),
  denominator: optional(metricInput),
  input_metrics: metricInputs,
  entity: maybeText,
  calculation: maybeText,
  base_metric: optional(metricInput),
  conversion_metric: optional(metricInput),
  constant_properties: constantProperties,
}

/** The metrics in a model's entry are of that kind. */
export const metricsOfModel = optional(listOf(only(metricChecks, ['name']), 'name: revenue'))

const derived: Checks = { ...element, expr: text }
const ofDerived = ['name', 'type', 'expr']
export const derivedSemantics = optional(
  only({
    entities: listOf(only(derived, ofDerived), 'name: customer'),
    dimensions: listOf(
      only({ ...derived, is_partition: boolean, granularity: maybeText, validity_params: validity }, ofDerived),
      'name: ordered_at',
    ),
  }),
)

export const savedQueryChecks: Checks = {
  name: text,
  description: maybeText,
  label: maybeText,
  query_params: only({
    metrics: texts('revenue'),
    group_by: texts("Dimension('order__status')"),
    where: filter,
    order_by: texts("Metric('revenue')"),
    limit: maybeInteger,
  }),
  exports: listOf(only({ name: text, config: mapping }, ['name']), 'name: revenue_table'),
  config: withKeys({ cache: withKeys({ enabled: boolean }) }),
  tags: anyOf(text, texts('finance')),
}
