import { expect, it } from 'vitest'
import { silentLogger } from '../../src/base/index.js'
import { openTransformSession } from '../../src/transform/index.js'
import { openDuckDb } from '../../src/warehouse/index.js'
import { TempProject } from './support/temp-project.js'

it('each run of a session has its own time and id, and finds nothing in graph of the one before', async () => {
  const project = new TempProject({
    'models/times.sql': `{{ config(materialized='incremental') }}
      {%- do graph.setdefault('seen', []).append(1) %}
      select '{{ run_started_at }}' as started, '{{ invocation_id }}' as id, {{ graph.seen | length }} as seen`,
    'models/input.sql': `{{ config(materialized='table', event_time='at_time') }}
      select timestamp '2024-01-01 06:00:00' as at_time union all select timestamp '2024-01-03 06:00:00'`,
    'models/daily.sql': `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at_time',
      batch_size='day', begin='2024-01-01') }} select * from {{ ref('input') }}`,
  })
  const opened = await openTransformSession({
    projectDir: project.dir,
    env: {},
    logger: silentLogger,
    openWarehouse: ({ credentials }) => openDuckDb({ path: String(credentials.path) }),
  })
  try {
    for (const day of ['2024-01-01', '2024-01-03']) {
      const run = opened.forRun(new Date(`${day}T12:00:00Z`))
      for (const model of ['times', 'input', 'daily']) await run.runNode(`model.shop.${model}`)
    }
  } finally {
    await opened.close()
  }
  const rows = await project.rows('select * from main.times order by started')
  expect(rows.map(({ started, seen }) => [String(started).slice(0, 10), seen])).toEqual([
    ['2024-01-01', 1],
    ['2024-01-03', 1],
  ])
  expect(rows[0]?.id).not.toBe(rows[1]?.id)
  // The second run takes the batches up to its own day.
  expect(await project.rows('select count(*)::int as n from main.daily')).toEqual([{ n: 2 }])
})
