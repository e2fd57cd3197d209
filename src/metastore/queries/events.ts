import type { PoolClient } from 'pg'
import type { EventStore, NewRunEvent, StoreChange } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { prepared } from '../statements.js'
import { jsonText } from './json-text.js'
import { updatePartitions } from './partitions.js'
import { toEvent } from './rows.js'

/**
 * Readers follow events by their id, so ids must become visible in order: appending takes this lock until commit. A statement of its own: one
 * that waits within another would not see what was written meanwhile.
 */
const lockEvents = 'select pg_advisory_xact_lock($1)'
const eventLock = 7_125_012

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
 * Appends (`$1`), brings the latest states of assets and checks up to date, and tells who listens (`$2`, `$4`; also of `$3`): several
 * things in one message, which holds 8 kB at most. One statement, since all others wait for it.
 */
const append = `with said as materialized (
    select e, n from jsonb_array_elements($1::jsonb) with ordinality as t (e, n)
  ), made as (
    select n, e->'metadata'->>'data_version' as version, coalesce(
        lag(coalesce(e->'metadata'->>'data_version', '')) over (partition by e->>'asset' order by n),
        (select last_data_version from asset_states where key = e->>'asset')) as before
    from said where e->>'type' = 'asset_materialized' and not e ? 'partitions'
  ), given as materialized (
    select case when version = before then jsonb_set(e, '{metadata,unchanged}', 'true') else e end as e, n
    from said left join made using (n)
  ), written as (
    insert into events (run_id, type, step, asset, check_name, partitions, level, message, metadata, error)
    select e->>'runId', e->>'type', e->>'step', e->>'asset', e->>'check', e->>'partitions', e->>'level', e->>'message', e->'metadata', e->'error'
    from given order by n returning id, at, run_id, type, step, asset, check_name, partitions, level, message, metadata, error
  ), assets as (
    insert into asset_states (key, last_run_id, last_materialized_at, last_metadata, last_code_version, last_data_version, last_began_at, last_changed_at, last_failed_at, last_error, last_made_run_id, last_changed_run_id)
    select asset, nullif((array_agg(run_id order by id desc))[1], ''),
      (array_agg(at order by id desc) filter (where type = 'asset_materialized'))[1],
      (array_agg(coalesce(metadata, '{}') order by id desc) filter (where type = 'asset_materialized'))[1],
      (array_agg(metadata->>'code_version' order by id desc) filter (where type = 'asset_materialized'))[1],
      (array_agg(metadata->>'data_version' order by id desc) filter (where type = 'asset_materialized'))[1],
      (array_agg((select s.began_at from run_steps s where s.run_id = written.run_id and s.key = written.step) order by id desc) filter (where type = 'asset_materialized'))[1],
      max(at) filter (where type = 'asset_materialized' and metadata->>'unchanged' is distinct from 'true'),
      (array_agg(at order by id desc) filter (where type = 'asset_failed'))[1],
      (array_agg(case type when 'asset_failed' then error end order by id desc))[1],
      nullif((array_agg(run_id order by id desc) filter (where type = 'asset_materialized'))[1], ''),
      nullif((array_agg(run_id order by id desc) filter (where type = 'asset_materialized' and metadata->>'unchanged' is distinct from 'true'))[1], '')
    from written where type in ('asset_materialized', 'asset_failed') group by asset
    on conflict (key) do update set last_run_id = excluded.last_run_id,
      last_materialized_at = coalesce(excluded.last_materialized_at, asset_states.last_materialized_at),
      last_metadata = coalesce(excluded.last_metadata, asset_states.last_metadata),
      last_code_version = case when excluded.last_materialized_at is null then asset_states.last_code_version else excluded.last_code_version end,
      last_data_version = case when excluded.last_materialized_at is null then asset_states.last_data_version else excluded.last_data_version end,
      last_began_at = case when excluded.last_materialized_at is null then asset_states.last_began_at else excluded.last_began_at end,
      last_changed_at = coalesce(excluded.last_changed_at, asset_states.last_changed_at),
      last_failed_at = coalesce(excluded.last_failed_at, asset_states.last_failed_at), last_error = excluded.last_error,
      last_made_run_id = case when excluded.last_materialized_at is null then asset_states.last_made_run_id else excluded.last_made_run_id end,
      last_changed_run_id = case when excluded.last_changed_at is null then asset_states.last_changed_run_id else excluded.last_changed_run_id end
  ), checks as (
    insert into check_states (asset, name, passed, severity, at, run_id, partitions, message, metadata)
    select distinct on (asset, check_name) asset, check_name, level = 'info', case level when 'warn' then 'warn' else 'error' end,
      at, run_id, partitions, message, coalesce(metadata, '{}')
    from written where type = 'check_evaluated' order by asset, check_name, id desc
    on conflict (asset, name) do update set passed = excluded.passed, severity = excluded.severity, at = excluded.at,
      run_id = excluded.run_id, partitions = excluded.partitions, message = excluded.message, metadata = excluded.metadata
  ), whole as (
    delete from bad_check_partitions b using written w
    where w.type = 'check_evaluated' and w.partitions is null and b.asset = w.asset and b.name = w.check_name
  ), news as (
    select jsonb_build_object('type', 'events', 'runId', run_id, 'lastEventId', max(id)) as change from written group by run_id
    union all select jsonb_array_elements($3::jsonb)
  )
  select pg_notify($2, jsonb_agg(change)::text) from (
    select change, sum(octet_length(change::text) + 2) over (rows unbounded preceding) / 4000 as part from news) t group by part
  union all select pg_notify($4, change::text) from news where change->>'status' in ('queued', 'cancelling')`

/**
 * The same for events of several runs; the latest states of assets and checks follow them. Whoever appends holds up all
 * others until it commits, so it comes late in a transaction.
 */
export function insertEventsOf(
  database: Database,
  client: PoolClient,
  events: readonly RunsEvent[],
  ...also: readonly StoreChange[]
): Promise<void> {
  return appendBy((sql, params) => client.query(sql, params), { database, client, events, also })
}

/** The same in a transaction that finds all by key. */
export function insertEventsByKey(
  database: Database,
  client: PoolClient,
  events: readonly RunsEvent[],
  ...also: readonly StoreChange[]
): Promise<void> {
  return appendBy((sql, params) => prepared(client, sql, params), { database, client, events, also })
}

type RunsEvent = NewRunEvent & { readonly runId: string }

interface Appended {
  readonly database: Database
  readonly client: PoolClient
  readonly events: readonly RunsEvent[]
  readonly also: readonly StoreChange[]
}

async function appendBy(
  ask: (sql: string, params: unknown[]) => Promise<unknown>,
  { database, client, events, also }: Appended,
): Promise<void> {
  const { everything, work } = database.channels
  if (events.length > 0) {
    const given = jsonText(events.map(({ partitionKeys: _, ...event }) => event))
    await Promise.all([ask(lockEvents, [eventLock]), ask(append, [given, everything, jsonText(also), work])])
  } else if (also.length > 0) await database.notify(client, ...also)
}

const brief = 'id, at, run_id, type, step, asset, check_name, partitions, level, message'

/** An event as logs tell it: `materialized raw/orders`, `check not_null of raw/orders for 2024-01-01`, `started`. */
const toldText = `concat_ws(' ',
  case type when 'asset_materialized' then 'materialized' when 'check_evaluated' then 'check ' || check_name || ' of'
    when 'schema_changed' then 'the columns of' when 'log' then null else replace(regexp_replace(type, '^(step|run)_', ''), '_', ' ') end,
  asset, 'for ' || partitions, message, error->>'message', metadata->>'rows', step, replace(step, ':', ' '))`

/** What happens to an asset outside of runs. */
export const noRun = ''

export function eventQueries(database: Database): EventStore {
  return {
    noteMade: (made) =>
      database.transaction(async (client) => {
        const events = await updatePartitions(client, noRun, [{ ...made, type: 'asset_materialized' }])
        await insertEvents(database, client, noRun, events)
      }),
    async readEvents({ after = 0, limit = 1000, newestFirst = false, isBrief = false, ...filter }) {
      const { runId, runIds, asset, assets, types, onlyErrorsOf, check, partition, without, since, before } = filter
      const { step, levels, find } = filter
      const keys = asset === undefined ? assets : [asset]
      const rows = await database.rows(
        `select ${isBrief ? brief : '*'} from events where ($1::text[] is null or run_id = any($1)) and ($2::text[] is null or asset = any($2))
           and ($3::text[] is null or type = any($3)) and ($6::timestamptz is null or at >= $6)
           and ($7::text is null or check_name = $7) and ($8::text is null or run_id <> $8 or ($9::text is not null and partitions is distinct from $9))
           and id > $4 and ($10::bigint is null or id < $10) and ($11::text[] is null or partitions = any($11))
           and ($12::text is null or step = $12) and ($13::text[] is null or coalesce(level, 'info') = any($13))
           and ($14::text is null or step = any($15) or position(lower($14) in lower(${toldText})) > 0)
           and ($16::text[] is null or level = 'error' or type <> all($16)) order by id ${newestFirst ? 'desc' : 'asc'} limit $5`,
        [
          runId === undefined ? (runIds ?? null) : [runId],
          keys ? [...keys] : null,
          types ? [...types] : null,
          after,
          limit,
          since ?? null,
          check ?? null,
          without?.runId ?? null,
          without?.partitions ?? null,
          before ?? null,
          // As a text of partitions a key may stand in quotes.
          partition === undefined ? null : [partition, `"${partition}"`],
          step ?? null,
          levels ? [...levels] : null,
          find?.text ?? null,
          [...(find?.steps ?? [])],
          onlyErrorsOf ? [...onlyErrorsOf] : null,
        ],
      )
      return rows.map(toEvent)
    },
    async findColumns(texts, limit) {
      const rows = await database.rows(
        `select key, c->>'name' as name, c->>'type' as type from asset_states,
           jsonb_path_query(last_metadata, '$.columns.columns[*]') c
         where exists (select 1 from unnest($1::text[]) text where position(lower(text) in lower(c->>'name')) > 0)
         order by length(c->>'name'), key limit $2`,
        [[...texts], limit],
      )
      return rows.map(({ key, name, type }) => ({ asset: String(key), name: String(name), type: String(type) }))
    },
  }
}
