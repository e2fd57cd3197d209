import { expect, it } from 'vitest'
import { bigQueryOptions } from '../../src/platform/engine/profiles/bigquery-profile.js'
import { openBigQuery } from '../../src/warehouse/index.js'
import { bigQueryOfFile } from '../support/bigquery-server.js'
import { TempProject } from './support/temp-project.js'

const server = bigQueryOfFile('dbt')

async function makeProject(files: Readonly<Record<string, string>>): Promise<TempProject> {
  const { project, apiEndpoint } = await server.project()
  const login = server.isReal ? { method: 'oauth' } : { method: 'oauth-secrets', token: 'of a test' }
  const output = {
    type: 'bigquery',
    ...login,
    project,
    dataset: 'shop',
    location: 'US',
    threads: 1,
    api_endpoint: apiEndpoint,
  }
  return new TempProject(files, {
    output: Object.fromEntries(Object.entries(output).filter(([, value]) => value !== undefined)),
    open: ({ credentials }) => openBigQuery(bigQueryOptions({ database: project, ...credentials })),
  })
}

const seed =
  'id,customer,ordered_at,amount,note\n1,ann,2024-01-01,10.50,first\n2,bob,2024-01-02,20.00,\n3,ann,2024-01-02,5.25,"a, b"\n'

const shop = {
  'dbt_project.yml': `name: shop
profile: shop
models: {+persist_docs: {relation: true, columns: true}}
seeds: {shop: {raw_orders: {+column_types: {amount: numeric}}}}
`,
  'seeds/raw_orders.csv': seed,
  'models/stg_orders.sql': `{{ config(materialized='view', labels={'team': 'data'}) }}
    select id, customer, cast(ordered_at as date) as ordered_on, amount, note from {{ ref('raw_orders') }}`,
  'models/daily.sql': `{{ config(materialized='table', partition_by={'field': 'ordered_on', 'data_type': 'date'}, cluster_by='customer',
    partition_expiration_days=7000, hours_to_expiration=48, labels={'kind': 'mart'}) }}
    select ordered_on, customer, sum(amount) as total from {{ ref('stg_orders') }} group by 1, 2`,
  'models/merged.sql': `{{ config(materialized='incremental', unique_key='id') }}
    select id, customer, amount from {{ ref('stg_orders') }} {% if is_incremental() %} where id >= 2 {% endif %}`,
  'models/replaced.sql': `{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partitions=["date '2024-01-02'"],
    partition_by={'field': 'ordered_on', 'data_type': 'date'}) }}
    select id, ordered_on, amount from {{ ref('stg_orders') }} where ordered_on = date '2024-01-02' {% if not is_incremental() %} or true {% endif %}`,
  'models/copied.sql': `{{ config(materialized='copy') }} select * from {{ ref('daily') }}`,
  'models/schema.yml': `
models:
  - name: stg_orders
    description: Orders that are clean
    columns: [{name: id, description: The order, data_tests: [unique, not_null]}]
snapshots:
  - name: orders_kept
    relation: ref('raw_orders')
    config: {strategy: check, check_cols: [amount], unique_key: id}
`,
}

it('builds seeds, views, tables in partitions, incremental models, copies and snapshots, twice', async () => {
  const project = await makeProject(shop)
  const first = await project.dbt('build')
  expect([first.code, first.output.match(/Done\..*/)?.[0]]).toEqual([
    0,
    'Done. PASS=9 WARN=0 ERROR=0 SKIP=0 NO-OP=0 REUSED=0 TOTAL=9',
  ])
  expect(first.results.daily?.message).toBe('CREATE TABLE (3.0 rows, 0 processed)')
  expect(first.results.copied?.message).toBe('COPY TABLE with materialization: table')

  project.write({ 'seeds/raw_orders.csv': `${seed.replace('20.00', '21.00')}4,eve,2024-01-02,1.00,new\n` })
  const second = await project.dbt('build')
  expect([second.code, second.results.merged?.message]).toEqual([0, 'MERGE (3.0 rows, 0 processed)'])
  expect(second.results.replaced?.message).toMatch(/^MERGE /)
  expect(second.results.orders_kept?.message).toBe('MERGE (3.0 rows, 0 processed)')
})

it('shows types with their fields, options and constraints in its statements', async () => {
  const project = await makeProject({
    'dbt_project.yml': 'name: shop\nprofile: shop\n',
    'models/nested.sql': `{{ config(materialized='table', kms_key_name='projects/p/key', require_partition_filter=true,
      partition_by={'field': 'n', 'data_type': 'int64', 'range': {'start': 0, 'end': 100, 'interval': 10}}) }} select 1 as n`,
    'models/schema.yml': `
models:
  - name: nested
    columns:
      - {name: n, data_type: int64, constraints: [{type: not_null}]}
      - {name: price.value, data_type: 'numeric(10, 2)'}
      - {name: price.currency, data_type: string}
`,
    'macros/shown.sql': `
{% macro shown(model_name) %}
  {% set node = graph.nodes.values() | selectattr('name', 'equalto', model_name) | first %}
  {{ log(adapter.get_table_options(node.config, node, false), info=true) }}
  {{ log(adapter.render_raw_columns_constraints(raw_columns=node.columns), info=true) }}
  {{ log(adapter.parse_partition_by(node.config.partition_by).render_wrapped(alias='t'), info=true) }}
  {{ log(api.Relation.create(database='p', schema='d', identifier='t'), info=true) }}
  {{ log(api.Column.get_struct_select_expression('a', 'struct<x int64, y struct<z string>>'), info=true) }}
  {{ log(target.project ~ ' ' ~ target.dataset, info=true) }}
{% endmacro %}`,
  })
  const { code, output } = await project.dbt(['run-operation', 'shown', '--args', 'model_name: nested'])
  expect(code).toBe(0)
  expect(output).toContain("{'kms_key_name': \"'projects/p/key'\", 'require_partition_filter': True}")
  expect(output).toContain("['n int64 not null', 'price struct<value numeric(10, 2), currency string>']")
  expect(output).toContain('(t.n - mod(t.n - 0, 10))')
  expect(output).toContain('`p`.`d`.`t`')
  expect(output).toContain('if(a is null, null, struct(a.x as x, if(a.y is null, null, struct(a.y.z as z)) as y)) as a')
  expect(output).toMatch(/ \S+ shop$/m)
})

it('refuses a profile with what is missing', async () => {
  const project = new TempProject(
    { 'models/a.sql': 'select 1' },
    {
      output: { type: 'bigquery', method: 'service-account', project: 'p', dataset: 'd' },
      open: () => Promise.reject(new Error('never')),
    },
  )
  const { code, output } = await project.dbt('parse')
  expect([code, output]).toEqual([2, expect.stringContaining('`method: service-account` needs keyfile')])
})
