import { expect, it } from 'vitest'
import { describeEngines } from './engines.js'

interface Artifact {
  readonly metadata: { readonly env: Readonly<Record<string, string>> }
  readonly nodes: Readonly<Record<string, CatalogNode>>
  readonly sources: Readonly<Record<string, CatalogNode>>
  readonly errors: readonly string[] | null
}
interface CatalogNode {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly columns: Readonly<Record<string, { readonly index: number; readonly comment: string | null }>>
}

const files = {
  'dbt_project.yml': 'name: shop\nprofile: shop\nmodels: {+persist_docs: {relation: true, columns: true}}\n',
  'models/orders.sql': `{{ config(materialized='table') }} select 1 as id, 'x' as "Name"`,
  'models/more.sql': "select * from {{ ref('orders') }}",
  'models/never.sql': "{{ config(materialized='ephemeral') }} select 1 as id",
  'models/schema.yml': `
models:
  - name: orders
    description: all of them
    columns: [{name: id, description: the key}]
sources:
  - name: again
    schema: "{{ target.schema }}"
    tables: [{name: orders}, {name: nobody}]
`,
}

describeEngines('catalog.json', (makeProject) => {
  it('holds what is there, with types, comments and positions; the environment names itself', async () => {
    const project = await makeProject(files)
    await project.dbt('run')
    const { code } = await project.dbt('docs generate', { env: { DBT_ENV_CUSTOM_ENV_team: 'core' } })
    const catalog = JSON.parse(project.read('target/catalog.json')) as Artifact
    expect([code, catalog.errors, catalog.metadata.env]).toEqual([0, null, { team: 'core' }])
    expect(Object.keys(catalog.nodes).sort()).toEqual(['model.shop.more', 'model.shop.orders'])
    expect(Object.keys(catalog.sources)).toEqual(['source.shop.again.orders'])
    expect(catalog.nodes['model.shop.more']?.metadata).toMatchObject({ type: 'VIEW', name: 'more', comment: null })
    const { metadata, columns } = catalog.nodes['model.shop.orders'] as CatalogNode
    expect(metadata).toMatchObject({ type: 'BASE TABLE', name: 'orders', comment: 'all of them' })
    expect(Object.entries(columns).map(([name, { index, comment }]) => [name, index, comment])).toEqual([
      ['id', 1, 'the key'],
      ['Name', 2, null],
    ])
  })

  it('comes from get_catalog_relations, which a project may replace; its failure is written, and the exit code says so', async () => {
    const project = await makeProject({
      ...files,
      'macros/get_catalog_relations.sql':
        "{% macro get_catalog_relations(information_schema, relations) %}{{ exceptions.raise_compiler_error('not today') }}{% endmacro %}",
    })
    const { code } = await project.dbt('docs generate')
    const catalog = JSON.parse(project.read('target/catalog.json')) as Artifact
    expect(code).toBe(1)
    expect(catalog.errors?.join()).toContain('not today')
  })
})
