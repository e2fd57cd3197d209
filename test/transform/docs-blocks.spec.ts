import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

test('what a docs block says is rendered, with no names', async () => {
  const project = new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/a.yml': 'models: [{ name: a, description: "{{ doc(\'rr\') }}" }]\n',
    'models/r.md': '{% docs rr %}\n{% raw %}{{ x }}{% endraw %} {# hid #} {{ 1+1 }} {{ unknown }}|\n{% enddocs %}\n',
  })
  const { code, output } = await project.dbt('parse')
  expect(code, output).toBe(0)
  const manifest = JSON.parse(project.read('target/manifest.json'))
  expect(manifest.docs['doc.shop.rr'].block_contents).toBe('{{ x }}  2 |')
  expect(manifest.nodes['model.shop.a'].description).toBe('{{ x }}  2 |')
})

test('a docs block that cannot be rendered is shown where it is wrong', async () => {
  const project = new TempProject({
    'models/a.sql': 'select 1 as id',
    'models/r.md': 'One\n{% docs rr %}\n{{ 1 + }}\n{% enddocs %}\n',
  })
  const { code, output } = await project.dbt('parse')
  expect(code, output).toBe(2)
  expect(output).toContain('models/r.md:3:')
})
