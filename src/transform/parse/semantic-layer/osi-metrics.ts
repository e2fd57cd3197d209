import { noParams } from './metric-params.js'
import type { Aggregation, MetricInput, MetricParams } from './shapes.js'

interface Dataset {
  readonly name: string
  readonly fields: readonly { readonly name: string; readonly expression: string }[]
}

interface OsiMetric {
  readonly name: string
  readonly type: 'simple' | 'ratio'
  readonly params: MetricParams
  /** Not only a part of another one. */
  readonly isOwn: boolean
}

const functions: Readonly<Record<string, Aggregation>> = {
  sum: 'sum',
  avg: 'average',
  min: 'min',
  max: 'max',
  count: 'count',
}

/**
 * What a metric's SQL says: one aggregation is a simple metric, one divided by another a ratio with a metric for each part.
 * Whatever else it is stays a simple metric over the whole expression.
 */
export function osiMetricParams(
  name: string,
  expression: string,
  datasets: readonly Dataset[],
  isOwn = true,
): OsiMetric[] {
  const aggregated = aggregationIn(expression)
  const simple = (semantic_model: string, agg: Aggregation, expr: string, percentile?: number): OsiMetric => ({
    name,
    type: 'simple',
    isOwn,
    params: {
      ...noParams,
      expr,
      is_private: false,
      metric_aggregation_params: {
        semantic_model,
        agg,
        agg_params:
          percentile === undefined
            ? null
            : { percentile, use_discrete_percentile: false, use_approximate_percentile: false },
        agg_time_dimension: null,
        non_additive_dimension: null,
      },
    },
  })
  if (aggregated) {
    const { agg, column, percentile } = aggregated
    return [simple(datasetOf(column, datasets), agg, bare(column), percentile)]
  }
  const parts = ratioIn(expression)
  if (!parts) return [simple(datasets[0]?.name ?? '', 'sum', expression)]
  const [numerator, denominator] = [`${name}_numerator`, `${name}_denominator`]
  return [
    ...osiMetricParams(numerator, parts[0], datasets, false),
    ...osiMetricParams(denominator, parts[1], datasets, false),
    {
      name,
      type: 'ratio',
      isOwn,
      params: { ...noParams, is_private: false, numerator: inputOf(numerator), denominator: inputOf(denominator) },
    },
  ]
}

const inputOf = (name: string): MetricInput => ({
  name,
  filter: null,
  alias: null,
  offset_window: null,
  offset_to_grain: null,
})

function aggregationIn(
  expression: string,
): { readonly agg: Aggregation; readonly column: string; readonly percentile?: number } | undefined {
  const text = expression.trim()
  const [, kind, share, ordered] =
    /^percentile_(cont|disc)\s*\(\s*([\d.]+)\s*\)\s+within\s+group\s*\(\s*order\s+by\s+([\w."]+)[^)]*\)$/i.exec(text) ??
    []
  if (share !== undefined && ordered !== undefined) {
    const percentile = Number(share)
    return percentile === 0.5 && kind?.toLowerCase() === 'cont'
      ? { agg: 'median', column: ordered }
      : { agg: 'percentile', column: ordered, percentile }
  }
  const [, name = '', inner = ''] = /^(\w+)\s*\(([\s\S]*)\)$/.exec(text) ?? []
  const agg = functions[name.toLowerCase()]
  // `sum(a) / sum(b)` starts and ends like one call, too.
  if (!agg || !isBalanced(inner)) return undefined
  const argument = inner.trim()
  const distinct = /^distinct\s+([\s\S]+)$/i.exec(argument)?.[1]
  if (distinct !== undefined)
    return agg === 'count' && !distinct.includes(',') ? { agg: 'count_distinct', column: distinct.trim() } : undefined
  const flag = /^case\s+when\s+([\s\S]+?)\s+then\s+1\s+else\s+0\s+end$/i.exec(argument)?.[1]
  if (agg === 'sum' && flag !== undefined) return { agg: 'sum_boolean', column: flag }
  return agg === 'sum' && /^case\b/i.test(argument) ? undefined : { agg, column: argument }
}

/** Whether every bracket that closes was opened in the text itself. */
function isBalanced(text: string): boolean {
  let depth = 0
  for (const char of text) {
    if (char === '(') depth++
    if (char === ')' && --depth < 0) return false
  }
  return depth === 0
}

/** The sides of the only division that stands in no bracket. */
function ratioIn(expression: string): readonly [string, string] | undefined {
  let depth = 0
  const places: number[] = []
  for (let i = 0; i < expression.length; i++) {
    const char = expression[i]
    if (char === '(') depth++
    else if (char === ')') depth--
    else if (depth === 0 && char !== undefined && '+-*'.includes(char)) return undefined
    else if (depth === 0 && char === '/') places.push(i)
  }
  const [place, second] = places
  if (place === undefined || second !== undefined) return undefined
  return [unwrapped(expression.slice(0, place)), unwrapped(expression.slice(place + 1))]
}

function unwrapped(text: string): string {
  const inner = /^\s*\(([\s\S]*)\)\s*$/.exec(text)?.[1]
  return (inner !== undefined && isBalanced(inner) ? inner : text).trim()
}

const bare = (column: string) => (/^[\w.]+$/.test(column) ? column.slice(column.lastIndexOf('.') + 1) : column)

/** The dataset before the dot, or the one that has the column; the first one when nothing tells. */
function datasetOf(column: string, datasets: readonly Dataset[]): string {
  if (/^[\w.]+\.\w+$/.test(column)) return column.slice(0, column.lastIndexOf('.'))
  const has = ({ fields }: Dataset) =>
    fields.some(({ name, expression }) => name === column || bare(expression) === column)
  return (datasets.find(has) ?? datasets[0])?.name ?? ''
}
