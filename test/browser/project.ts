/** A project small enough to run in a second, with one asset of each kind and a model that waits when told to. */
export const shop: Readonly<Record<string, string>> = {
  'millrace.yaml': 'name: shop\nwarehouse: { profile: shop, target: dev }\n',
  'data/orders.csv': 'id,amount\n1,10\n2,20\n3,30\n',
  'extract_load/orders.yaml': `name: orders
source:
  connector: file
  config:
    streams:
      - { name: orders, path: data/orders.csv }
destination: { connector: warehouse, schema: raw }
streams:
  orders: { sync_mode: full_refresh, destination_sync_mode: overwrite }
`,
  'transformation/dbt/dbt_project.yml': "name: shop\nversion: '1.0'\nprofile: shop\nmodel-paths: [models]\n",
  'transformation/dbt/profiles.yml':
    'shop:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: ../../.millrace/warehouse.duckdb }\n',
  'transformation/dbt/models/schema.yml': `sources:
  - name: raw
    tables: [{ name: orders }]
models:
  - name: revenue
    description: What came in.
    columns: [{ name: total, description: The sum of all orders., data_tests: [not_null] }]
`,
  'transformation/dbt/models/stg_orders.sql': "select id, amount from {{ source('raw', 'orders') }}\n",
  'transformation/dbt/models/revenue.sql': "select sum(amount) as total from {{ ref('stg_orders') }}\n",
  'orchestration/definitions.ts': `import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { asset, defineProject, schedule } from 'millrace'

const report = asset('reports/revenue', { deps: ['main/revenue'], run: ({ log }) => log('reported') })
/** Runs until the file \`go\` is there, or it is cancelled. */
const slow = asset('reports/slow', {
  async run({ projectDir, log }) {
    log('waiting')
    while (!existsSync(join(projectDir, 'go'))) await new Promise((resolve) => setTimeout(resolve, 50))
  },
})
const weekly = schedule('weekly', { cron: '0 5 * * 1', timezone: 'Europe/Berlin', target: '*' })
export default defineProject(report, slow, weekly)
`,
}
