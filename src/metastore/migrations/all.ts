export interface Migration {
  readonly name: string
  readonly sql: string
}

/**
 * Forward only; each runs once, in the transaction that records it, in the order of this list, whatever their numbers say (010 stands
 * before 009): new ones are appended. Processes of the version before go on working with the tables that these leave. So first
 * expand (a table, a column with a default), and take away what they still use one release later.
 */
export const migrations: readonly Migration[] = [
  {
    name: '001_initial',
    sql: `
      create table definitions (id int primary key check (id = 1), value jsonb not null, published_at timestamptz not null default now());
      create table runs (
        id text primary key, selection text not null, trigger_type text not null, trigger_name text, status text not null,
        priority int not null default 0, tags jsonb not null default '{}', full_refresh boolean not null default false,
        run_key text unique, parent_run_id text, rerun text, created_at timestamptz not null default now(), started_at timestamptz,
        ended_at timestamptz, error jsonb, attempt int not null default 0, cancel_requested boolean not null default false,
        lease_worker text, lease_token bigint not null default 0, lease_until timestamptz, step_counts jsonb not null default '{}'
      );
      create index runs_queue on runs (priority desc, created_at) where status in ('queued', 'starting', 'running', 'cancelling');
      create index runs_recent on runs (created_at desc);
      create table run_steps (
        run_id text not null references runs (id) on delete cascade, key text not null, position int not null, kind text not null, status text not null,
        attempt int not null default 0, assets jsonb not null, checks jsonb not null, upstream jsonb not null, started_at timestamptz,
        ended_at timestamptz, error jsonb, reason text, primary key (run_id, key)
      );
      create index run_steps_assets on run_steps using gin (assets jsonb_path_ops);
      create table events (
        id bigserial primary key, at timestamptz not null default clock_timestamp(), run_id text not null, type text not null, step text, asset text,
        check_name text, level text, message text, metadata jsonb, error jsonb
      );
      create index events_run on events (run_id, id);
      create index events_asset on events (asset, id desc) where asset is not null;
      create table asset_states (
        key text primary key, last_materialized_at timestamptz, last_run_id text, last_metadata jsonb, last_code_version text,
        last_failed_at timestamptz, last_error jsonb, in_progress_run_id text
      );
      create table check_states (
        asset text not null, name text not null, passed boolean not null, severity text not null, at timestamptz not null, run_id text not null,
        message text, metadata jsonb, primary key (asset, name)
      );
      create table automations (name text primary key, type text not null, is_on boolean not null, cursor jsonb, last_tick_at timestamptz);
      create table ticks (
        id text primary key, automation text not null, automation_type text not null, at timestamptz not null, status text not null,
        reason text, run_ids jsonb not null default '[]', cursor jsonb, error jsonb, duration_ms double precision
      );
      create index ticks_recent on ticks (automation, at desc);`,
  },
  {
    name: '002_sequences',
    sql: `
      alter table runs add column sequence_key text;
      alter table automations add column turned_on_at timestamptz;
      alter table asset_states drop column in_progress_run_id;
      create index runs_ended on runs (ended_at) where ended_at is not null;
      create index ticks_at on ticks (at);`,
  },
  {
    name: '003_last_changed',
    sql: `
      alter table asset_states add column last_changed_at timestamptz;
      update asset_states set last_changed_at = last_materialized_at;`,
  },
  {
    name: '004_connection_events',
    sql: `
      create table connection_events (
        id bigserial primary key, at timestamptz not null default clock_timestamp(), connection text not null, type text not null,
        by text not null, message text not null
      );
      create index connection_events_recent on connection_events (connection, id desc);
      create index run_steps_key on run_steps (key, run_id desc);`,
  },
  {
    name: '005_clear_data',
    sql: 'alter table runs add column clear_data boolean not null default false;',
  },
  {
    name: '006_partitions',
    sql: `
      alter table runs add column partitions text;
      alter table events add column partitions text;
      create table asset_partitions (
        asset text not null, key text not null, made_at timestamptz, failed_at timestamptz, run_id text not null, primary key (asset, key)
      );
      create table dynamic_partitions (
        name text not null, key text not null, position bigserial, added_at timestamptz not null default now(), primary key (name, key)
      );
      create table backfills (
        id text primary key, selection text not null, partitions text not null, partitions_per_run int not null, is_sequential boolean not null,
        run_count int not null, partition_count int not null, full_refresh boolean not null default false, tags jsonb not null default '{}',
        status text not null default 'running', requested_runs int not null default 0, error jsonb,
        created_at timestamptz not null default now(), ended_at timestamptz
      );
      create table alert_cursors (channel text primary key, event_id bigint not null);
      create index backfills_active on backfills (id) where ended_at is null;
      create index runs_of_backfills on runs (trigger_name) where trigger_type = 'backfill';`,
  },
  {
    name: '007_users',
    sql: `
      create table users (
        id text primary key, name text not null, role text not null, password_hash text not null, is_disabled boolean not null default false,
        created_at timestamptz not null default now()
      );
      create unique index users_name on users (lower(name));
      create table sessions (
        secret_hash text primary key, user_id text not null references users (id) on delete cascade, created_at timestamptz not null default now(),
        expires_at timestamptz not null
      );
      create index sessions_user on sessions (user_id);
      create table api_tokens (
        id text primary key, name text not null, role text not null, secret_hash text not null unique, user_id text references users (id) on delete cascade,
        created_at timestamptz not null default now(), expires_at timestamptz, last_used_at timestamptz, revoked_at timestamptz
      );
      create table audit_log (
        id bigserial primary key, at timestamptz not null default clock_timestamp(), actor text not null, via text not null, action text not null,
        what text not null, outcome text not null, address text
      );
      create index audit_log_at on audit_log (at);`,
  },
  {
    name: '008_conditions',
    sql: `
      create table condition_cursor (
        id int primary key check (id = 1), evaluation bigint not null, at timestamptz not null, event_id bigint not null
      );
      create table condition_states (
        asset text primary key, automation text, memory jsonb, evaluation_id bigint
      );
      create table condition_evaluations (
        id bigserial primary key, asset text not null, automation text not null, at timestamptz not null, tree jsonb not null,
        is_requested boolean not null, partitions text, run_id text
      );
      create index condition_evaluations_recent on condition_evaluations (asset, id desc);
      create index condition_evaluations_at on condition_evaluations (at);
      create table freshness_states (asset text primary key, state text not null, since timestamptz not null);`,
  },
  {
    name: '010_pools',
    sql: `
      create table pool_slots (
        run_id text not null references runs (id) on delete cascade, step text not null, pool text not null, token bigint not null,
        taken_at timestamptz not null default now(), primary key (run_id, step)
      );
      create index pool_slots_pool on pool_slots (pool);`,
  },
  {
    name: '009_run_config',
    sql: 'alter table runs add column config jsonb;',
  },
  {
    name: '011_traceparent',
    sql: 'alter table runs add column traceparent text;',
  },
  {
    name: '012_queue_order',
    sql: `
      drop index runs_queue;
      create index runs_queue on runs (priority desc, created_at, id) where status in ('queued', 'starting', 'running', 'cancelling');
      create index runs_sequence on runs (sequence_key) where sequence_key is not null and status in ('queued', 'starting', 'running', 'cancelling');`,
  },
  {
    name: '013_webhooks',
    sql: `
      create table webhook_deliveries (
        id text primary key, sensor text not null, delivery_id text not null, received_at timestamptz not null, payload jsonb, headers jsonb,
        taken_until timestamptz not null, tick_id text, unique (sensor, delivery_id)
      );
      create index webhook_deliveries_waiting on webhook_deliveries (sensor, taken_until) where tick_id is null;
      create index webhook_deliveries_at on webhook_deliveries (received_at);`,
  },
  {
    name: '014_daemon_lease',
    sql: `
      create table daemon_lease (
        id int primary key check (id = 1), holder text not null, beat_at timestamptz not null, lease_until timestamptz not null
      );`,
  },
  {
    name: '015_turns',
    sql: `
      create table step_turns (
        step text primary key, run_id text not null references runs (id) on delete cascade, token bigint not null,
        taken_at timestamptz not null default now()
      );
      create index step_turns_run on step_turns (run_id);`,
  },
  {
    name: '016_processes',
    sql: `
      create table processes (
        name text primary key, kind text not null, host text not null, version text not null, runs text not null, capacity int not null,
        started_at timestamptz not null default now(), heard_at timestamptz not null default now()
      );`,
  },
  {
    name: '017_scheduled_instants',
    sql: `
      create table schedules_seen (name text primary key, cron text not null, at timestamptz not null);
      alter table runs add column as_of timestamptz;`,
  },
  {
    name: '018_when_it_was_read',
    sql: `
      alter table run_steps add column began_at timestamptz;
      alter table asset_states add column last_began_at timestamptz;`,
  },
  {
    // What was asked for before is one part whose assets are those of the selection; its runs say their places as they are requested now.
    name: '019_backfill_parts',
    sql: `
      alter table backfills add column parts jsonb not null default '[]', add column skipped_runs int not null default 0,
        add column skipped jsonb not null default '[]';
      update runs r set run_key = 'backfill ' || r.trigger_name || ' ' || p.place
        from (select id, row_number() over (partition by trigger_name order by id) - 1 as place from runs where trigger_type = 'backfill') p
        where p.id = r.id and r.run_key is null and exists (select 1 from backfills b where b.id = r.trigger_name and b.ended_at is null);`,
  },
  {
    name: '020_told_sensors',
    sql: 'alter table automations add column event_id bigint, add column failing_since timestamptz, add column failure text;',
  },
  {
    name: '021_check_partitions',
    sql: `
      alter table check_states add column partitions text;
      create table bad_check_partitions (
        asset text not null, name text not null, key text not null, severity text not null, run_id text not null, primary key (asset, name, key)
      );`,
  },
  {
    name: '022_held_ticks_and_data_versions',
    sql: `
      alter table ticks add column is_held boolean not null default false;
      alter table asset_states add column last_data_version text;
      alter table asset_partitions add column data_version text;`,
  },
  {
    // Who waits for a place stands in line: a row without the time when it was taken. What an older process inserts is a place.
    name: '023_pool_lines',
    sql: `
      alter table pool_slots alter column taken_at drop not null,
        add column place bigint generated always as identity, add column asked_at timestamptz not null default now();
      alter table run_steps add column waits jsonb not null default '[]';`,
  },
  {
    name: '024_run_of_last_change',
    sql: `
      alter table asset_states add column last_made_run_id text, add column last_changed_run_id text;
      update asset_states s set
        last_made_run_id = nullif((select run_id from events e where e.asset = s.key and type = 'asset_materialized' order by id desc limit 1), ''),
        last_changed_run_id = nullif((select run_id from events e where e.asset = s.key and type = 'asset_materialized'
          and metadata->>'unchanged' is distinct from 'true' order by id desc limit 1), '');`,
  },
  {
    // Most runs have no tags, and need no place in it.
    name: '025_runs_by_tag',
    sql: "create index runs_by_tag on runs using gin (tags) where tags <> '{}';",
  },
  {
    // What stands in `is_on` before this may be what somebody switched: that is kept. Nor does what an older process inserts tell.
    name: '026_runs_by_trigger_and_switches',
    sql: `
      create index runs_by_trigger on runs (trigger_name, id desc) where trigger_name is not null;
      alter table automations add column is_switched boolean not null default true;`,
  },
  {
    // How far logs were forgotten: runs that ended up to there have none any more. What found nothing to do is forgotten long before the rest.
    // Runs of backfills that were counted, each as the last of its retries, are not looked at for their counts again.
    name: '027_retention_and_counts_of_backfills',
    sql: `
      create table log_retention (id int primary key check (id = 1), ended_at timestamptz not null, run_id text not null);
      insert into log_retention values (1, '-infinity', '');
      create index ticks_idle on ticks (at) where status = 'skipped';
      create index condition_evaluations_idle on condition_evaluations (at) where not is_requested;
      alter table runs add column is_counted boolean not null default false;
      alter table backfills add column settled_runs jsonb not null default '{}';
      create index runs_uncounted on runs (trigger_name) where trigger_type = 'backfill' and not is_counted;
      create index runs_of_backfills_left on runs (trigger_name) where trigger_type = 'backfill' and status <> 'succeeded';`,
  },
  {
    // What pages ask for again and again, among all runs and all that was told.
    name: '028_what_pages_read',
    sql: `
      create index runs_children on runs (parent_run_id, id) where parent_run_id is not null;
      create index events_progress on events (run_id, id) where type = 'progress';
      create index events_outcomes on events (run_id, id) where type in ('check_evaluated', 'asset_failed');
      create index events_made on events (at) where type = 'asset_materialized';`,
  },
  {
    // Lists of runs tell of checks that found something, among a run's many events.
    name: '029_bad_checks_of_runs',
    sql: "create index events_bad_checks on events (run_id) where type = 'check_evaluated' and level in ('warn', 'error');",
  },
  {
    // Megabytes, written and read as a whole: what takes them apart takes longer than all else.
    name: '030_definitions_as_text',
    sql: 'alter table definitions alter column value type json;',
  },
  {
    // To compress them took longer than all else of their publication.
    name: '031_definitions_as_they_are',
    sql: 'alter table definitions alter column value set storage external;',
  },
  {
    // Clients of Airbyte know a sync by a number. Those that ran before have one too, in their order.
    name: '032_sync_jobs',
    sql: `
      create table sync_jobs (
        id bigint generated always as identity primary key, run_id text not null references runs (id) on delete cascade, step text not null,
        unique (run_id, step)
      );
      create index sync_jobs_step on sync_jobs (step, id desc);
      insert into sync_jobs (run_id, step) select run_id, key from run_steps where kind = 'sync' order by run_id, position;
      create index events_loads on events (run_id) where type = 'asset_materialized' and step like 'sync:%';`,
  },
  {
    // What a step started elsewhere, and whoever takes it up has to know: a job of another server.
    name: '033_notes_of_steps',
    sql: 'alter table run_steps add column note jsonb;',
  },
  {
    // Clients of Airbyte make sources and destinations one by one, and connections of them afterwards.
    name: '034_connection_ends',
    sql: `
      create table connection_ends (
        id uuid primary key, kind text not null, name text not null, connector text not null, config json not null, schema text,
        created_at timestamptz not null default now()
      );
      create table joined_ends (
        connection text primary key, source_id uuid references connection_ends (id) on delete set null,
        destination_id uuid references connection_ends (id) on delete set null
      );`,
  },
  {
    // What `${NAME}` stands for in the files of connections, where the environment does not say it. Encrypted: the key is not here.
    name: '035_secrets',
    sql: 'create table secrets (name text primary key, sealed text not null, updated_at timestamptz not null default now(), updated_by text);',
  },
  {
    // How long a run may go on is counted while somebody has it: for so long before who has it now, and since when that is.
    name: '036_worked_time_of_runs',
    sql: `
      alter table runs add column worked_ms bigint not null default 0, add column held_since timestamptz;
      update runs set held_since = started_at where ended_at is null and lease_until is not null;`,
  },
]

/** The tables that they make, each after those that it refers to. */
export const ownTables: readonly string[] = migrations.flatMap(({ sql }) =>
  [...sql.matchAll(/create table (\w+)/g)].map(([, table]) => table as string),
)
