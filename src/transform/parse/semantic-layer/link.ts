import { transformErrors } from '../../errors.js'
import { resourceNamed } from '../../graph/named-nodes.js'
import type { ParseScope } from '../scope/parse-scope.js'
import type { MeasureInput, Metric, MetricInput, SavedQuery, SemanticModel } from './shapes.js'

/**
 * Finds what metrics are made of: other metrics, and measures of semantic models. `input_measures` are those at the bottom.
 * Each metric is linked once, those that it is made of before it.
 */
export class MetricLinks {
  readonly #scope: ParseScope
  readonly #done = new Set<Metric>()

  constructor(scope: ParseScope) {
    this.#scope = scope
  }

  link(metric: Metric): void {
    // A metric that is made of itself is told by the graph, as a circle.
    if (this.#done.has(metric)) return
    this.#done.add(metric)
    const { type, type_params: params } = metric
    const { conversion_type_params: conversion, cumulative_type_params: cumulative } = params
    if (type === 'conversion') {
      if (!conversion)
        throw this.#wrong(metric, `${metric.name} is a conversion metric and must have conversion_type_params defined.`)
      const measures = [conversion.base_measure, conversion.conversion_measure].filter((one) => one !== null)
      if (measures.length > 0) this.#measures(metric, measures)
      else this.#metrics(metric, [conversion.base_metric, conversion.conversion_metric])
    } else if (type === 'derived') this.#metrics(metric, params.metrics)
    else if (type === 'ratio') {
      if (!params.numerator || !params.denominator)
        throw this.#wrong(metric, 'Invalid ratio metric. Both a numerator and denominator must be specified')
      this.#metrics(metric, [params.numerator, params.denominator])
    } else if (params.measure) this.#measures(metric, [params.measure])
    else if (type === 'cumulative') {
      if (!cumulative?.metric)
        throw this.#wrong(
          metric,
          `Cumulative metric ${metric.name} should have a measure or input_metric defined, but it does not.`,
        )
      this.#metrics(metric, [cumulative.metric])
    } else {
      const model = params.metric_aggregation_params?.semantic_model
      if (model === undefined)
        throw this.#wrong(
          metric,
          `Simple metric ${metric.name} should have a measure or agg type defined, but it does not.`,
        )
      addOnce(metric.depends_on.nodes, `semantic_model.${metric.package_name}.${model}`)
    }
  }

  linkQuery(query: SavedQuery): void {
    const asker = `Saved_Query '${query.unique_id}' (${query.original_file_path})`
    for (const name of query.query_params.metrics)
      addOnce(query.depends_on.nodes, referredMetric(this.#scope, [name], query, asker).unique_id)
  }

  #metrics(metric: Metric, inputs: readonly (MetricInput | null)[]): void {
    for (const input of inputs) {
      if (!input) continue
      const found = metricNamed(this.#scope, [input.name], metric.package_name)
      if (found === undefined)
        throw this.#wrong(
          metric,
          `The metric \`${input.name}\` does not exist but was referenced by metric \`${metric.name}\`.`,
        )
      if (found === 'disabled')
        throw this.#wrong(metric, `The metric \`${input.name}\` is disabled and thus cannot be referenced.`)
      this.link(found)
      addMeasures(metric, found.type_params.input_measures)
      addOnce(metric.depends_on.nodes, found.unique_id)
    }
  }

  #measures(metric: Metric, measures: readonly MeasureInput[]): void {
    addMeasures(metric, measures)
    for (const { name } of measures) addOnce(metric.depends_on.nodes, this.#ownerOf(metric, name).unique_id)
  }

  #ownerOf(metric: Metric, measure: string): SemanticModel {
    const { manifest } = this.#scope
    const has = (model: SemanticModel) => model.measures.some(({ name }) => name === measure)
    const found = (Object.values(manifest.semantic_models) as SemanticModel[]).find(has)
    if (found) return found
    const disabled = Object.values(manifest.disabled)
      .flat()
      .find((one) => one.resource_type === 'semantic_model' && has(one as SemanticModel))
    throw this.#wrong(
      metric,
      disabled
        ? `The measure \`${measure}\` is referenced on disabled semantic model \`${disabled.name}\`.`
        : `A semantic model having a measure \`${measure}\` does not exist but was referenced.`,
    )
  }

  #wrong({ name, original_file_path: file, package_name }: Metric, message: string): Error {
    const property = this.#scope.properties
      .ofKind('metrics')
      .find((one) => one.name === name && one.package.name === package_name)
    return transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
      message,
      at: property?.at ?? { file },
      hint: `It is wanted by the metric '${name}'. Check the spelling, declare it, or enable it.`,
      data: { dbtType: 'Parsing' },
    })
  }
}

/** What `metric('name')` or `metric('package', 'name')` leads to. */
function metricNamed({ manifest, root }: ParseScope, names: readonly string[], from: string) {
  const found = resourceNamed(manifest.metrics, names, root.name, from) as Metric | undefined
  if (found) return found
  const isDisabled = Object.keys(manifest.disabled).some(
    (id) => id.startsWith('metric.') && id.endsWith(`.${names.at(-1)}`),
  )
  return isDisabled ? 'disabled' : undefined
}

/** @throws TRANSFORM_REF_NOT_FOUND */
export function referredMetric(
  scope: ParseScope,
  names: readonly string[],
  { package_name }: { readonly package_name: string },
  asker: string,
): Metric {
  const found = metricNamed(scope, names, package_name)
  if (found !== undefined && found !== 'disabled') return found
  throw transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
    message: `${asker} depends on a metric named '${names.at(-1)}' which ${found === 'disabled' ? 'is disabled' : 'was not found'}.`,
    hint: 'Metrics stand below `metrics:` in a properties file of models, or in the entry of a model with `semantic_model: true`.',
  })
}

function addMeasures({ type_params: params }: Metric, more: readonly MeasureInput[]): void {
  const known = new Set(params.input_measures.map((one) => JSON.stringify(one)))
  params.input_measures = [...params.input_measures, ...more.filter((one) => !known.has(JSON.stringify(one)))]
}

const addOnce = (ids: string[], id: string) => {
  if (!ids.includes(id)) ids.push(id)
}
