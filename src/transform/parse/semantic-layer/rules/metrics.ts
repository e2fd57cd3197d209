import type { ConversionParams, MeasureInput, Metric, MetricInput, SemanticModel, TimeWindow } from '../shapes.js'
import { validNameIssues } from './names.js'
import { coarseness, customGranularities, error, type Issue, type Rule, type SemanticLayer, warning } from './rule.js'

const notYet = 'Custom granularities are not supported for this field yet.'
const isStandard = (granularity: string) => coarseness(granularity) >= 0

/** What a metric of each type needs. */
export const metricRule: Rule = (layer) => {
  const custom = customGranularities(layer)
  return layer.metrics.flatMap((metric) => {
    if (metric.type === 'cumulative') return cumulativeIssues(metric, custom)
    if (metric.type === 'derived')
      return [...aliasIssues(metric), ...offsetIssues(metric, custom), ...exprIssues(metric)]
    if (metric.type === 'conversion') return conversionIssues(metric, layer, custom)
    return []
  })
}

function windowIssues(metric: Metric, window: TimeWindow, custom: readonly string[], allowsCustom = false): Issue[] {
  const { count, granularity } = window
  const singular = granularity.replace(/s$/, '')
  const isKnown = (unit: string) => isStandard(unit) || custom.includes(unit)
  const unit = granularity !== singular && isKnown(singular) ? singular : granularity
  const message = `Invalid time granularity '${unit}' in window: '${count} ${granularity}'`
  if (!isKnown(unit)) return [error(metric, message)]
  return allowsCustom || isStandard(unit) ? [] : [error(metric, `${message} ${notYet}`)]
}

function cumulativeIssues(metric: Metric, custom: readonly string[]): Issue[] {
  const { measure, cumulative_type_params: params, window: outer, grain_to_date: outerGrain } = metric.type_params
  const issues: Issue[] = []
  if (measure && params?.metric)
    issues.push(
      warning(
        metric,
        `Cumulative metric '${metric.name}' should not have both a measure and a metric as inputs. The measure will be ignored; please remove it to avoid confusion.`,
      ),
    )
  const shown = (window: TimeWindow) => `${window.count} ${window.granularity}`
  if (outer && params?.window && shown(outer) !== shown(params.window))
    issues.push(
      error(
        metric,
        `Got differing values for \`window\` on cumulative metric '${metric.name}'. In \`type_params.window\`, got '${shown(outer)}'. In \`type_params.cumulative_type_params.window\`, got '${shown(params.window)}'. Please remove the value from \`type_params.window\`.`,
      ),
    )
  const window = params?.window ?? outer
  const grain = params?.grain_to_date?.toLowerCase() ?? outerGrain
  if (grain && !isStandard(grain))
    issues.push(error(metric, `Invalid time granularity found in \`grain_to_date\`: '${grain}'. ${notYet}`))
  if (window && grain)
    issues.push(error(metric, 'Both window and grain_to_date set for cumulative metric. Please set one or the other.'))
  return window ? [...issues, ...windowIssues(metric, window, custom)] : issues
}

function aliasIssues(metric: Metric): Issue[] {
  const used = new Set(metric.type_params.metrics.map(({ name }) => name))
  return metric.type_params.metrics.flatMap(({ name, alias }) => {
    if (alias === null) return []
    const issues = validNameIssues(alias, metric)
    if (used.has(alias))
      issues.push(
        error(
          metric,
          `Alias '${alias}' for input metric: '${name}' is already being used. Please choose another alias.`,
        ),
      )
    used.add(alias)
    return issues
  })
}

const offsetIssues = (metric: Metric, custom: readonly string[]): Issue[] =>
  metric.type_params.metrics.flatMap(({ name, offset_window: window, offset_to_grain }) => {
    const grain = offset_to_grain?.toLowerCase()
    const issues = window ? windowIssues(metric, window, custom, true) : []
    if (grain && !isStandard(grain))
      issues.push(error(metric, `Invalid time granularity found in \`offset_to_grain\`: '${grain}'. ${notYet}`))
    if (window && grain)
      issues.push(
        error(
          metric,
          `Both offset_window and offset_to_grain set for derived metric '${metric.name}' on input metric '${name}'. Please set one or the other.`,
        ),
      )
    return issues
  })

function exprIssues(metric: Metric): Issue[] {
  const { expr, metrics } = metric.type_params
  const issues: Issue[] = []
  if (metrics.length === 0)
    issues.push(
      error(
        metric,
        `No input metrics found for derived metric '${metric.name}'. Please add metrics to type_params.metrics.`,
      ),
    )
  if (!expr)
    issues.push(
      warning(
        metric,
        `No \`expr\` set for derived metric ${metric.name}. Please add an \`expr\` that references all input metrics.`,
      ),
    )
  else
    for (const input of metrics) {
      const name = input.alias ?? input.name
      if (!expr.includes(name))
        issues.push(
          warning(
            metric,
            `Input metric '${name}' is not used in \`expr\`: '${expr}' for derived metric '${metric.name}'. Please update the \`expr\` or remove the input metric.`,
          ),
        )
    }
  return issues
}

interface ConversionInput {
  readonly kind: 'base' | 'conversion'
  readonly measure: MeasureInput | null
  readonly metric: MetricInput | null
}

function conversionIssues(metric: Metric, layer: SemanticLayer, custom: readonly string[]): Issue[] {
  const params = metric.type_params.conversion_type_params as ConversionParams
  const inputs: ConversionInput[] = [
    { kind: 'base', measure: params.base_measure, metric: params.base_metric },
    { kind: 'conversion', measure: params.conversion_measure, metric: params.conversion_metric },
  ]
  const issues: Issue[] = []
  const uses: Issue[] = []
  const models = inputs.flatMap((input) => modelOfInput(metric, input, layer, { issues, uses }) ?? [])
  const [base, conversion] = models
  // What is not there was told; nothing more can be said of it.
  if (!base || !conversion) return issues
  issues.push(...uses)
  for (const [model, name] of [
    [base, 'base semantic model'],
    [conversion, 'conversion semantic model'],
  ] as const)
    if (!model.entities.some((entity) => entity.name === params.entity))
      issues.push(error(metric, `Entity: ${params.entity} not found in ${name}: ${model.name}.`))
  if (params.window) issues.push(...windowIssues(metric, params.window, custom))
  for (const { base_property, conversion_property } of params.constant_properties ?? [])
    for (const [model, property] of [
      [base, base_property],
      [conversion, conversion_property],
    ] as const)
      if (![...model.entities, ...model.dimensions].some(({ name }) => name === property))
        issues.push(
          error(metric, `The provided constant property: ${property}, cannot be found in semantic model ${model.name}`),
        )
  return issues
}

/** The semantic model behind an input, whose aggregation has to count something: `uses` says where it does not. */
function modelOfInput(
  metric: Metric,
  { kind, measure, metric: input }: ConversionInput,
  { semanticModels, metrics }: SemanticLayer,
  { issues, uses }: { readonly issues: Issue[]; readonly uses: Issue[] },
): SemanticModel | undefined {
  const counts = (what: 'Measure' | 'Metric', name: string, agg: string, expr: string | null) => {
    if (agg === 'count' || agg === 'count_distinct' || (agg === 'sum' && expr === '1')) return
    uses.push(
      error(
        metric,
        `For conversion metrics, the input ${what.toLowerCase()} must be COUNT/SUM(1)/COUNT_DISTINCT. ${what} '${name}' is agg type: ${agg}`,
      ),
    )
  }
  const filtered = (what: string, name: string, filter: unknown) => {
    if (filter === null || kind === 'base') return
    uses.push(
      warning(
        metric,
        `${what} input '${name}' has a filter. For conversion metrics, filtering on the conversion input is not fully supported yet.`,
      ),
    )
  }
  if (measure) {
    const model = semanticModels.find(({ measures }) => measures.some(({ name }) => name === measure.name))
    const found = model?.measures.find(({ name }) => name === measure.name)
    if (!found) {
      issues.push(
        error(
          metric,
          `Input measure '${measure.name}' for conversion metric '${metric.name}' does not exist in your manifest.`,
        ),
      )
      return undefined
    }
    counts('Measure', found.name, found.agg, found.expr)
    filtered('Measure', found.name, measure.filter)
    return model
  }
  const found = metrics.find(({ name }) => name === input?.name)
  const aggregation = found?.type_params.metric_aggregation_params
  if (found && found.type !== 'simple')
    issues.push(
      error(
        found,
        `Metric '${found.name}' is not a Simple metric, so it cannot be used as an input for Conversion metric '${metric.name}'.`,
      ),
    )
  const model = semanticModels.find(({ name }) => name === aggregation?.semantic_model)
  if (!found || !aggregation || !model) {
    issues.push(
      error(
        metric,
        `Input metric '${input?.name}' for conversion metric '${metric.name}' is linked to a semantic model that does not exist in your manifest.`,
      ),
    )
    return undefined
  }
  counts('Metric', found.name, aggregation.agg, found.type_params.expr)
  filtered('Metric', found.name, input?.filter)
  return model
}
