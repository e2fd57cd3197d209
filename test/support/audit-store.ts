import type pg from 'pg'
import { ticksBetween } from '../../src/orchestrate/schedules/cron.js'

/** What is off, a line each: empty where everything is accounted for exactly once. */
export type Findings = Readonly<Record<string, readonly string[]>>

/** Each of them finds what must not be there, one column `what` a row. */
const queries: Readonly<Record<string, string>> = {
  'every run has ended, and holds no lease': `
    select id || ' ' || status as what from runs
    where status not in ('succeeded', 'failed', 'cancelled') or ended_at is null or lease_until is not null`,
  'an instant of a schedule has one tick': `
    select automation || ' ' || at as what from ticks where automation_type = 'schedule' group by automation, at having count(*) > 1`,
  'the runs of a tick are there': `
    select t.automation || ' ' || t.at || ' ' || r as what from ticks t, jsonb_array_elements_text(t.run_ids) r
    where not exists (select 1 from runs where id = r and trigger_name = t.automation)`,
  'a run of a schedule, sensor or condition has one tick': `
    select r.id || ' ' || r.trigger_name || ' has ' || count(t.id) as what from runs r left join ticks t on t.run_ids @> to_jsonb(r.id)
    where r.trigger_type in ('schedule', 'sensor', 'automation') group by r.id, r.trigger_name having count(t.id) <> 1`,
  'a tick that requested has runs': `
    select automation || ' ' || at as what from ticks where status = 'requested' and run_ids = '[]'`,
  'a run is queued once, before all else': `
    select run_id || ' ' || count(*) filter (where type = 'run_queued') as what from events where run_id <> '' group by run_id
    having count(*) filter (where type = 'run_queued') <> 1 or min(id) <> min(id) filter (where type = 'run_queued')`,
  'a run ends once, after all else': `
    select r.id || ' ' || r.status || ' ' || count(*) filter (where e.type in ('run_succeeded', 'run_failed', 'run_cancelled')) as what
    from runs r join events e on e.run_id = r.id group by r.id
    having count(*) filter (where e.type in ('run_succeeded', 'run_failed', 'run_cancelled')) <> 1
      or max(e.id) <> max(e.id) filter (where e.type = 'run_' || r.status)`,
  'the events of a run are all of runs that are there': `
    select distinct run_id as what from events where run_id <> '' and not exists (select 1 from runs where id = run_id)`,
  'a run that was carried out was started': `
    select id as what from runs r where status = 'succeeded'
      and not exists (select 1 from events where run_id = r.id and type = 'run_started')`,
  'steps have ended with their run': `
    select run_id || ' ' || key || ' ' || s.status || ' of ' || r.status as what from run_steps s join runs r on r.id = run_id
    where s.status in ('pending', 'running', 'retrying')`,
  'a run that succeeded has only steps that did': `
    select run_id || ' ' || key || ' ' || s.status as what from run_steps s join runs r on r.id = run_id
    where r.status = 'succeeded' and s.status <> 'succeeded'`,
  'a step has one end, that of its events': `
    select run_id || ' ' || key || ' ' || status || ': ' || ends as what from (
      select s.run_id, s.key, s.status, coalesce(string_agg(e.type, ' ' order by e.id), 'none') as ends
      from run_steps s left join events e on e.run_id = s.run_id and e.step = s.key
        and e.type in ('step_succeeded', 'step_failed', 'step_skipped', 'step_cancelled') group by 1, 2, 3) x
    where ends <> 'step_' || status and not (status = 'cancelled' and ends = 'none')`,
  'an attempt of a step starts once, one after the other': `
    select run_id || ' ' || step || ': ' || string_agg(metadata->>'attempt', ' ' order by id) as what from events
    where type = 'step_started' group by run_id, step
    having array_agg((metadata->>'attempt')::int order by id) <> array_agg(distinct (metadata->>'attempt')::int order by (metadata->>'attempt')::int)`,
  'a step that succeeded has the attempts that its events tell': `
    select s.run_id || ' ' || s.key || ' ' || s.attempt as what from run_steps s where s.attempt <>
      (select coalesce(max((metadata->>'attempt')::int), 0) from events e where e.run_id = s.run_id and e.step = s.key and e.type = 'step_started')`,
  'an asset is made once in a run': `
    select run_id || ' ' || asset || ' ' || coalesce(partitions, '') || ' ' || count(*) as what from events
    where type = 'asset_materialized' group by run_id, asset, partitions having count(*) > 1`,
  'what a step made is that of a step of its run': `
    select e.run_id || ' ' || e.asset as what from events e where type = 'asset_materialized'
      and not exists (select 1 from run_steps s where s.run_id = e.run_id and s.key = e.step and s.assets @> to_jsonb(e.asset))`,
  'a step that succeeded made its assets': `
    select s.run_id || ' ' || a as what from run_steps s join runs r on r.id = s.run_id, jsonb_array_elements_text(s.assets) a
    where s.status = 'succeeded' and not exists (select 1 from events e where e.run_id = s.run_id and e.asset = a and e.type = 'asset_materialized')`,
  'a check is evaluated once an attempt': `
    select run_id || ' ' || asset || ' ' || check_name || ' ' || coalesce(partitions, '') || ' ' || count(*) as what from events e where type = 'check_evaluated'
    group by run_id, asset, check_name, partitions, step having count(*) > (select greatest(max(attempt), 1) from run_steps s where s.run_id = e.run_id and s.key = e.step)`,
  'the state of an asset is its last event': `
    select s.key || ' ' || coalesce(s.last_run_id, '') || ' but ' || l.run_id as what from asset_states s join lateral (
      select run_id, at from events where asset = s.key and type in ('asset_materialized', 'asset_failed') order by id desc limit 1) l on true
    where l.run_id is distinct from s.last_run_id or l.at is distinct from case when s.last_error is null then s.last_materialized_at else s.last_failed_at end`,
  'an asset that was made has a state': `
    select distinct asset as what from events where type in ('asset_materialized', 'asset_failed') and not exists (select 1 from asset_states where key = asset)`,
  'the state of a check is its last event': `
    select s.asset || ' ' || s.name as what from check_states s join lateral (
      select run_id, at, level from events where asset = s.asset and check_name = s.name and type = 'check_evaluated' order by id desc limit 1) l on true
    where l.run_id <> s.run_id or l.at <> s.at or (l.level = 'info') <> s.passed`,
  'the counts of a run are those of its steps': `
    select r.id as what from runs r where step_counts <> (select coalesce(jsonb_object_agg(status, n), '{}')
      from (select status, count(*) as n from run_steps where run_id = r.id group by status) c)`,
  'no place of a pool is held': `
    select pool || ' ' || run_id || ' ' || step as what from pool_slots s
    where exists (select 1 from runs r where r.id = s.run_id and r.lease_token = s.token and r.lease_until >= now())`,
  'backfills have ended': `select id || ' ' || status as what from backfills where ended_at is null`,
  'a backfill has the runs that it counts': `
    select b.id || ' ' || b.status || ': ' || b.requested_runs || ' + ' || b.skipped_runs || ' of ' || b.run_count || ', there are ' || count(r.id) as what
    from backfills b left join runs r on r.trigger_type = 'backfill' and r.trigger_name = b.id group by b.id
    having count(r.id) <> b.requested_runs or (b.status in ('succeeded', 'failed') and b.error is null and b.requested_runs + b.skipped_runs <> b.run_count)
      or count(distinct r.run_key) <> count(r.id)`,
  'a backfill that succeeded has only runs that did': `
    select b.id as what from backfills b join runs r on r.trigger_type = 'backfill' and r.trigger_name = b.id
    where b.status = 'succeeded' and r.status <> 'succeeded' and not exists (select 1 from runs n where n.run_key = 'retry ' || r.id)`,
  'runs that wait for each other never overlap': `
    select a.id || ' ' || b.id as what from runs a join runs b on a.sequence_key = b.sequence_key and a.id < b.id
    where a.started_at < b.ended_at and b.started_at < a.ended_at`,
  'a run key is one run': `select run_key as what from runs where run_key is not null group by run_key having count(*) > 1`,
}

async function rows(client: pg.Client, sql: string, params: unknown[] = []) {
  return (await client.query(sql, params)).rows as Record<string, unknown>[]
}

/** Holds the store against itself, when everything has come to rest. */
export async function auditStore(client: pg.Client): Promise<Findings> {
  const findings: Record<string, readonly string[]> = {}
  for (const [name, sql] of Object.entries(queries))
    findings[name] = (await rows(client, sql)).map((row) => String(row.what))
  findings['partitions are as their events tell'] = await partitionStates(client)
  return findings
}

/** The instants without a tick, between the first and the last one that a schedule has (since it was switched on). */
export async function missedInstants(
  client: pg.Client,
  name: string,
  cron: string,
  since = new Date(0),
): Promise<string[]> {
  const found = await rows(client, 'select at from ticks where automation = $1 and at > $2 order by at', [name, since])
  const ticks = found.map((row) => (row.at as Date).getTime())
  const [first = 0, last = 0] = [ticks[0], ticks.at(-1)]
  const due = ticksBetween(cron, 'UTC', new Date(first), new Date(last), 1_000_000)
  const known = new Set(ticks)
  return due.filter((at) => !known.has(at.getTime())).map((at) => at.toISOString())
}

/**
 * A sensor whose cursor counts its ticks.
 * @param keysOf the run keys that a tick asks for, by the cursor that it began with
 */
export async function sensorFindings(
  client: pg.Client,
  name: string,
  keysOf: (cursor: number) => readonly string[],
): Promise<string[]> {
  const [state] = await rows(client, 'select cursor from automations where name = $1', [name])
  const cursor = Number(state?.cursor ?? 0)
  const wanted = new Set(Array.from({ length: cursor }, (_, n) => keysOf(n)).flat())
  const keys = (await rows(client, 'select run_key from runs where trigger_name = $1', [name])).map((row) =>
    String(row.run_key).replace(`sensor ${name} `, ''),
  )
  const found = new Set(keys)
  const [ticks] = await rows(
    client,
    "select count(*)::int as n, count(distinct cursor)::int as cursors from ticks where automation = $1 and status <> 'failed'",
    [name],
  )
  return [
    ...[...wanted].filter((key) => !found.has(key)).map((key) => `${key} is missing`),
    ...keys.filter((key) => !wanted.has(key)).map((key) => `${key} was not asked for`),
    ...(keys.length === found.size ? [] : ['a key has two runs']),
    ...(ticks?.n === cursor && ticks.cursors === cursor ? [] : [`${ticks?.n} ticks, but the cursor is ${cursor}`]),
  ]
}

const dayMs = 86_400_000

/** The keys of a text, where a range is of days. */
function keysOf(text: string): string[] {
  return text.split(',').flatMap((term) => {
    const [from = '', to] = term.split('...')
    if (to === undefined) return [from]
    const count = (Date.parse(to) - Date.parse(from)) / dayMs + 1
    return Array.from({ length: count }, (_, i) => new Date(Date.parse(from) + i * dayMs).toISOString().slice(0, 10))
  })
}

async function partitionStates(client: pg.Client): Promise<string[]> {
  const events = await rows(
    client,
    "select asset, partitions, run_id, type from events where partitions is not null and type in ('asset_materialized', 'asset_failed') order by id",
  )
  const last = new Map<string, string>()
  for (const { asset, partitions, run_id, type } of events)
    for (const key of keysOf(String(partitions)))
      last.set(`${asset} ${key}`, `${run_id} ${type === 'asset_materialized' ? 'made' : 'failed'}`)
  const states = await rows(
    client,
    "select asset, key, run_id, case when failed_at is null or made_at > failed_at then 'made' else 'failed' end as state from asset_partitions",
  )
  const found = new Map(states.map((row) => [`${row.asset} ${row.key}`, `${row.run_id} ${row.state}`]))
  const off: string[] = []
  for (const key of new Set([...last.keys(), ...found.keys()]))
    if (last.get(key) !== found.get(key)) off.push(`${key}: ${found.get(key)}, but the events say ${last.get(key)}`)
  const twice = await rows(
    client,
    "select run_id, asset, partitions from events where partitions is not null and type = 'asset_materialized'",
  )
  const seen = new Set<string>()
  for (const { run_id, asset, partitions } of twice)
    for (const key of keysOf(String(partitions))) {
      const place = `${run_id} ${asset} ${key}`
      if (seen.has(place)) off.push(`${place} was made twice`)
      seen.add(place)
    }
  return off
}
