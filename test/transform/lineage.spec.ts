import { expect, it } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import { openTransformSession, readLineage } from '../../src/transform/index.js'
import { openDuckDb } from '../../src/warehouse/index.js'
import { TempProject } from './support/temp-project.js'

async function lineageOf<T>(
  project: TempProject,
  use: (lineage: Awaited<ReturnType<typeof readLineage>>) => Promise<T>,
): Promise<T> {
  const session = await openTransformSession({
    projectDir: project.dir,
    env: {},
    logger: silentLogger,
    openWarehouse: ({ credentials }) => openDuckDb({ path: String(credentials.path) }),
  })
  try {
    return await use(await readLineage(session))
  } finally {
    await session.close()
  }
}

it('reads the lineage of columns of a project that was never built, from templates, macros and an ephemeral model', async () => {
  const project = new TempProject({
    'seeds/orders.csv': 'id,amount,status\n1,5,paid\n',
    'macros/cents.sql': '{% macro euros(column) %}{{ column }} / 100{% endmacro %}',
    'models/eph.sql':
      "{{ config(materialized='ephemeral') }}\nselect id, {{ euros('amount') }} as euro, status from {{ ref('orders') }}",
    'models/mart.sql':
      "{% set states = ['paid', 'open'] %}\nselect id{% for state in states %}, sum(case when status = '{{ state }}' then euro end) as {{ state }}{% endfor %}\nfrom {{ ref('eph') }} group by id",
    'models/added.sql':
      "{{ config(materialized='incremental', unique_key='id') }}\nselect * from {{ ref('mart') }}{% if is_incremental() %} where id > (select max(id) from {{ this }}){% endif %}",
  })
  await lineageOf(project, async (lineage) => {
    const mart = await lineage.of('model.shop.mart')
    expect(
      mart.columns.map(({ name, use, inputs }) => [name, use, inputs.map(({ node, column }) => `${node}.${column}`)]),
    ).toEqual([
      ['id', 'copied', ['seed.shop.orders.id']],
      ['paid', 'aggregated', ['seed.shop.orders.status', 'seed.shop.orders.amount']],
      ['open', 'aggregated', ['seed.shop.orders.status', 'seed.shop.orders.amount']],
    ])
    const added = await lineage.of('model.shop.added')
    expect(added).toMatchObject({ isComplete: true, rows: [] })
    expect(added.columns.map(({ inputs }) => inputs[0]?.node)).toEqual(Array(3).fill('model.shop.mart'))
  })
})

it('lets a template ask the warehouse while it is compiled for its lineage, but not write', async () => {
  const project = new TempProject({
    'seeds/orders.csv': 'id,amount\n1,5\n',
    'models/asks.sql':
      "{% set names = run_query('select id from ' ~ ref('orders')).columns[0].values() if execute else [] %}\nselect {% for n in names %}{{ n }} as c{{ n }}{% endfor %} from {{ ref('orders') }}",
    'models/writes.sql':
      "{% if execute %}{% do run_query('create table made as select 1') %}{% endif %}\nselect id from {{ ref('orders') }}",
  })
  await project.dbt('seed')
  await lineageOf(project, async (lineage) => {
    expect((await lineage.of('model.shop.asks')).columns.map(({ name }) => name)).toEqual(['c1'])
    expect((await lineage.of('model.shop.writes')).reason).toMatch(/cannot be compiled: .*read-only/)
  })
  expect(await project.rows("select table_name from information_schema.tables where table_name = 'made'")).toEqual([])
})
