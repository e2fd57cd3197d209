import { temporaryFolder, writeFiles } from './support.js'

/** A whole project in a few lines: one connection, one model with a test, one TypeScript asset. */
const files: Readonly<Record<string, string>> = {
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
    columns: [{ name: total, data_tests: [not_null] }]
`,
  'transformation/dbt/models/revenue.sql': "select sum(amount) as total from {{ source('raw', 'orders') }}\n",
  'orchestration/definitions.ts': `import { asset, defineProject } from 'millrace'
export default defineProject(asset('reports/revenue', { deps: ['main/revenue'], run: ({ log }) => log('done') }))
`,
}

/** @param changes other files; what is undefined is left out */
export async function smallProject(changes: Readonly<Record<string, string | undefined>> = {}) {
  const folder = await temporaryFolder()
  const written = Object.entries({ ...files, ...changes }).flatMap(([path, text]) =>
    text === undefined ? [] : [[path, text]],
  )
  await writeFiles(folder.dir, Object.fromEntries(written))
  return folder
}

/** Changes that leave only the connection and the warehouse: to load definitions.ts takes longer than a small sync. */
export const withoutModelsAndCode = {
  'transformation/dbt/models/schema.yml': undefined,
  'transformation/dbt/models/revenue.sql': undefined,
  'orchestration/definitions.ts': undefined,
}
