import { expect, it } from 'vitest'
import { describeEngines } from './engines.js'

const endless = 'select count(*) as n from range(1000000000000)'
const endlessIn: Readonly<Record<string, string>> = {
  duckdb: endless,
  postgres: endless.replace('range(1000000000000)', 'generate_series(1, 1000000000000)'),
}

describeEngines('a run that is cancelled', (makeProject, engine) => {
  it('interrupts what runs, skips the rest, and writes what came of it', async () => {
    const project = await makeProject({
      'models/first.sql': "{{ config(materialized='table') }} select 1 as n",
      'models/slow.sql': `{{ config(materialized='table') }} ${endlessIn[engine]} where 1 = (select n from {{ ref('first') }})`,
      'models/below.sql': "select * from {{ ref('slow') }}",
    })
    const stop = new AbortController()
    const { code, results } = await project.dbt('run', {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'node_started' && event.uniqueId.endsWith('slow')) setTimeout(() => stop.abort(), 300)
      },
    })
    expect(code).toBe(2)
    expect(results.first?.status).toBe('success')
    expect(results.slow?.status).toBe('error')
    expect(results.below).toMatchObject({ status: 'skipped', message: 'The run was cancelled.' })
    // Its transaction is undone.
    expect(
      await project.rows("select table_name from information_schema.tables where table_name like 'slow%'"),
    ).toEqual([])
  })
})

describeEngines('a server that drops connections', (makeProject, engine) => {
  // DuckDB is in this process: there is no connection that could be lost.
  const onServer = it.skipIf(engine === 'duckdb')

  onServer('once: the model is tried again, and nobody notices', async () => {
    const project = await makeProject({
      'dbt_project.yml': "name: shop\nprofile: shop\non-run-start: ['create sequence if not exists tries']\n",
      'models/shaky.sql': `{{ config(materialized='table') }}
        select case when nextval('tries') = 1 then pg_terminate_backend(pg_backend_pid()) else true end as ok`,
    })
    const { code, output, results } = await project.dbt('run')
    expect(code, output).toBe(0)
    expect(output).toContain('shaky is tried again: The connection to PostgreSQL')
    expect(results.shaky?.status).toBe('success')
  })

  onServer('always: that model fails clearly, and the others go on', async () => {
    const project = await makeProject({
      'models/dead.sql': "{{ config(materialized='table') }} select pg_terminate_backend(pg_backend_pid()) as ok",
      'models/fine.sql': "{{ config(materialized='table') }} select 1 as id",
    })
    const { code, results } = await project.dbt('run')
    expect(code).toBe(1)
    expect(results.dead?.message).toContain('was lost')
    expect(results.fine?.status).toBe('success')
  })

  onServer('after something was committed: it is not run twice', async () => {
    const project = await makeProject({
      'dbt_project.yml': "name: shop\nprofile: shop\non-run-start: ['create table if not exists hits (n int)']\n",
      'models/once.sql': `{{ config(materialized='table', pre_hook={'sql': 'insert into hits values (1)', 'transaction': false}) }}
        select pg_terminate_backend(pg_backend_pid()) as ok`,
    })
    const { code } = await project.dbt('run')
    expect(code).toBe(1)
    expect(await project.rows('select n from hits')).toEqual([{ n: 1 }])
  })

  onServer('or two builds at once: both end well', async () => {
    const project = await makeProject({
      'seeds/names.csv': 'id,name\n1,a\n',
      'models/orders.sql': "{{ config(materialized='table', schema='other') }} select * from {{ ref('names') }}",
      'models/more.sql': "{{ config(materialized='incremental', unique_key='id') }} select * from {{ ref('orders') }}",
      'models/seen.sql': "select * from {{ ref('more') }}",
    })
    for (let round = 0; round < 3; round++) {
      const outcomes = await Promise.all([
        project.dbt('build --target-path target_a'),
        project.dbt('build --target-path target_b'),
      ])
      expect(
        outcomes.map(({ code }) => code),
        outcomes.map(({ output }) => output).join('\n'),
      ).toEqual([0, 0])
    }
    expect(await project.rows('select id from main.seen')).toEqual([{ id: 1 }])
  })

  onServer('or two builds that add to one relation: they take turns, each sees what the other added', async () => {
    const slowly = '(select pg_sleep(0.5)) as slowly'
    const project = await makeProject({
      'models/numbers.sql': `{{ config(materialized='incremental') }}
        select {% if is_incremental() %}(select max(n) from {{ this }}) + 1{% else %}1{% endif %} as n from ${slowly}`,
      'seeds/items.csv': 'id,price\n1,10\n',
      'snapshots/prices.sql': `{% snapshot prices %}
        {{ config(unique_key='id', strategy='check', check_cols='all') }}
        select id, price from {{ ref('items') }}, ${slowly}
        {% endsnapshot %}`,
    })
    expect((await project.dbt('build')).code).toBe(0)
    project.write({ 'seeds/items.csv': 'id,price\n1,11\n' })
    expect((await project.dbt('seed')).code).toBe(0)
    const outcomes = await Promise.all(
      ['a', 'b'].map((name) => project.dbt(`build --exclude items --target-path target_${name}`)),
    )
    expect(
      outcomes.map(({ code }) => code),
      outcomes.map(({ output }) => output).join('\n'),
    ).toEqual([0, 0])
    expect(await project.rows('select n from main.numbers order by n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    expect(await project.rows('select price, dbt_valid_to is null as now from main.prices order by price')).toEqual([
      { price: 10, now: false },
      { price: 11, now: true },
    ])
  })
})
