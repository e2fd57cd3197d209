import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const files = {
  'models/priv.sql': "{{ config(access='private', group='g') }} select 1 as id",
  'models/pub.sql': 'select 1 as id',
  'models/m.yml': 'groups: [{ name: g, owner: { name: us } }]\n',
}
const refused =
  "attempted to reference node model.shop.priv, which is not allowed because the referenced node is private to the 'g' group."

test.each([
  ['a test of another model', { 'models/t.yml': relationships('pub', 'priv') }],
  ['a test in SQL', { 'tests/t.sql': "select * from {{ ref('priv') }} where false" }],
])('a private model may not be read by %s', async (_, more) => {
  const { code, output } = await new TempProject({ ...files, ...more }).dbt('parse')
  expect(code, output).toBe(2)
  expect(output).toContain(refused)
})

test('tests of a private model may read it, as may tests of its group', async () => {
  const { code, output } = await new TempProject({
    ...files,
    'models/t.yml': relationships('priv', 'pub'),
    'tests/t.sql': "{{ config(group='g') }} select * from {{ ref('priv') }} where false",
  }).dbt('build')
  expect(code, output).toBe(0)
})

function relationships(of: string, to: string): string {
  return `models:
  - name: ${of}
    columns:
      - name: id
        data_tests:
          - relationships: { arguments: { to: "ref('${to}')", field: id } }
`
}
