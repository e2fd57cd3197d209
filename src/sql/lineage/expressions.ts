import type { Expression, Query, Star } from '../syntax/ast.js'
import { resolveColumn, sourceNamed } from './columns.js'
import type { UnknownColumn } from './contract.js'
import { type FromResult, fold, type Output, Scope, unknownOutput } from './scope.js'
import { constant, either, made, type NamedValue, type Value } from './values.js'

const aggregates = new Set(
  `any_value approx_count_distinct approx_quantile approx_top_k arg_max arg_min argmax argmin array_agg avg bit_and bit_or
  bit_xor bool_and bool_or corr count count_if count_star countif covar_pop covar_samp entropy every favg first fsum
  geomean geometric_mean group_concat histogram json_agg json_arrayagg json_group_array json_group_object
  json_group_structure json_object_agg jsonb_agg jsonb_object_agg kahan_sum kurtosis kurtosis_pop last list listagg mad max
  max_by mean median min min_by mode percentile_cont percentile_disc product quantile quantile_cont quantile_disc
  range_agg regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy reservoir_quantile
  sem skewness stddev stddev_pop stddev_samp string_agg sum sumkahan sum_no_overflow var_pop var_samp variance
  weighted_avg xmlagg`.split(/\s+/),
)

export interface ExpressionHost {
  readonly sql: string
  report(problem: UnknownColumn): void
  /** The columns of a query inside; what decides over its rows is kept by the host. */
  query(query: Query, scope: Scope): Output
}

/** What an expression is made of. */
export function expressionValue(
  expression: Expression,
  scope: Scope,
  host: ExpressionHost,
  prefersAliases = false,
): Value {
  const all = (list: readonly Expression[]) => list.map((one) => expressionValue(one, scope, host, prefersAliases))
  switch (expression.kind) {
    case 'literal':
      return constant
    case 'column':
      return resolveColumn(expression, scope, prefersAliases, (problem) => host.report(problem))
    case 'compound':
      return made(all(expression.operands), 'transformed')
    case 'lambda': {
      const parameters = new Set(expression.parameters.map(fold))
      const inner = new Scope(scope, { sources: [], merged: [] }, parameters)
      return made(
        expression.body.map((one) => expressionValue(one, inner, host)),
        'transformed',
      )
    }
    case 'call': {
      const isOverRows = expression.isOverRows || aggregates.has(expression.name)
      // `count(*)` counts rows, whatever is in them.
      const args = expression.name === 'count' ? expression.args.filter(({ kind }) => kind !== 'star') : expression.args
      return made(all(args), isOverRows ? 'aggregated' : 'transformed')
    }
    case 'subquery': {
      const { columns, incomplete } = host.query(expression.query, scope)
      if (expression.isExists) return { ...constant, use: 'transformed' }
      const value = made(columns, 'transformed')
      return incomplete === undefined ? value : { ...value, unknown: value.unknown ?? incomplete }
    }
    case 'star': {
      const { columns, incomplete } = starColumns(expression, scope, host, false)
      const value = made(columns, 'transformed')
      return incomplete === undefined ? value : { ...value, unknown: value.unknown ?? incomplete }
    }
  }
}

/** The columns that `*` or `t.*` stands for. */
export function starColumns(star: Star, scope: Scope, host: ExpressionHost, usingColumnsFirst: boolean): Output {
  let found: Output
  if (star.qualifier.length > 0) {
    let source: FromResult['sources'][number] | undefined
    for (let level: Scope | undefined = scope; level && !source; level = level.parent)
      source = sourceNamed(star.qualifier, level)
    if (!source) return unknownOutput(`the fields of ${star.qualifier.at(-1)?.value} are not known`)
    found = source
  } else found = allColumns(scope, usingColumnsFirst)
  if (star.isDynamic) return unknownOutput('only the warehouse knows which columns a pattern or COLUMNS(…) means')
  const except = new Set(star.except.map(fold))
  const replaced = new Map(star.replace.map((one) => [fold(one.name), one.expression]))
  const renamed = new Map(star.rename.map((one) => [fold(one.from), one.to]))
  const columns = found.columns
    .filter((column) => !except.has(fold(column.name)))
    .map((column): NamedValue => {
      const name = renamed.get(fold(column.name)) ?? column.name
      const other = replaced.get(fold(column.name))
      if (!other) return { ...column, name }
      return { ...expressionValue(other, scope, host), name, expression: host.sql.slice(other.start, other.end) }
    })
  const other = (name: string) => (except.has(fold(name)) || replaced.has(fold(name)) ? undefined : found.other?.(name))
  return { ...found, columns, other: found.other && renamed.size === 0 ? other : undefined }
}

/** The columns of everything in `from`, those of `using` once. */
export function allColumns({ sources, merged }: FromResult, usingColumnsFirst: boolean): Output {
  const columns: NamedValue[] = usingColumnsFirst ? merged.map(({ value }) => value) : []
  const shown = new Set(usingColumnsFirst ? merged : [])
  for (const source of sources)
    for (const column of source.columns) {
      const together = merged.find((one) => one.sources.includes(source) && fold(one.name) === fold(column.name))
      if (!together) columns.push(column)
      else if (!shown.has(together)) {
        shown.add(together)
        columns.push(together.value)
      }
    }
  const [open, ...more] = sources.filter((source) => source.incomplete !== undefined)
  return {
    columns,
    incomplete: open?.incomplete,
    isCertain: sources.every((source) => source.isCertain),
    other: more.length === 0 ? open?.other : undefined,
  }
}

/** The rows of both, column by column. */
export function unite(left: Output, right: Output, isByName: boolean): Output {
  const incomplete = left.incomplete ?? right.incomplete
  const isCertain = left.isCertain && right.isCertain
  if (isByName) {
    const others = new Map(right.columns.map((column) => [fold(column.name), column]))
    const columns = left.columns.map((column) => {
      const other = others.get(fold(column.name))
      others.delete(fold(column.name))
      return other ? { ...column, ...either(column, other) } : column
    })
    return { columns: [...columns, ...others.values()], incomplete, isCertain }
  }
  const columns = left.columns.map((column, i): NamedValue => {
    // Where columns are missing, nobody knows which ones stand beside each other.
    if (incomplete !== undefined) return { ...column, unknown: column.unknown ?? incomplete }
    const other = right.columns[i]
    return other ? { ...column, ...either(column, other) } : column
  })
  return { columns, incomplete: left.incomplete, isCertain: left.isCertain }
}
