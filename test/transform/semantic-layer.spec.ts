import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const described = `
semantic_models:
  - name: orders
    model: ref('orders')
    defaults: { agg_time_dimension: ordered_at }
    entities: [{ name: order, type: primary, expr: id }]
    dimensions: [{ name: ordered_at, type: time, type_params: { time_granularity: day } }]
    measures: [{ name: revenue, agg: sum, expr: amount }, { name: order_count, agg: sum, expr: 1 }]
metrics:
  - { name: revenue, label: Revenue, type: simple, type_params: { measure: revenue } }
  - { name: orders, label: Orders, type: simple, type_params: { measure: order_count }, filter: "{{ Dimension('order__x') }} = 1" }
  - name: average
    label: Average
    type: ratio
    type_params: { numerator: revenue, denominator: { name: orders, offset_window: 7 days } }
saved_queries:
  - name: weekly
    query_params: { metrics: [average], group_by: ["TimeDimension('metric_time', 'week')"] }
`
const project = (yaml: string) =>
  new TempProject({ 'models/orders.sql': 'select 1 as id, 2 as amount, now() as ordered_at', 'models/m.yml': yaml })

test('semantic models, metrics and saved queries stand in the manifest and in the graph', async () => {
  const shop = project(described)
  expect((await shop.dbt('parse')).code).toBe(0)
  const manifest = JSON.parse(shop.read('target/manifest.json'))
  expect(manifest.semantic_models['semantic_model.shop.orders'].node_relation.relation_name).toBe(
    '"shop"."main"."orders"',
  )
  const { 'metric.shop.average': average, 'metric.shop.orders': orders } = manifest.metrics
  expect(average.depends_on.nodes).toEqual(['metric.shop.revenue', 'metric.shop.orders'])
  expect(average.type_params.denominator).toMatchObject({ offset_window: { count: 7, granularity: 'day' } })
  expect(average.type_params.input_measures).toMatchObject([{ name: 'revenue' }, { name: 'order_count' }])
  expect(orders.filter.where_filters).toEqual([{ where_sql_template: "{{ Dimension('order__x') }} = 1" }])
  expect((await shop.dbt('ls --quiet --select +saved_query:weekly')).output.split('\n')).toEqual([
    'metric:shop.average',
    'metric:shop.orders',
    'metric:shop.revenue',
    'saved_query:shop.weekly',
    'semantic_model:shop.orders',
    'shop.orders',
  ])
  expect((await shop.dbt('build')).code).toBe(0)
})

test.each([
  [
    described.replace('measure: revenue', 'measure: revenu'),
    "is made of a measure 'revenu', which no semantic model has",
  ],
  [described.replace('numerator: revenue', 'numerator: revenu'), "is made of a metric 'revenu'"],
  [described.replace("ref('orders')", "ref('order')"), "Did you mean 'orders'?"],
])('what leads nowhere is an error', async (yaml, expected) => {
  const { code, output } = await project(yaml).dbt('parse')
  expect(code).toBe(2)
  expect(output).toContain(expected)
})
