import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const timeSpine = `
models:
  - name: days
    time_spine: { standard_granularity_column: date_day }
    columns: [{ name: date_day, granularity: day }]
`
const described = `${timeSpine}
semantic_models:
  - name: orders
    model: ref('orders')
    defaults: { agg_time_dimension: ordered_at }
    entities: [{ name: order_key, type: primary, expr: id }]
    dimensions: [{ name: ordered_at, type: time, type_params: { time_granularity: day } }]
    measures: [{ name: revenue, agg: sum, expr: amount }, { name: order_count, agg: sum, expr: 1 }]
metrics:
  - { name: revenue, label: Revenue, type: simple, type_params: { measure: revenue } }
  - { name: orders, label: Orders, type: simple, type_params: { measure: order_count }, filter: "{{ Dimension('order_key__x') }} = 1" }
  - name: average
    label: Average
    type: ratio
    type_params: { numerator: revenue, denominator: { name: orders, offset_window: 7 days } }
saved_queries:
  - name: weekly
    query_params: { metrics: [average], group_by: ["TimeDimension('metric_time', 'week')"] }
`
const project = (yaml: string) =>
  new TempProject({
    'models/orders.sql': 'select 1 as id, 2 as amount, now() as ordered_at',
    'models/days.sql': 'select current_date as date_day',
    'models/m.yml': yaml,
  })

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
  expect(orders.filter.where_filters).toEqual([{ where_sql_template: "{{ Dimension('order_key__x') }} = 1" }])
  expect((await shop.dbt('ls --quiet --select +saved_query:weekly')).output.split('\n')).toEqual([
    'metric:shop.average',
    'metric:shop.orders',
    'metric:shop.revenue',
    'shop.orders',
    'saved_query:shop.weekly',
    'semantic_model:shop.orders',
  ])
  expect((await shop.dbt('build')).code).toBe(0)
})

test.each([
  [
    described.replace('measure: revenue', 'measure: revenu'),
    'A semantic model having a measure `revenu` does not exist but was referenced.',
  ],
  [
    described.replace('numerator: revenue', 'numerator: revenu'),
    'The metric `revenu` does not exist but was referenced by metric `average`.',
  ],
  [described.replace("ref('orders')", "ref('order')"), "Did you mean 'orders'?"],
  [
    described.replace('label: Revenue, ', ''),
    "models/m.yml @ metrics: 'revenue' - at path []: 'label' is a required property",
  ],
  [described.replace('agg: sum', 'agg: total'), "at path ['measures'][0]['agg']: 'total' is not one of"],
  [
    described.replace('type: ratio', 'type: ratio\n    model: orders'),
    "Additional properties are not allowed ('model' was unexpected)",
  ],
  [described.replace('7 days', 'a week'), 'Invalid count (a) in cumulative/conversion metric window string: (a week)'],
  [described.replace(timeSpine, ''), 'requires a time spine model with granularity DAY or smaller'],
  [described.replace('column: date_day', 'column: day'), "Got invalid column name 'day' for model 'days'"],
  [described.replace('name: ordered_at', 'name: ordered'), 'Semantic Manifest validation failed.'],
])('what leads nowhere or has not the form is an error', async (yaml, expected) => {
  const { code, output } = await project(yaml).dbt('parse')
  expect(code).toBe(2)
  expect(output).toContain('Parsing Error')
  expect(output).toContain(expected)
})

test.each([
  [
    'metrics: [{ name: m, aggg: sum }]',
    "['metrics'][0]: Additional properties are not allowed ('aggg' was unexpected)",
  ],
  [
    'derived_semantics: { entities: [{ name: e, type: primary, expr: id, role: x }] }',
    "['derived_semantics']['entities'][0]: Additional properties are not allowed ('role' was unexpected)",
  ],
  [
    'derived_semantics: { dimensions: [{ name: e, type: time }] }',
    "['derived_semantics']['dimensions'][0]: 'expr' is a required property",
  ],
])(
  'a model is held to the forms of the semantic layer, whether it is part of that or not: %s',
  async (rest, expected) => {
    const { code, output } = await project(`${described}models:\n  - { name: orders, ${rest} }\n`).dbt('parse')
    expect(code, output).toBe(2)
    expect(output).toContain(`models/m.yml @ models: 'orders' - at path ${expected}`)
  },
)

test('what is disabled cannot be referred to', async () => {
  const disabled = described.replace('label: Revenue,', 'label: Revenue, config: { enabled: false },')
  const shop = project(disabled)
  expect((await shop.dbt('parse')).output).toContain('The metric `revenue` is disabled and thus cannot be referenced.')
  shop.write({
    'models/m.yml': described.replace('label: Orders,', 'label: Orders, config: { enabled: false },'),
    'models/reads.sql': "select 1 as id -- {{ metric('orders') }}",
  })
  expect((await shop.dbt('parse')).output).toContain(
    "Model 'model.shop.reads' (models/reads.sql) depends on a metric named 'orders' which is disabled.",
  )
})

test('templates see metrics, models and exposures depend on them', async () => {
  const shop = project(`${described}
exposures:
  - { name: board, type: dashboard, owner: { name: Ada }, depends_on: [metric('average')] }
`)
  shop.write({
    'models/reads.sql': `{% set m = metric('average') %}
      select '{{ m }}, {{ m.metric_name }}{% if execute %}, {{ m.label }}, {{ m.base_metric_dependency() | sort }}{% endif %}' as "text"`,
  })
  const { results } = await shop.dbt('compile -s reads')
  expect(results.reads?.compiled_code).toContain("'average, average, Average, ['orders', 'revenue']'")
  const manifest = JSON.parse(shop.read('target/manifest.json'))
  expect(manifest.nodes['model.shop.reads']).toMatchObject({
    metrics: [['average']],
    depends_on: { nodes: ['metric.shop.average'] },
  })
  expect(manifest.exposures['exposure.shop.board'].depends_on.nodes).toEqual(['metric.shop.average'])
})

test('state:modified sees what changed in a saved query, not that the target did', async () => {
  const shop = project(described)
  await shop.dbt('parse --target-path state')
  const modified = async (yaml: string) => {
    shop.write({ 'models/m.yml': yaml })
    const { output } = await shop.dbt('ls --quiet --select state:modified --state state')
    return output.split('\n').filter((line) => line !== '')
  }
  expect(await modified(described)).toEqual([])
  expect(await modified(described.replace("'week'", "'month'"))).toEqual(['saved_query:shop.weekly'])
  expect(await modified(described.replace('expr: amount', 'expr: id'))).toContain('semantic_model:shop.orders')
})

test('documents below osi/ become semantic models and metrics', async () => {
  const sql = (expression: string) => ({ dialects: [{ dialect: 'ANSI_SQL', expression }] })
  const shop = project(timeSpine)
  const document = {
    version: '0.1.1',
    semantic_model: [
      {
        name: 'shop',
        datasets: [
          {
            name: 'osi_orders',
            source: 'shop.main.orders',
            primary_key: ['id'],
            fields: [
              { name: 'id', expression: sql('id') },
              { name: 'ordered_at', expression: sql('ordered_at'), dimension: { is_time: true } },
              { name: 'size', expression: sql('amount'), datatype: 'Integer' },
            ],
          },
        ],
        metrics: [
          { name: 'total', expression: sql('SUM(osi_orders.amount)') },
          { name: 'mean', expression: sql('SUM(amount) / COUNT(DISTINCT id)') },
        ],
      },
    ],
  }
  shop.write({ 'osi/orders.json': JSON.stringify(document) })
  expect((await shop.dbt('parse')).code).toBe(0)
  const { semantic_models, metrics } = JSON.parse(shop.read('target/manifest.json'))
  expect(semantic_models['semantic_model.shop.osi_orders']).toMatchObject({
    path: 'osi/orders.json',
    refs: [{ name: 'orders' }],
    entities: [{ name: 'id', type: 'primary' }],
    dimensions: [
      { name: 'ordered_at', type: 'time', type_params: { time_granularity: 'day' } },
      { name: 'size', type: 'categorical', expr: 'amount', datatype: 'integer' },
    ],
  })
  expect(metrics['metric.shop.total'].type_params).toMatchObject({
    expr: 'amount',
    metric_aggregation_params: { semantic_model: 'osi_orders', agg: 'sum' },
  })
  expect(metrics['metric.shop.mean'].depends_on.nodes).toEqual([
    'metric.shop.mean_numerator',
    'metric.shop.mean_denominator',
  ])
  shop.write({ 'osi/orders.json': JSON.stringify(document).replace('main.orders', 'main.order') })
  expect((await shop.dbt('parse')).output).toContain('does not match any dbt model in this project')
})

test('a config of a wrong type is told; meta of exposures may stand without a plus', async () => {
  const exposure = (config: string) =>
    `exposures: [{ name: board, type: dashboard, owner: { name: Ada }, tags: [b, a], config: ${config} }]`
  const shop = project(exposure('{ enabled: True and False }'))
  shop.write({ 'dbt_project.yml': 'name: shop\nprofile: shop\nexposures: { meta: { a: 1, b: 1 }, tags: [c, a] }\n' })
  // As in dbt, without the kind of the error.
  expect((await shop.dbt('parse')).output).toContain(
    "error:\nat path ['enabled']: 'True and False' is not of type 'boolean'",
  )
  shop.write({ 'models/m.yml': exposure('{ meta: { b: 2 } }') })
  await shop.dbt('parse')
  expect(JSON.parse(shop.read('target/manifest.json')).exposures['exposure.shop.board']).toMatchObject({
    meta: { a: 1, b: 2 },
    tags: ['a', 'b', 'c'],
    config: { meta: { a: 1, b: 2 }, tags: ['a', 'b', 'c'] },
  })
})
