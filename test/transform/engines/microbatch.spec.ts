import { expect, it } from 'vitest'
import { describeEngines } from './engines.js'

describeEngines('a microbatch model', (makeProject, engine) => {
  // PostgreSQL finds the rows of a batch by a key, DuckDB by their time.
  const key = engine === 'postgres' ? ", unique_key='id'" : ''
  const model = `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at_time', batch_size='day',
      begin='2020-01-01', concurrent_batches=true${key}) }} select * from {{ ref('events') }}`
  const events = (last: number) =>
    `{{ config(materialized='table', event_time='at_time') }}
      select 1 as id, timestamp '2020-01-01 06:00:00' as at_time union all select ${last}, timestamp '2020-01-03 07:00:00'`

  it('is made batch by batch, and a batch again replaces its rows', async () => {
    const project = await makeProject({ 'models/events.sql': events(3), 'models/daily.sql': model })
    const days = '--event-time-start 2020-01-01 --event-time-end 2020-01-04'
    const { code, output } = await project.dbt(`run ${days}`)
    expect(code, output).toBe(0)
    expect(await project.rows('select id from main.daily order by id')).toEqual([{ id: 1 }, { id: 3 }])
    // Only where batches cannot run at once is the wish for it told.
    expect(/concurrent_batches/.test(output)).toBe(engine === 'postgres')
    const again = await project.dbt(`run ${days}`)
    expect(again.code, again.output).toBe(0)
    expect(await project.rows('select count(*) as n from main.daily')).toEqual([{ n: 2 }])
  })
})
