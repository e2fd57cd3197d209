import type pg from 'pg'
import type { Findings } from '../support/audit-store.js'

/** Sensors that are told: of everything since they were there, once, also where the daemon was killed between two of their ticks. */
export async function auditTold(client: pg.Client): Promise<Findings> {
  return {
    'a sensor is told of each materialization once': await told(
      client,
      'followed',
      "select id::text as key, id from events where type = 'asset_materialized' and asset = 'ledger/each'",
    ),
    'a sensor is told of each run that ended so once': await told(
      client,
      'mourned',
      // Nor of its own runs, whoever tries them again.
      `with recursive own as (
         select id from runs where trigger_name = 'mourned' union select r.id from runs r join own on own.id = r.parent_run_id)
       select run_id as key, id from events where type in ('run_failed', 'run_cancelled') and run_id not in (select id from own)`,
    ),
  }
}

/** @param news what there was to tell: its key, and its event */
async function told(client: pg.Client, sensor: string, news: string): Promise<string[]> {
  const { rows } = await client.query(
    `with news as (${news}), told as (select replace(run_key, 'sensor ' || $1 || ' ', '') as key, count(*)::int as n
         from runs where trigger_name = $1 group by 1),
       -- What happened before it was there does not count.
       first as (select min(n.id) as id from news n join told t on t.key = n.key)
     select n.key || ' was told to nobody' as finding from news n, first f where n.id >= f.id and not exists (select 1 from told t where t.key = n.key)
     union all select key || ' has ' || n || ' runs' from told where n > 1
     union all select key || ' never happened' from told t where not exists (select 1 from news n where n.key = t.key)
     union all select 'nothing was told at all' where not exists (select 1 from told)`,
    [sensor],
  )
  return rows.map(({ finding }) => String(finding))
}
