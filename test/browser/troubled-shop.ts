import { shop } from './project.js'

/** The shop with a macro that breaks when it is executed, a test that does not hold, and what hangs on both. */
export const troubledShop: Readonly<Record<string, string>> = {
  ...shop,
  'data/orders.csv': 'id,amount,customer\n1,10,ann\n2,20,bob\n3,30,\n',
  'transformation/dbt/dbt_project.yml':
    "name: shop\nversion: '1.0'\nprofile: shop\nmodel-paths: [models]\nmacro-paths: [macros]\n",
  'transformation/dbt/macros/in_euro.sql': `{% macro in_euro(column, rate) %}
  {%- if execute -%}
    {{ column }} * {{ rate.value * 2 }}
  {%- endif -%}
{% endmacro %}
`,
  'transformation/dbt/models/schema.yml': `sources:
  - name: raw
    tables: [{ name: orders }]
models:
  - name: customers
    description: Who bought something.
    columns: [{ name: customer, description: The name., data_tests: [not_null] }]
  - name: revenue
    description: What came in.
    columns: [{ name: total, description: The sum of all orders., data_tests: [not_null] }]
`,
  'transformation/dbt/models/customers.sql': "select customer from {{ source('raw', 'orders') }}\n",
  'transformation/dbt/models/loyal.sql': "select customer from {{ ref('customers') }} group by customer\n",
  'transformation/dbt/models/in_euro.sql':
    "select {{ in_euro('amount', none) }} as euro from {{ source('raw', 'orders') }}\n",
}
