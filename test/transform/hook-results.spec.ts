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

test('and nothing when on-run-start failed, so that no node had its turn', async () => {
  const project = new TempProject({
    'dbt_project.yml': settings.replace('select 1', 'select * from nope'),
    'models/orders.sql': 'select 1 as id',
  })
  const { code, output } = await project.dbt('run')
  expect(code).toBe(1)
  expect(output).not.toMatch(/^\S+:(?:error|skipped):/m)
})

test('hooks know the second word of a command', async () => {
  const which = (when: string) => `${when}: ["{{ print('is ' ~ flags.WHICH ~ ' ' ~ invocation_args_dict.which) }}"]\n`
  const project = new TempProject({
    'dbt_project.yml': `name: shop\nprofile: shop\n${which('on-run-end')}`,
    'models/orders.sql': "select '{{ flags.WHICH }}' as id",
    'models/s.yml': 'sources: [{ name: main, tables: [{ name: orders }] }]\n',
  })
  expect((await project.dbt('source freshness')).output).toContain('is freshness freshness')
  await project.dbt('docs generate')
  expect(project.read('target/compiled/shop/models/orders.sql')).toBe("select 'generate' as id")
})
