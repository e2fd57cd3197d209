import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  type Cell,
  openSnowflake,
  type SnowflakeWarehouseOptions,
  type Warehouse,
  withConnection,
} from '../../src/warehouse/index.js'
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
  'models/merged.sql':
    "{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }} select id, name from {{ ref('stg') }} {% if is_incremental() %} where id > 1 {% endif %}",
  'models/fresh.sql':
    "{{ config(materialized='dynamic_table', target_lag='1 hour', on_configuration_change='apply') }} select id from {{ ref('countries') }}",
  'snapshots/snap.sql':
    "{% snapshot snap %}{{ config(target_schema='snaps', unique_key='id', strategy='check', check_cols=['name']) }} select id, name from {{ ref('stg') }}{% endsnapshot %}",
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

interface Oracle {
  readonly files: Readonly<Record<string, string>>
  readonly statements: Readonly<Record<string, readonly string[]>>
}
const oracle = JSON.parse(
  readFileSync(new URL('../golden/snowflake/dbt-statements.json', import.meta.url), 'utf8'),
) as Oracle

/** The statements of a text that do something, whatever their spaces and letters, in a database called `db`. */
const plain = (sql: string, database: string): string[] =>
  sql
    .replace(/\/\*.*?\*\//gs, '')
    .split(';')
    .map((one) =>
      one
        .toLowerCase()
        .replaceAll(`${database}.`, 'db.')
        .replace(/\s+/g, ' ')
        .replace(/ ?([(),]) ?/g, '$1')
        .trim(),
    )
    // What is asked, and what a first build has nothing of: rows on their way.
    .filter((one) => one !== '' && !/^(?:select|show|describe|drop view|create schema)\b/.test(one))

/** Tells of each statement that names its node. */
const listening = (warehouse: Warehouse, told: (node: string, sql: string) => void): Warehouse =>
  Object.assign(Object.create(warehouse) as Warehouse, {
    connect: async (options: Parameters<Warehouse['connect']>[0]) => {
      const connection = await warehouse.connect(options)
      const query: typeof connection.query = (sql, more) => {
        const node = /"node_id": "(?:model|seed)\.shop\.(\w+)"/.exec(sql)?.[1]
        if (node) told(node, sql)
        return connection.query(sql, more)
      }
      return Object.assign(Object.create(connection) as typeof connection, {
        query,
        begin: () => connection.begin(),
        commit: () => connection.commit(),
        rollback: () => connection.rollback(),
        reset: () => connection.reset(),
        close: () => connection.close(),
      })
    },
    quoteIdentifier: (name: string) => warehouse.quoteIdentifier(name),
    quoteLiteral: (value: Cell) => warehouse.quoteLiteral(value),
    listSchemas: (options: object) => warehouse.listSchemas(options),
    listRelations: (options: object) => warehouse.listRelations(options),
    columns: (...args: Parameters<Warehouse['columns']>) => warehouse.columns(...args),
    close: () => warehouse.close(),
  })

describe('dbt on Snowflake', () => {
  it('builds seeds, views, tables and incremental models, again and again', async () => {
    const { engine: own, options } = await engine()
    const project = new TempProject(files, own)
    const first = await project.dbt('build')
    expect(Object.entries(first.results).filter(([, { status }]) => !['success', 'pass'].includes(status))).toEqual([])
    expect(first.results.plain?.message).toBe('SUCCESS 1')
    project.write({ 'seeds/countries.csv': 'id,name,since\n1,Chile,2020-01-01\n2,Peru,2021-02-03\n3,Cuba,\n' })
    const second = await project.dbt(['build', '--exclude', 'fresh'])
    expect(second.output).toContain('ERROR=0')
    const warehouse = await openSnowflake(options)
    try {
      const rows = (sql: string) => withConnection(warehouse, async (connection) => (await connection.query(sql)).rows)
      expect(await rows('select id, name from dev.plain order by id')).toEqual([
        [1, 'Chile'],
        [2, 'Peru'],
        [3, 'Cuba'],
      ])
      expect(await rows('select id, name from dev.merged order by id')).toEqual([
        [1, 'Chile'],
        [2, 'Peru'],
        [3, 'Cuba'],
      ])
      expect(await rows('select id, name, dbt_valid_to is null from snaps.snap order by id, name')).toEqual([
        [1, 'Chile', true],
        [2, "O'Land", false],
        [2, 'Peru', true],
        [3, 'Cuba', true],
      ])
      expect(await rows('select count(*) from dev.appended')).toEqual([[5]])
      expect(await rows('select count(*) from dev.replaced')).toEqual([[3]])
      expect(await rows('select count(*) from dev.overwritten')).toEqual([[3]])
      const relations = await warehouse.listRelations({ schemas: ['dev'] })
      expect(relations.map(({ identifier, type }) => `${identifier} ${type}`)).toEqual([
        ...['APPENDED table', 'COUNTRIES table', 'FRESH table', 'HELD table', 'LASTING table', 'MERGED table'],
        ...['OVERWRITTEN table', 'PLAIN table', 'REPLACED table', 'SECURED view', 'STG view'],
      ])
    } finally {
      await warehouse.close()
    }
    expect(statementsOf(project, 'plain')).toMatch(
      /^create or replace transient table \S+\.dev\.plain as \( select \* from \( .* \) order by \(id\) \); alter table \S+ cluster by \(id\); alter table \S+ resume recluster;$/,
    )
    expect(statementsOf(project, 'lasting')).toMatch(/^create or replace table \S+\.dev\.lasting copy grants as \(/)
    expect(statementsOf(project, 'fresh')).toMatch(
      /^create dynamic table \S+\.dev\.fresh target_lag = '1 hour' warehouse = \S+ scheduler = 'ENABLE' as \( select id from/,
    )
    expect(statementsOf(project, 'merged')).toMatch(/^begin; merge into .*; commit;$/)
    expect(statementsOf(project, 'secured')).toMatch(/^create or replace secure view /)
    expect(statementsOf(project, 'replaced')).toMatch(/^begin; delete from .*; insert into .*; commit;$/)
  })

  it('sends what dbt-snowflake sends', async () => {
    const { engine: own } = await engine()
    const sent = new Map<string, string[]>()
    const project = new TempProject(oracle.files, {
      ...own,
      open: async (target) =>
        listening(await own.open(target), (node, sql) => sent.set(node, [...(sent.get(node) ?? []), sql])),
    })
    expect((await project.dbt('build')).output).toContain('ERROR=0')
    const database = String(own.output.database).toLowerCase()
    for (const [node, statements] of Object.entries(oracle.statements)) {
      const ours = (sent.get(node) ?? []).flatMap((sql) => plain(sql, database))
      const theirs = statements.flatMap((sql) => plain(sql, 'shop'))
      expect({ node, statements: ours }).toEqual({ node, statements: theirs })
    }
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
