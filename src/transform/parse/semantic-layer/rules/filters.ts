import { MillraceError } from '../../../../base/index.js'
import { defineFunction, JinjaEnvironment, str } from '../../../../jinja/index.js'
import type { Metric, SavedQuery, WhereFilters } from '../shapes.js'
import { granularities } from '../shapes.js'
import { customGranularities, error, type Issue, type Rule, warning } from './rule.js'

/** What a template names: `Dimension('order__country')`, `Metric('revenue', ['order'])`. */
interface QueryItem {
  readonly type: 'Dimension' | 'TimeDimension' | 'Entity' | 'Metric'
  /** Without the entities before it. */
  readonly element: string
  readonly name: string
  readonly path: readonly string[]
  readonly groupBy: readonly string[]
  readonly granularity: string | null
  readonly datePart: string | null
}

/** A template that cannot be read; the message says why. */
class UnreadableTemplate extends Error {}

const environment = new JinjaEnvironment({ undefined: 'strict' })

/**
 * The query items that a template names, which are written as calls of Jinja functions.
 * @throws UnreadableTemplate
 */
function queryItems(template: string, custom: readonly string[], isOrderBy = false): QueryItem[] {
  const items: QueryItem[] = []
  /** `.grain('day')` and the like may follow; what was said last counts when the item is printed. */
  class Builder {
    #item: QueryItem
    constructor(item: QueryItem) {
      this.#item = item
    }
    grain(granularity: unknown): Builder {
      return this.#more('grain', { granularity: str(granularity) })
    }
    date_part(part: unknown): Builder {
      return this.#more('date_part', { datePart: str(part) })
    }
    descending(_isDescending: unknown): Builder {
      return isOrderBy ? this : this.#more('descending', {})
    }
    pythonStr(): string {
      items.push(checked(this.#item, custom, isOrderBy))
      return ''
    }
    #more(method: string, more: Partial<QueryItem>): Builder {
      if (this.#item.type !== 'Dimension')
        throw new UnreadableTemplate(`\`${method}\` can't be used with \`${this.#item.type}\` in this context.`)
      this.#item = { ...this.#item, ...more }
      return this
    }
  }
  const build = (type: QueryItem['type'], name: unknown, more: Partial<QueryItem>) =>
    new Builder({
      ...{ type, name: str(name), element: str(name), path: [], groupBy: [], granularity: null, datePart: null },
      ...more,
    })
  const list = (value: unknown) => [...((value as Iterable<unknown> | null | undefined) ?? [])].map((one) => str(one))
  const textOrNull = (value: unknown) => (value === null || value === undefined ? null : str(value))
  const values = {
    Dimension: defineFunction('Dimension', ['name', 'entity_path?'], (name: unknown, path: unknown) =>
      build('Dimension', name, { path: list(path) }),
    ),
    TimeDimension: defineFunction(
      'TimeDimension',
      ['time_dimension_name', 'time_granularity_name?', 'entity_path?', 'descending?', 'date_part_name?'],
      (name: unknown, granularity: unknown, path: unknown, _descending: unknown, part: unknown) =>
        build('TimeDimension', name, {
          path: list(path),
          granularity: textOrNull(granularity),
          datePart: textOrNull(part),
        }),
    ),
    Entity: defineFunction('Entity', ['entity_name', 'entity_path?'], (name: unknown, path: unknown) =>
      build('Entity', name, { path: list(path) }),
    ),
    Metric: defineFunction('Metric', ['metric_name', 'group_by?'], (name: unknown, groupBy: unknown) =>
      build('Metric', name, { groupBy: list(groupBy) }),
    ),
  }
  try {
    environment.compile({ name: 'filter', source: template }).renderSync(values)
  } catch (cause) {
    if (cause instanceof UnreadableTemplate) throw cause
    if (!(cause instanceof MillraceError)) throw cause
    const root = cause.cause instanceof UnreadableTemplate ? cause.cause.message : cause.message
    throw new UnreadableTemplate(`Error while parsing Jinja template:\n${template}\n${root}`)
  }
  return items
}

/** Takes `order__ordered_at__day` apart, and says what is wrong with it. */
function checked(item: QueryItem, custom: readonly string[], isOrderBy: boolean): QueryItem {
  const { type, name } = item
  if (type === 'Metric') {
    if (item.groupBy.length === 0 && !isOrderBy)
      throw new UnreadableTemplate(
        '`group_by` parameter is required for Metric in where filter. This is needed to determine 1) the granularity to aggregate the metric to and 2) how to join the metric to the rest of the query.',
      )
    return item
  }
  const parts = name.split('__')
  const last = parts.at(-1) ?? ''
  const isTime = type === 'TimeDimension' || item.granularity !== null || item.datePart !== null
  const units: readonly string[] = isTime ? [...granularities, ...custom] : granularities
  const suffix = parts.length > 1 && units.includes(last) ? last : null
  const rest = suffix === null ? parts : parts.slice(0, -1)
  const element = rest.at(-1) ?? ''
  if (type === 'Entity') {
    if (suffix !== null)
      throw new UnreadableTemplate(
        `Name is in an incorrect format: '${name}'. It should not contain a time grain suffix.`,
      )
    return { ...item, element }
  }
  if (rest.length !== 2 && element !== 'metric_time')
    throw new UnreadableTemplate(
      `Name is in an incorrect format: '${name}'. It should be of the form: <primary entity name>__<dimension_name>`,
    )
  if (suffix !== null && item.granularity !== null && item.granularity !== suffix)
    throw new UnreadableTemplate(
      `Received different grains in \`time_dimension_name\` parameter ('${name}') and \`time_granularity_name\` parameter ('${item.granularity}'). Remove the grain suffix (\`${suffix}\`) from the time dimension name and use the \`time_granularity_name\` parameter to specify the intended grain.`,
    )
  return { ...item, element, granularity: (suffix ?? item.granularity)?.toLowerCase() ?? null }
}

type Read = (template: string, what: string, isOrderBy?: boolean) => QueryItem[]

/** Collects as errors what cannot be read. */
function reader(about: Metric | SavedQuery, custom: readonly string[], issues: Issue[]): Read {
  return (template, what, isOrderBy) => {
    try {
      return queryItems(template, custom, isOrderBy)
    } catch (cause) {
      if (!(cause instanceof UnreadableTemplate)) throw cause
      issues.push(error(about, `An error occurred while ${what} - ${cause.message}`))
      return []
    }
  }
}

/** Filters of metrics and saved queries name what there is, in a form that queries can use. */
export const filtersRule: Rule = (layer) => {
  const custom = customGranularities(layer)
  const valid = [...granularities, ...custom]
  return [...layer.metrics, ...layer.savedQueries].flatMap((one) => {
    const issues: Issue[] = []
    const read = reader(one, custom, issues)
    for (const [filters, what] of filtersOf(one))
      for (const { where_sql_template: template } of filters?.where_filters ?? [])
        for (const { type, granularity } of read(template, what))
          if (type !== 'Metric' && type !== 'Entity' && granularity !== null && !valid.includes(granularity))
            issues.push(
              warning(
                one,
                `Filter for ${one.resource_type} \`${one.name}\` is not valid. \`${granularity}\` is not a valid granularity name. Valid granularity options: ${valid.join(', ')}`,
              ),
            )
    return issues
  })
}

function filtersOf(one: Metric | SavedQuery): (readonly [WhereFilters | null | undefined, string])[] {
  if (one.resource_type === 'saved_query')
    return [[one.query_params.where, `trying to parse a filter in saved query \`${one.name}\``]]
  const { measure, numerator, denominator, metrics } = one.type_params
  return [
    [one.filter, `trying to parse filter of metric \`${one.name}\``],
    [measure?.filter, `trying to parse filter of measure input \`${measure?.name}\` on metric \`${one.name}\``],
    [numerator?.filter, `trying to parse the numerator filter on metric \`${one.name}\``],
    [denominator?.filter, `trying to parse the denominator filter on metric \`${one.name}\``],
    ...metrics.map(
      ({ name, filter }) =>
        [filter, `trying to parse filter for input metric \`${name}\` on metric \`${one.name}\``] as const,
    ),
  ]
}

/** A saved query groups and orders by what there is. */
export const savedQueriesRule: Rule = (layer) => {
  const custom = customGranularities(layer)
  const groupable = new Set(['metric_time'])
  for (const { name } of layer.metrics) groupable.add(name)
  for (const { dimensions, entities } of layer.semanticModels)
    for (const { name } of [...dimensions, ...entities]) groupable.add(name)
  return layer.savedQueries.flatMap((query) => {
    const { metrics, group_by: groups, order_by: orders, limit } = query.query_params
    const issues: Issue[] = []
    const read = reader(query, custom, issues)
    const key = ({ type, name, path, granularity, datePart }: QueryItem) =>
      JSON.stringify([type, name, path, granularity, datePart])
    const known = new Set(metrics.flatMap((name) => read(`{{ Metric('${name}') }}`, '', true).map(key)))
    for (const group of groups) {
      const before: number = issues.length
      const items = read(`{{${group}}}`, `trying to parse a group-by in saved query \`${query.name}\``)
      for (const item of items) known.add(key(item))
      if (issues.length === before && (items.length !== 1 || !groupable.has(items[0]?.element ?? '')))
        issues.push(error(query, `\`${group}\` is not a valid group-by name.`))
    }
    if (issues.length === 0)
      for (const order of orders) {
        const before: number = issues.length
        const items = read(`{{${order}}}`, `parsing a field in '${query.name}'`, true)
        if (issues.length === before && !items.some((item) => known.has(key(item))))
          issues.push(error(query, `${order} does not match any of the listed metrics or group-by items. `))
      }
    if (limit !== null && limit < 0) issues.push(error(query, `Invalid limit value: ${limit} (should be >= 0)`))
    return issues
  })
}
