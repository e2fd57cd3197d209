import { expect, test } from 'vitest'
import { TempProject } from './support/temp-project.js'

const files = (settings: string) => ({
  'dbt_project.yml': `name: shop\nprofile: shop\n${settings}`,
  'analyses/deep/a.sql': 'select 1 as id',
  'analyses/b.sql': 'select 2 as id',
})

test('with their flag, analyses have a section of their own, and are called by their folders', async () => {
  const project = new TempProject(
    files('flags: { require_corrected_analysis_fqns: true }\nanalyses: { shop: { deep: { +enabled: false } } }\n'),
  )
  const { output } = await project.dbt('ls --quiet --resource-type analysis --output selector')
  expect(output).toBe('shop.b')
})

test('without it they are configured as models', async () => {
  const project = new TempProject(files('models: { shop: { analysis: { deep: { +enabled: false } } } }\n'))
  const { output } = await project.dbt('ls --quiet --resource-type analysis --output selector')
  expect(output).toBe('shop.analysis.b')
})
