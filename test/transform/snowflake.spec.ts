import { describe, expect, it } from 'vitest'
import { openSnowflake, type SnowflakeWarehouseOptions, withConnection } from '../../src/warehouse/index.js'
import { makeDatabase, snowflakeOfFile } from '../support/snowflake-account.js'
import { type ProjectEngine, TempProject } from './support/temp-project.js'

const account = snowflakeOfFile('dbt')

async function engine(): Promise<{ engine: ProjectEngine; options: SnowflakeWarehouseOptions }> {
  const options = account.database()
  if (account.kind === 'account') await makeDatabase(options)
  const { login, host, port, protocol, user, role, computeWarehouse } = options
  const output = {
    ...{ type: 'snowflake', account: options.account, user, database: options.database, schema: 'dev', threads: 1 },
    ...{ host, port, protocol, role, password: login.kind === 'password' ? login.password : '' },
    warehouse: computeWarehouse ?? 'wh',
  }
  return { engine: { output, open: () => openSnowflake(options) }, options }
}

const files = {
  'seeds/countries.csv': 'id,name,since\n1,Chile,2020-01-01\n2,"O\'Land",2021-02-03\n',
  'models/stg.sql': "select id, name, since from {{ ref('countries') }}",
  'models/plain.sql':
    "{{ config(materialized='table', cluster_by=['id'], automatic_clustering=true, query_tag='shop', snowflake_warehouse='big') }} select id, name from {{ ref('stg') }}",
  'models/lasting.sql': "{{ config(materialized='table', transient=false, copy_grants=true) }} select 1 as id",
  'models/appended.sql':
    "{{ config(materialized='incremental', incremental_strategy='append') }} select id from {{ ref('stg') }}",
  'models/replaced.sql':
    "{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='id') }} select id, name from {{ ref('stg') }}",
  'models/overwritten.sql':
    "{{ config(materialized='incremental', incremental_strategy='insert_overwrite') }} select id from {{ ref('stg') }}",
  'models/secured.sql': "{{ config(materialized='view', secure=true) }} select id from {{ ref('stg') }}",
  'models/held.sql':
    "{{ config(materialized='table', contract={'enforced': true}) }} select cast(id as number(38,0)) as id, cast(name as varchar) as name from {{ ref('stg') }}",
  'models/schema.yml': `
models:
  - name: held
    columns:
      - { name: id, data_type: "number(38,0)", constraints: [{ type: not_null }], data_tests: [unique, not_null] }
      - { name: name, data_type: varchar }
`,
}

/** The statements of a run, without the project's comment. */
const statementsOf = (project: TempProject, model: string) =>
  project.read(`target/run/shop/models/${model}.sql`).replace(/\s+/g, ' ').trim()

describe('dbt on Snowflake', () => {
  it('builds seeds, views, tables and incremental models, again and again', async () => {
    const { engine: own, options } = await engine()
    const project = new TempProject(files, own)
    const first = await project.dbt('build')
    expect(Object.entries(first.results).filter(([, { status }]) => !['success', 'pass'].includes(status))).toEqual([])
    expect(first.results.plain?.message).toBe('SUCCESS 1')
    const second = await project.dbt('build')
    expect(second.code).toBe(0)
    const warehouse = await openSnowflake(options)
    try {
      const rows = (sql: string) => withConnection(warehouse, async (connection) => (await connection.query(sql)).rows)
      expect(await rows('select id, name from dev.plain order by id')).toEqual([
        [1, 'Chile'],
        [2, "O'Land"],
      ])
      expect(await rows('select count(*) from dev.appended')).toEqual([[4]])
      expect(await rows('select count(*) from dev.replaced')).toEqual([[2]])
      expect(await rows('select count(*) from dev.overwritten')).toEqual([[2]])
      const relations = await warehouse.listRelations({ schemas: ['dev'] })
      expect(relations.map(({ identifier, type }) => `${identifier} ${type}`)).toEqual([
        ...['APPENDED table', 'COUNTRIES table', 'HELD table', 'LASTING table', 'OVERWRITTEN table', 'PLAIN table'],
        ...['REPLACED table', 'SECURED view', 'STG view'],
      ])
    } finally {
      await warehouse.close()
    }
    expect(statementsOf(project, 'plain')).toMatch(
      /^create or replace transient table \S+\.dev\.plain as \( select \* from \( .* \) order by \(id\) \); alter table \S+ cluster by \(id\); alter table \S+ resume recluster;$/,
    )
    expect(statementsOf(project, 'lasting')).toMatch(/^create or replace table \S+\.dev\.lasting copy grants as \(/)
    expect(statementsOf(project, 'secured')).toMatch(/^create or replace secure view /)
    expect(statementsOf(project, 'replaced')).toMatch(/^begin; delete from .*; insert into .*; commit;$/)
  })

  it('names what a contract wants, in the words of dbt', async () => {
    const { engine: own } = await engine()
    const project = new TempProject(
      {
        'models/held.sql': "{{ config(materialized='table', contract={'enforced': true}) }} select 'a' as id",
        'models/schema.yml': 'models: [{ name: held, columns: [{ name: id, data_type: "number(38,0)" }] }]',
      },
      own,
    )
    const { code, output } = await project.dbt('run')
    expect(code).toBe(1)
    expect(output).toMatch(/ID\s+\| TEXT\s+\| FIXED\s+\| data type mismatch/)
  })

  it('tells in profiles.yml what is missing', async () => {
    const { engine: own } = await engine()
    const { password: _, ...output } = own.output as Record<string, unknown>
    const project = new TempProject({ 'models/a.sql': 'select 1 as a' }, { ...own, output })
    const { code, output: said } = await project.dbt('debug')
    expect(code).not.toBe(0)
    expect(said).toContain('has no `password`, and no key')
  })
})
