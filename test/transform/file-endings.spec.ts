import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const files = (settings = '') => ({
  'dbt_project.yml': `name: shop\nprofile: shop\n${settings}`,
  'models/orders.sql.j2': 'select {{ one() }} as id',
  'models/plain.sql': 'select 1 as id',
  'models/items_v1.sql.jinja': 'select 1 as id',
  'models/docs.md.jinja2': '{% docs orders %}Orders{% enddocs %}',
  'models/models.yml':
    'models:\n  - name: plain\n    description: plain\n  - name: items\n    latest_version: 1\n    versions: [{ v: 1 }]\n  - name: orders\n    description: "{{ doc(\'orders\') }}"\n',
  'macros/one.sql.j2': '{% macro one() %}1{% endmacro %}',
})

test('with their flag, files may end in .j2, .jinja2 or .jinja', async () => {
  const flags = 'flags: { allow_jinja_file_extensions: true }\n'
  const shop = new TempProject(files(flags))
  const listed = await shop.dbt('ls --quiet --output json --output-keys unique_id original_file_path description')
  expect(listed.output.split('\n').map((line) => JSON.parse(line))).toEqual([
    { unique_id: 'model.shop.items.v1', original_file_path: 'models/items_v1.sql.jinja', description: '' },
    { unique_id: 'model.shop.orders', original_file_path: 'models/orders.sql.j2', description: 'Orders' },
    { unique_id: 'model.shop.plain', original_file_path: 'models/plain.sql', description: 'plain' },
  ])
  expect((await shop.dbt('build')).code).toBe(0)
})

test('without it they are no files of the project', async () => {
  const { 'models/models.yml': _, ...others } = files()
  const { output } = await new TempProject(others).dbt('ls --quiet')
  expect(output).toBe('shop.plain')
})

test('endings may be in capitals, and what editors leave is passed over', async () => {
  const sql = 'select 1 as id'
  const files = {
    'models/upper.SQL': sql,
    'models/.#plain.sql': sql,
    'models/~plain.sql': sql,
    'models/plain.sql': sql,
  }
  expect((await new TempProject(files).dbt('ls --quiet')).output).toBe('shop.plain\nshop.upper')
})

test('a model whose ending is in capitals is in the language of its ending', async () => {
  const files = { 'models/code.PY': 'def model(dbt, session):\n    return None\n' }
  const { output } = await new TempProject(files).dbt('ls --quiet --output json --output-keys name language')
  expect(JSON.parse(output)).toEqual({ name: 'code', language: 'python' })
})
