import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

test('a source may be files: external_location names them with the values of the source', async () => {
  const project = new TempProject({ 'files/orders.csv': 'id\n1\n2\n' })
  project.write({
    'models/sources.yml': `
sources:
  - name: files
    meta: { external_location: "${join(project.dir, 'files')}/{name}.csv" }
    tables: [{ name: orders, columns: [{ name: id, data_tests: [unique] }] }]
`,
    'models/a.sql': "select count(*) as n from {{ source('files', 'orders') }}",
  })
  const { code, output } = await project.dbt('build')
  expect(code, output).toBe(0)
  expect(await project.rows('select n from a')).toEqual([{ n: 2 }])
})
