import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const told =
  "{% for r in results %}{{ print(r.node.name ~ ':' ~ r.status ~ ':' ~ (r.age is defined and r.age > 0)) }}{% endfor %}"
const settings = `name: shop\nprofile: shop\non-run-start: ["select 1"]\non-run-end:\n  - "${told}"\n`

test('on-run-end sees what became of sources after a freshness check', async () => {
  const project = new TempProject({
    'dbt_project.yml': settings,
    'models/s.yml': `sources:
  - name: main
    tables:
      - name: orders
        config:
          loaded_at_query: "select timestamp '2020-01-01'"
          freshness: { warn_after: { count: 1, period: day } }
`,
  })
  const { output } = await project.dbt('source freshness')
  expect(output).toContain('\norders:warn:True\n')
  expect(output).not.toContain('on-run-start-0:')
})

test('and of exposures and saved queries after a build, by name', async () => {
  const project = new TempProject({
    'dbt_project.yml': settings,
    'models/orders.sql': 'select 1 as id',
    'models/e.yml':
      "exposures:\n  - { name: board, type: dashboard, owner: { name: me }, depends_on: [ref('orders')] }\n",
  })
  const { output } = await project.dbt('build')
  expect(output).toContain('\norders:success:False\n')
  expect(output).toContain('\nboard:no-op:False\n')
})
