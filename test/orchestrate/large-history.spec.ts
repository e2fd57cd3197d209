import { beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../src/base/index.js'
import { eventually } from '../support/millrace.js'
import { storeForEach, type TestStore } from './store-for-each.js'

let store: TestStore
storeForEach((one) => {
  store = one
})

const runs = 2_000
let runId: string
let again: string

/** Many runs of before, one that was run again, and one that told of much besides what its page shows. */
beforeEach(async () => {
  const ids = Array.from({ length: runs }, () => newId())
  runId = ids[0] as string
  again = ids[runs - 1] as string
  await store.sql(
    `insert into runs (id, selection, trigger_type, status, created_at, parent_run_id)
     select id, '*', 'manual', 'succeeded', now(), case id when $2 then $3 end from unnest($1::text[]) id`,
    [ids, again, runId],
  )
  await store.sql(
    `insert into events (run_id, type, step, asset, check_name, partitions, level, message, metadata)
     select $1, type, 's', 'a', 'c', n::text, 'info', 'm' || n, '{"long": true}' from (
       select n, case n when 7 then 'progress' when 8 then 'check_evaluated' when 9 then 'asset_failed' else 'log' end as type
       from generate_series(1, 20000) n) t`,
    [runId],
  )
  await store.sql('analyze')
})

/** How many rows were read of each index: connections tell it when they end. */
async function readOf(indexes: readonly string[]): Promise<readonly number[]> {
  await store.close()
  return eventually('the server to count what was read', async () => {
    const rows = await store.sql(
      'select idx_tup_read as n from unnest($1::text[]) with ordinality t (name, i) join pg_stat_user_indexes on indexrelid = to_regclass(name) order by i',
      [indexes],
    )
    const counts = rows.map(({ n }) => Number(n))
    return counts.every((count) => count > 0) && counts
  })
}

describe('what the page of a run asks for', () => {
  it('is found without reading all that other runs, and this one, told', async () => {
    const asked = { runId, limit: 50 }
    const [children, progress, outcomes, failed] = await Promise.all([
      store.listRuns({ parentRunId: runId }),
      store.readEvents({ ...asked, types: ['progress'], newestFirst: true }),
      store.readEvents({ ...asked, types: ['check_evaluated'], isBrief: true }),
      store.readEvents({ ...asked, types: ['asset_failed'], isBrief: true }),
    ])
    expect(children.map(({ id }) => id)).toEqual([again])
    expect(progress.map(({ message }) => message)).toEqual(['m7'])
    expect(outcomes).toMatchObject([{ message: 'm8', check: 'c', partitions: '8', metadata: undefined }])
    expect(failed.map(({ message }) => message)).toEqual(['m9'])
    for (const count of await readOf(['runs_children', 'events_progress', 'events_outcomes']))
      expect(count).toBeLessThan(10)
  })
})
