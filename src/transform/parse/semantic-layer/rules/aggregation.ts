import type { ManifestResource } from '../../../contract.js'
import type { Aggregation, AggregationParams, NonAdditiveDimension, SemanticModel } from '../shapes.js'
import { error, type Issue } from './rule.js'

/** An error about a dimension over which a measure may not be added up. */
export function nonAdditiveIssues(
  model: SemanticModel,
  name: string,
  aggTimeDimension: string,
  dimension: NonAdditiveDimension,
): Issue[] {
  const time = model.dimensions.find((one) => one.name === aggTimeDimension)
  if (!time)
    return [
      error(
        model,
        `Measure '${name}' has a agg_time_dimension of ${aggTimeDimension} that is not defined as a dimension in semantic model '${model.name}'.`,
      ),
    ]
  const issues: Issue[] = []
  const found = model.dimensions.find((one) => one.name === dimension.name)
  const has = `Measure '${name}' has a non_additive_dimension with`
  if (!found)
    issues.push(
      error(
        model,
        `${has} name '${dimension.name}' that is not defined as a dimension in semantic model '${model.name}'.`,
      ),
    )
  else if (found.type !== 'time')
    issues.push(
      error(
        model,
        `${has} name '${dimension.name}' that is defined as a categorical dimension which is not supported.`,
      ),
    )
  const [unit, timeUnit] = [found?.type_params?.time_granularity, time.type_params?.time_granularity]
  if (unit && timeUnit && unit !== timeUnit)
    issues.push(
      error(
        model,
        `${has} name '${dimension.name}' that has a base time granularity (${unit.toUpperCase()}) that is not equal to the measure's agg_time_dimension ${time.name} with a base granularity of (${timeUnit.toUpperCase()}).`,
      ),
    )
  if (dimension.window_choice !== 'min' && dimension.window_choice !== 'max')
    issues.push(
      error(
        model,
        `${has} an invalid 'window_choice' of '${dimension.window_choice}'. Only choices supported are 'min' or 'max'.`,
      ),
    )
  const unknown = dimension.window_groupings.filter((one) => !model.entities.some((entity) => entity.name === one))
  if (unknown.length > 0)
    issues.push(
      error(
        model,
        `${has} an invalid 'window_groupings'. These entities (${unknown.join(', ')}) do not exist in the semantic model.`,
      ),
    )
  return issues
}

export function countIssues(about: ManifestResource, name: string, agg: Aggregation, expr: string | null): Issue[] {
  if (agg !== 'count') return []
  if (expr === null)
    return [
      error(
        about,
        `Measure '${name}' uses a COUNT aggregation, which requires an expr to be provided. Provide 'expr: 1' if a count of all rows is desired.`,
      ),
    ]
  if (!expr.toLowerCase().startsWith('distinct ')) return []
  return [
    error(
      about,
      `Measure '${name}' uses a 'count' aggregation with a DISTINCT expr: '${expr}'. This is not supported as it makes of an additive measure a non-additive one, and queries could return incorrect results. Use the aggregation type count_distinct.`,
    ),
  ]
}

export function percentileIssues(
  about: ManifestResource,
  name: string,
  agg: Aggregation,
  params: AggregationParams | null,
): Issue[] {
  const percentile = params?.percentile ?? null
  if (agg === 'percentile') {
    if (percentile === null)
      return [
        error(
          about,
          `Measure '${name}' uses a PERCENTILE aggregation, which requires agg_params.percentile to be provided.`,
        ),
      ]
    if (percentile > 0 && percentile < 1) return []
    return [
      error(
        about,
        `Percentile aggregation parameter for measure '${name}' is '${percentile}', but must be between 0 and 1 (non-inclusive). For example, to indicate the 65th percentile value, set 'percentile: 0.65'. For 0 use MIN, for 1 use MAX.`,
      ),
    ]
  }
  if (agg === 'median') {
    const uses = `Measure '${name}' uses a MEDIAN aggregation, while`
    const issues: Issue[] = []
    if (percentile !== null && percentile !== 0.5)
      issues.push(
        error(
          about,
          `${uses} percentile is set to '${percentile}', a conflicting value. Please remove the parameter or set to '0.5'.`,
        ),
      )
    if (params?.use_discrete_percentile)
      issues.push(
        error(about, `${uses} use_discrete_percentile is set to true. Please remove the parameter or set to False.`),
      )
    return issues
  }
  const used = Object.entries(params ?? {}).flatMap(([key, value]) => (value ? [key] : []))
  if (used.length === 0) return []
  return [
    error(
      about,
      `Measure '${name}' with aggregation '${agg}' uses agg_params (${used.join(', ')}) only relevant to Percentile measures.`,
    ),
  ]
}
