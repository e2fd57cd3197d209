import { isDeepStrictEqual } from 'node:util'
import type { Metric } from '../shapes.js'
import { countIssues, nonAdditiveIssues, percentileIssues } from './aggregation.js'
import { validNameIssues } from './names.js'
import { error, type Issue, type Rule, warning } from './rule.js'

/** Measures by themselves: what they aggregate, and over which time. */
export const measureRule: Rule = ({ semanticModels }) =>
  semanticModels.flatMap((model) =>
    model.measures.flatMap((measure): Issue[] => {
      const { name, agg, expr, agg_params, non_additive_dimension: nonAdditive } = measure
      const time = measure.agg_time_dimension ?? model.defaults?.agg_time_dimension
      return [
        ...percentileIssues(model, name, agg, agg_params),
        ...countIssues(model, name, agg, expr),
        ...(time === null || time === undefined
          ? [
              error(
                model,
                `Aggregation time dimension for measure ${name} on semantic model ${model.name} is not set! To fix this either specify a default \`agg_time_dimension\` for the semantic model or define an \`agg_time_dimension\` on the measure directly.`,
              ),
            ]
          : model.dimensions.some((one) => one.type === 'time' && one.name === time)
            ? nonAdditive
              ? nonAdditiveIssues(model, name, time, nonAdditive)
              : []
            : [
                error(
                  model,
                  `In semantic model '${model.name}', measure '${name}' has the aggregation time dimension set to '${time}', which is not a valid time dimension in the semantic model`,
                ),
              ]),
      ]
    }),
  )

/** A measure belongs to one semantic model: metrics name it alone. */
export const uniqueMeasuresRule: Rule = ({ semanticModels }) => {
  const owners = new Map<string, string[]>()
  return semanticModels.flatMap((model) =>
    model.measures.flatMap(({ name }) => {
      const known = owners.get(name)
      owners.set(name, [...(known ?? []), model.name])
      return known
        ? [
            error(
              model,
              `Found measure with name ${name} in multiple semantic models with names (${known.map((one) => `'${one}'`).join(', ')})`,
            ),
          ]
        : []
    }),
  )
}

/** Measures as metrics use them: those that there are, under names that tell them apart. */
export const usedMeasuresRule: Rule = ({ semanticModels, metrics }) => {
  const all = new Map(semanticModels.flatMap(({ measures }) => measures.map((one) => [one.name, one] as const)))
  const aliases = new Map<string, string[]>()
  return metrics.flatMap((metric) => {
    const { input_measures: inputs, measure, expr } = metric.type_params
    const issues: Issue[] = [...ambiguousInputs(metric)]
    for (const { name, alias } of inputs) {
      if (!all.has(name))
        issues.push(error(metric, `Measure ${name} referenced in metric ${metric.name} is not defined in the model!`))
      if (alias === null) continue
      issues.push(...validNameIssues(alias, metric))
      if (all.has(alias))
        issues.push(
          error(
            metric,
            `Alias \`${alias}\` for measure \`${name}\` conflicts with measure names defined elsewhere in the model! This can cause ambiguity for certain types of query. Please choose another alias.`,
          ),
        )
      const others = aliases.get(alias) ?? []
      if (others.length > 0)
        issues.push(
          error(
            metric,
            `Measure alias ${alias} conflicts with a measure alias used elsewhere in the model! Please choose another one. Metrics that use it: ${others.join(', ')}`,
          ),
        )
      aliases.set(alias, [...others, metric.name])
    }
    const used = metric.type === 'simple' && measure ? all.get(measure.name) : undefined
    if (used && expr !== null && expr !== used.expr && expr !== used.name)
      issues.push(warning(metric, `Metric '${metric.name}' should not have an expr set if it's proxy from measures`))
    return issues
  })
}

/** Two uses of one measure with different filters have to be told apart. */
function ambiguousInputs(metric: Metric): Issue[] {
  const inputs = metric.type_params.input_measures
  return [...new Set(inputs.map(({ name }) => name))].flatMap((name) => {
    const same = inputs.filter((one) => one.name === name)
    if (same.length < 2) return []
    if (same.every((one) => isDeepStrictEqual(one, same[0])))
      return [
        warning(
          metric,
          `Metric ${metric.name} has multiple identical input measures specifications for measure ${name}. This might be hiding a semantic error.`,
        ),
      ]
    return same.some(({ filter, alias }) => filter !== null && alias === null)
      ? [
          error(
            metric,
            `Metric ${metric.name} depends on multiple different constrained versions of measure ${name}. In such cases, aliases must be provided, but some of them have constraints specified without an alias.`,
          ),
        ]
      : []
  })
}
