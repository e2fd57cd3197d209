import { asText } from '../../project/yaml-file.js'
import type { ParseScope } from '../scope/parse-scope.js'
import { Entry } from '../yaml/entry.js'
import { measuredParams, ownParams } from './metric-params.js'
import { described, filterOf, keepSemantic, semanticResource } from './resource.js'
import { type Measure, type Metric, type MetricParams, metricTypes } from './shapes.js'

/** An entry of `metrics:`. Those with `type_params` are made of measures; the others say themselves what they aggregate. */
export function parseMetric(scope: ParseScope, entry: Entry): void {
  if (!('type_params' in entry.values)) {
    parseOwnMetric(scope, entry)
    return
  }
  const type = checkedType(entry)
  entry.required('label')
  const made = resourceOf(scope, entry, { type, params: measuredParams(entry, type) })
  // What stands in the config wins over what stands beside it.
  const meta = Object.keys(made.config.meta).length > 0 ? made.config.meta : entry.mapping('meta')
  keepSemantic(scope, entry, { ...made, meta, tags: entry.texts('tags') })
}

/** A metric of a model's entry, or one of `metrics:` in the newer form. */
export function parseOwnMetric(
  scope: ParseScope,
  entry: Entry,
  model?: { readonly name: string; readonly aggTimeDimension: string | null },
): void {
  const type = checkedType(entry)
  if (type === 'simple' && !entry.has('agg')) throw entry.wrong('Simple metrics must have an agg param.')
  const params = ownParams(entry, type, type === 'simple' ? model : undefined)
  keepSemantic(scope, entry, { ...resourceOf(scope, entry, { type, params }), meta: {}, tags: [] })
}

/** The metric that a measure with `create_metric: true` makes. */
export function metricOfMeasure(
  scope: ParseScope,
  entry: Entry,
  measure: Measure,
  config: { readonly enabled: unknown; readonly meta: unknown },
): void {
  const { property } = entry
  const values = {
    name: measure.name,
    label: measure.label || measure.name,
    type: 'simple',
    type_params: { measure: measure.name, expr: measure.expr || measure.name },
    description: entry.text('description') || `Metric created from measure ${measure.name}`,
    config,
  }
  parseMetric(scope, new Entry(property, values))
}

function checkedType(entry: Entry): Metric['type'] {
  const name = entry.required('name')
  const wrong = [
    ...(name.includes(' ') ? ['cannot contain spaces'] : []),
    ...(name.length > 250 ? ['cannot contain more than 250 characters'] : []),
    ...(/^[A-Za-z]/.test(name) ? [] : ['must begin with a letter']),
    ...(/^[\p{L}\p{N}_]+$/u.test(name) ? [] : ['must contain only letters, numbers and underscores']),
  ]
  if (wrong.length > 0) throw entry.wrong(`The metric name '${name}' is invalid.  It ${wrong.join(', ')}`, ['name'])
  return entry.choice('type', metricTypes) ?? 'simple'
}

function resourceOf(
  scope: ParseScope,
  entry: Entry,
  { type, params }: { readonly type: Metric['type']; readonly params: MetricParams },
) {
  const name = entry.required('name')
  return {
    ...semanticResource(scope, entry, 'metric', name, { ...entry.mapping('config') }),
    description: described(scope, entry, entry.text('description')) ?? '',
    label: asText(entry.text('label')) || name,
    type,
    type_params: params,
    filter: filterOf(entry, 'filter'),
    time_granularity: entry.text('time_granularity'),
    sources: [],
    metrics: [],
  }
}
