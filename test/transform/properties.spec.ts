import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const source = (values: string) => `sources: [{ name: raw, tables: [{ name: orders, ${values} }] }]`

test.each([
  ['sources:', "The schema file at models/schema.yml is invalid because the value of 'sources' is not a list"],
  ['models: [orders]', "a list element for 'models' is not a dictionary"],
  ['models: [{ description: no }]', "a list element for 'models' does not have a name attribute."],
  [source('config: { enabled: True and False }'), "'True and False' is not of type 'boolean'"],
  [source('loaded_at_field: a, loaded_at_query: select 1'), 'Cannot specify both loaded_at_field and loaded_at_query'],
])('%s is refused', async (yaml, message) => {
  const { code, output } = await new TempProject({ 'models/schema.yml': yaml }).dbt('parse')
  expect(code).toBe(2)
  expect(output).toContain('Parsing Error')
  expect(output).toContain(message)
  expect(output).toMatch(/at models\/schema\.yml:\d/)
})

test("a table that names its own column does not take the source's query", async () => {
  const project = new TempProject({
    'models/schema.yml': `
sources:
  - name: raw
    config: { loaded_at_query: select 1 }
    tables:
      - { name: with_column, config: { loaded_at_field: at } }
      - { name: with_none, loaded_at_field: null }
      - { name: with_query }
`,
  })
  await project.dbt('parse')
  const { sources } = JSON.parse(project.read('target/manifest.json')) as {
    sources: Record<string, { loaded_at_query: string | null }>
  }
  expect(Object.values(sources).map(({ loaded_at_query }) => loaded_at_query)).toEqual([null, null, 'select 1'])
})
