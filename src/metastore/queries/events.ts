import type { PoolClient } from 'pg'
import type { NewRunEvent, OrchestrateStore, StoreChange } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { toAssetState, toCheckState, toEvent } from './rows.js'

/** Readers follow events by their id, so ids must become visible in order: appending takes this lock until commit. */
const eventLock = 7_125_012

/** PostgreSQL keeps every character but this one. */
const withoutNul = (_key: string, value: unknown) => (typeof value === 'string' ? value.replaceAll('\0', '') : value)

/** Appends events of one run in order and tells everybody, also of what else changed. */
export function insertEvents(
  database: Database,
  client: PoolClient,
  runId: string,
  events: readonly NewRunEvent[],
  ...also: readonly StoreChange[]
): Promise<void> {
  return insertEventsOf(
    database,
    client,
    events.map((event) => ({ ...event, runId })),
    ...also,
  )
}

/**
 * One round trip: appends (`$1`), brings the states of assets that were made up to date, and tells (`$3`, `$4`) who listens,
 * several things in one message, which holds 8 kB at most. Answers those that change other states.
 */
const append = `with given as materialized (
    select e, n from (select pg_advisory_xact_lock($2)) locked, jsonb_array_elements($1::jsonb) with ordinality as t (e, n)
  ), written as (
    insert into events (run_id, type, step, asset, check_name, partitions, level, message, metadata, error)
    select e->>'runId', e->>'type', e->>'step', e->>'asset', e->>'check', e->>'partitions', e->>'level', e->>'message', e->'metadata', e->'error'
    from given order by n returning id, at, run_id, type, asset, metadata
  ), made as (
    insert into asset_states (key, last_materialized_at, last_changed_at, last_run_id, last_metadata, last_code_version)
    select distinct on (asset) asset, at, max(at) filter (where metadata->>'unchanged' is distinct from 'true') over (partition by asset),
      run_id, coalesce(metadata, '{}'), metadata->>'code_version'
    from written where type = 'asset_materialized' order by asset, id desc
    on conflict (key) do update set last_materialized_at = excluded.last_materialized_at,
      last_changed_at = coalesce(excluded.last_changed_at, asset_states.last_changed_at), last_run_id = excluded.last_run_id,
      last_metadata = excluded.last_metadata, last_code_version = excluded.last_code_version, last_error = null
  ), news as (
    select jsonb_build_object('type', 'events', 'runId', run_id, 'lastEventId', max(id)) as change from written group by run_id
    union all select jsonb_array_elements($4::jsonb)
  ), told as (
    select pg_notify($3, jsonb_agg(change)::text) from (select change, row_number() over () / 40 as part from news) t group by part
  )
  select (select count(*) from told) as told, coalesce(jsonb_agg(id) filter (where type = 'asset_failed'), '[]') as failed,
    coalesce(jsonb_agg(id) filter (where type = 'check_evaluated'), '[]') as checked
  from written`

/**
 * The same for events of several runs; the latest states of assets and checks follow them. Whoever appends holds up all
 * others until it commits, so it comes late in a transaction.
 */
export async function insertEventsOf(
  database: Database,
  client: PoolClient,
  events: readonly (NewRunEvent & { readonly runId: string })[],
  ...also: readonly StoreChange[]
): Promise<void> {
  if (events.length === 0) {
    if (also.length > 0) await database.notify(client, ...also)
    return
  }
  const given = JSON.stringify(
    events.map(({ partitionKeys: _, ...event }) => event),
    withoutNul,
  )
  const { rows } = await client.query<{ failed: number[]; checked: number[] }>({
    name: 'append-events',
    text: append,
    values: [given, eventLock, database.channel, JSON.stringify(also)],
  })
  const { failed = [], checked = [] } = rows[0] ?? {}
  if (failed.length > 0) await noteFailures(client, failed)
  if (checked.length > 0) await noteChecks(client, checked)
}

/** @param failed ids of events */
async function noteFailures(client: PoolClient, failed: readonly number[]): Promise<void> {
  await client.query(
    `insert into asset_states (key, last_failed_at, last_run_id, last_error)
     select distinct on (asset) asset, at, run_id, error from events where id = any($1) order by asset, id desc
     on conflict (key) do update set last_failed_at = excluded.last_failed_at, last_run_id = excluded.last_run_id,
       last_error = excluded.last_error`,
    [failed],
  )
}

/** @param checked ids of events */
async function noteChecks(client: PoolClient, checked: readonly number[]): Promise<void> {
  await client.query(
    `insert into check_states (asset, name, passed, severity, at, run_id, message, metadata)
     select distinct on (asset, check_name) asset, check_name, level = 'info', case level when 'warn' then 'warn' else 'error' end,
       at, run_id, message, coalesce(metadata, '{}')
     from events where id = any($1) order by asset, check_name, id desc
     on conflict (asset, name) do update set passed = excluded.passed, severity = excluded.severity, at = excluded.at,
       run_id = excluded.run_id, message = excluded.message, metadata = excluded.metadata`,
    [checked],
  )
}

export function eventQueries(database: Database): Pick<OrchestrateStore, 'readEvents' | 'assetStates' | 'checkStates'> {
  return {
    async readEvents({ runId, runIds, asset, assets, types, since, after = 0, limit = 1000, newestFirst = false }) {
      const keys = asset === undefined ? assets : [asset]
      const rows = await database.rows(
        `select * from events where ($1::text[] is null or run_id = any($1)) and ($2::text[] is null or asset = any($2))
           and ($3::text[] is null or type = any($3)) and ($6::timestamptz is null or at >= $6) and id > $4 order by id ${newestFirst ? 'desc' : 'asc'} limit $5`,
        [
          runId === undefined ? (runIds ?? null) : [runId],
          keys ? [...keys] : null,
          types ? [...types] : null,
          after,
          limit,
          since ?? null,
        ],
      )
      return rows.map(toEvent)
    },
    async assetStates(keys) {
      const rows = await database.rows('select * from asset_states where $1::text[] is null or key = any($1)', [
        keys ? [...keys] : null,
      ])
      return rows.map(toAssetState)
    },
    async checkStates(asset) {
      const rows = await database.rows('select * from check_states where $1::text is null or asset = $1', [
        asset ?? null,
      ])
      return rows.map(toCheckState)
    },
  }
}
