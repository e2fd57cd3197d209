import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const project = (flags: string) =>
  new TempProject({
    'dbt_project.yml': `name: shop\nprofile: shop\nflags: { ${flags} }\n`,
    'models/my model.sql': 'select 1 as id',
    'models/s.yml': 'sources: [{ name: raw data, tables: [{ name: a }, { name: b }] }]\n',
  })

test('a model with a space in its name is refused, in the first parsing and in later ones', async () => {
  const refused = project('')
  const { code, output } = await refused.dbt('parse')
  expect(code).toBe(2)
  expect(output).toContain(
    "Runtime Error\n  Resource names cannot contain spaces:\n    * 'model.shop.my model' (models/my model.sql)",
  )
  refused.remove('models/my model.sql')
  expect((await refused.dbt('parse')).code).toBe(0)
  refused.write({ 'models/your model.sql': 'select 1 as id' })
  expect((await refused.dbt('parse')).output).toContain("'model.shop.your model'")
})

test('where flags allow it, the first is named, and all are counted', async () => {
  const allowed = project('require_resource_names_without_spaces: false')
  for (const _ of ['fresh', 'nothing changed']) {
    const { code, output } = await allowed.dbt('parse')
    expect(code, output).toBe(0)
    expect(output).toContain('Found spaces in the name of `model.shop.my model`')
    expect(output).toContain('- SpacesInResourceNameDeprecation: 2 occurrences')
  }
})

test('sources and semantic models have a flag of their own', async () => {
  const { code, output } = await project(
    'require_resource_names_without_spaces: false, require_source_and_semantic_model_names_without_spaces: true',
  ).dbt('parse')
  expect(code).toBe(2)
  expect(output).toContain("    * 'source.shop.raw data' (models/s.yml)")
})

test('tables of sources may be called as they like', async () => {
  const { code, output } = await new TempProject({
    'dbt_project.yml':
      'name: shop\nprofile: shop\nflags: { require_source_and_semantic_model_names_without_spaces: true }\n',
    'models/s.yml': 'sources: [{ name: raw, tables: [{ name: my orders }] }]\n',
  }).dbt('parse')
  expect(code, output).toBe(0)
  expect(output).not.toContain('spaces')
})
