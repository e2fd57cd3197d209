import { expect, it } from 'vitest'
import { describeEngines } from './engines.js'

const shop = {
  'seeds/customers.csv': 'id,name\n1,Ann\n2,Bob\n',
  'seeds/orders.csv': 'id,customer_id,amount,ordered\n1,1,10.5,2024-01-01\n2,1,4,2024-01-02\n3,2,7,2024-01-03\n',
  'models/stg_orders.sql': "{{ config(materialized='view') }} select * from {{ ref('orders') }}",
  'models/totals.sql': `{{ config(materialized='table') }}
    select c.name, sum(o.amount) as total
    from {{ ref('customers') }} as c join {{ ref('stg_orders') }} as o on o.customer_id = c.id group by 1`,
  'models/rich.sql': "select * from {{ ref('totals') }} where total > 10",
  'models/schema.yml': `
models:
  - name: totals
    columns: [{ name: name, data_tests: [unique, not_null] }]`,
}

describeEngines('a project', (makeProject) => {
  it('is built, and built again while views stand on the tables that are replaced', async () => {
    const project = await makeProject(shop)
    for (const command of ['build', 'build', 'build --full-refresh']) {
      const { code, output } = await project.dbt(command)
      expect(code, output).toBe(0)
      expect(await project.rows('select name, total from main.rich')).toEqual([{ name: 'Ann', total: 14.5 }])
    }
  })
})

describeEngines('vars', (makeProject) => {
  it('a var may be a template, a ref included', async () => {
    const project = await makeProject({
      'dbt_project.yml': `name: shop\nprofile: shop\nvars: { input: "{{ ref('a') }}" }\n`,
      'models/a.sql': 'select 1 as id',
      'models/b.sql': "select * from {{ var('input') }}",
    })
    const { code, output } = await project.dbt('run')
    expect(code, output).toBe(0)
    expect(await project.rows('select id from main.b')).toEqual([{ id: 1 }])
  })
})

describeEngines('hooks', (makeProject) => {
  it('what a hook refers to is there first; a seed may refer to nothing', async () => {
    const project = await makeProject({
      'models/b.sql':
        '{{ config(pre_hook="create table main.seen as select * from {{ ref(\'z\') }}") }} select 1 as id',
      'models/z.sql': 'select 7 as id',
    })
    const { code, output } = await project.dbt('run')
    expect(code, output).toBe(0)
    expect(await project.rows('select id from main.seen')).toEqual([{ id: 7 }])
    project.write({
      'seeds/s.csv': 'id\n1\n',
      'seeds/s.yml': `seeds: [{ name: s, config: { pre_hook: "select * from {{ ref('z') }}" } }]`,
    })
    expect((await project.dbt('parse')).output).toContain('Seeds cannot depend on other nodes')
  })
})
