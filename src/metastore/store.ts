import pg, { type PoolClient } from 'pg'
import { type ErrorJson, type Logger, newId } from '../base/index.js'
import type {
  AssetKey,
  Definitions,
  EventFilter,
  NewRunEvent,
  OrchestrateStore,
  Run,
  RunEvent,
  RunFilter,
  RunLease,
  RunRequest,
  RunStatus,
  RunStep,
  StoreChange,
  Tick,
} from '../orchestrate/index.js'
import { metastoreErrors } from './errors.js'
import { migrate } from './migrations/index.js'
import { type Row, toAssetState, toAutomation, toCheckState, toEvent, toRun, toStep, toTick } from './queries/rows.js'

const channel = 'millrace'
/** A notification can be lost (a reconnect, a pooler between): look anyway this often. */
const pollMs = 1_000
/** Readers follow events by their id, so ids must become visible in order: appending takes this lock until commit. */
const eventLock = 7_125_012

/** Opens the store and brings its tables up to date. @throws METASTORE_UNREACHABLE */
export async function openMetastore(options: { url: string; logger: Logger }): Promise<Metastore> {
  const pool = new pg.Pool({ connectionString: options.url, max: 6, idleTimeoutMillis: 10_000 })
  pool.on('error', (error) => options.logger.debug('A connection to the store was lost', { error: error.message }))
  try {
    const client = await pool.connect()
    try {
      await migrate(client)
    } finally {
      client.release()
    }
  } catch (cause) {
    await pool.end().catch(() => {})
    throw metastoreErrors.create('METASTORE_UNREACHABLE', {
      message: `The metadata store does not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Check DATABASE_URL (or metastore.url) and that the server runs.',
      cause,
    })
  }
  return new Metastore(pool, options.url)
}

/** Definitions, runs, events and ticks on PostgreSQL. */
export class Metastore implements OrchestrateStore {
  readonly #pool: pg.Pool
  readonly #url: string
  #published: { readonly at: string; readonly definitions: Definitions } | undefined
  constructor(pool: pg.Pool, url: string) {
    this.#pool = pool
    this.#url = url
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  async #rows(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query<Row>(sql, [...params])).rows
  }

  async #transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    try {
      await client.query('begin')
      const result = await work(client)
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch(() => {})
      throw error
    } finally {
      client.release()
    }
  }

  #notify(client: pg.Pool | PoolClient, change: StoreChange) {
    return client.query('select pg_notify($1, $2)', [channel, JSON.stringify(change)])
  }

  async publishDefinitions(definitions: Definitions): Promise<void> {
    await this.#rows(
      'insert into definitions (id, value) values (1, $1) on conflict (id) do update set value = excluded.value, published_at = now()',
      [JSON.stringify(definitions)],
    )
    await this.#notify(this.#pool, { type: 'definitions' })
  }

  async readDefinitions(): Promise<Definitions | undefined> {
    // Ten thousand assets are megabytes of JSON: they are only sent and parsed again once they were published anew.
    const [row] = await this.#rows(
      'select published_at::text as at, case when published_at::text = $1 then null else value end as value from definitions',
      [this.#published?.at ?? ''],
    )
    if (!row) return undefined
    if (row.value !== null) this.#published = { at: String(row.at), definitions: row.value as Definitions }
    return this.#published?.definitions
  }

  async requestRun(request: RunRequest): Promise<{ run: Run; isNew: boolean }> {
    return this.#transaction((client) => this.#insertRun(client, request))
  }

  async #insertRun(client: PoolClient, request: RunRequest): Promise<{ run: Run; isNew: boolean }> {
    const { rows } = await client.query<Row>(
      `insert into runs (id, selection, trigger_type, trigger_name, status, priority, tags, full_refresh, run_key, parent_run_id, rerun)
       values ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9, $10) on conflict (run_key) do nothing returning *`,
      [
        newId(),
        request.selection,
        request.trigger.type,
        request.trigger.name ?? null,
        request.priority ?? 0,
        JSON.stringify(request.tags ?? {}),
        request.fullRefresh ?? false,
        request.runKey ?? null,
        request.parentRunId ?? null,
        request.rerun ?? null,
      ],
    )
    if (!rows[0]) {
      const existing = await client.query<Row>('select * from runs where run_key = $1', [request.runKey])
      return { run: toRun(existing.rows[0] as Row), isNew: false }
    }
    const run = toRun(rows[0])
    await this.#insertEvents(client, run.id, [{ type: 'run_queued', message: `Queued: ${run.selection}` }])
    await this.#notify(client, { type: 'run', runId: run.id })
    return { run, isNew: true }
  }

  async getRun(id: string): Promise<Run | undefined> {
    const [row] = await this.#rows('select * from runs where id = $1', [id])
    return row && toRun(row)
  }

  async listRuns(filter: RunFilter): Promise<Run[]> {
    const rows = await this.#rows(
      `select * from runs where ($1::text[] is null or status = any($1)) and ($2::text is null or exists (select 1 from run_steps s where s.run_id = runs.id and s.assets @> to_jsonb($2::text)))
         and ($3::text is null or trigger_name = $3 or trigger_type = $3) and ($4::text is null or id < $4) order by id desc limit $5`,
      [
        filter.statuses ? [...filter.statuses] : null,
        filter.asset ?? null,
        filter.trigger ?? null,
        filter.before ?? null,
        filter.limit ?? 50,
      ],
    )
    return rows.map(toRun)
  }

  async listSteps(runId: string): Promise<RunStep[]> {
    return (await this.#rows('select * from run_steps where run_id = $1 order by position', [runId])).map(toStep)
  }

  async requestCancel(runId: string): Promise<Run | undefined> {
    return this.#transaction(async (client) => {
      const { rows } = await client.query<Row>(
        `update runs set cancel_requested = true, status = case when status = 'queued' then 'cancelled' when status in ('starting', 'running') then 'cancelling' else status end,
           ended_at = case when status = 'queued' then now() else ended_at end where id = $1 and status in ('queued', 'starting', 'running', 'cancelling') returning *`,
        [runId],
      )
      if (rows[0]) {
        const events: NewRunEvent[] = [{ type: 'run_cancel_requested', message: 'Cancel was asked for' }]
        if (rows[0].status === 'cancelled')
          events.push({ type: 'run_cancelled', message: 'Cancelled before it started' })
        await this.#insertEvents(client, runId, events)
        await this.#notify(client, { type: 'run', runId })
        return toRun(rows[0])
      }
      const existing = await client.query<Row>('select * from runs where id = $1', [runId])
      return existing.rows[0] && toRun(existing.rows[0])
    })
  }

  async claimRun(worker: string, leaseMs: number) {
    return this.#transaction(async (client) => {
      const { rows } = await client.query<Row>(
        `select * from runs where status = 'queued' or (status in ('starting', 'running', 'cancelling') and lease_until < now())
         order by priority desc, created_at for update skip locked limit 1`,
      )
      const found = rows[0]
      if (!found) return undefined
      const isResumed = found.status !== 'queued'
      const claimed = await client.query<Row>(
        `update runs set status = case when cancel_requested then 'cancelling' else 'starting' end, lease_worker = $2, lease_token = lease_token + 1,
           lease_until = now() + $3 * interval '1 millisecond', attempt = attempt + 1, started_at = coalesce(started_at, now()) where id = $1 returning *`,
        [found.id, worker, leaseMs],
      )
      const row = claimed.rows[0] as Row
      const lease: RunLease = { runId: String(row.id), token: Number(row.lease_token), worker }
      await this.#insertEvents(client, lease.runId, [
        isResumed
          ? { type: 'run_resumed', message: `Taken over by ${worker} after its worker was lost` }
          : { type: 'run_started', message: `Started by ${worker}` },
      ])
      await this.#notify(client, { type: 'run', runId: lease.runId })
      return { run: toRun(row), lease, isResumed }
    })
  }

  async leaseHolders(): Promise<string[]> {
    const rows = await this.#rows(
      "select distinct lease_worker from runs where status in ('starting', 'running', 'cancelling') and lease_until >= now()",
    )
    return rows.map((row) => String(row.lease_worker))
  }

  async expireLeases(workers: readonly string[]): Promise<void> {
    await this.#rows(
      "update runs set lease_until = now() - interval '1 second' where status in ('starting', 'running', 'cancelling') and lease_worker = any($1)",
      [workers],
    )
  }

  async heartbeat(leases: readonly RunLease[], leaseMs: number): Promise<{ held: string[]; cancelling: string[] }> {
    if (leases.length === 0) return { held: [], cancelling: [] }
    const rows = await this.#rows(
      `update runs r set lease_until = now() + $3 * interval '1 millisecond' from unnest($1::text[], $2::bigint[]) as l (id, token)
       where r.id = l.id and r.lease_token = l.token returning r.id, r.cancel_requested`,
      [leases.map((lease) => lease.runId), leases.map((lease) => lease.token), leaseMs],
    )
    return {
      held: rows.map((row) => String(row.id)),
      cancelling: rows.filter((row) => row.cancel_requested === true).map((row) => String(row.id)),
    }
  }

  /** Every write of a worker goes through here: the row is locked, and only the newest lease may write. */
  #underLease<T>(lease: RunLease, work: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.#transaction(async (client) => {
      const { rows } = await client.query<Row>('select lease_token from runs where id = $1 for update', [lease.runId])
      if (Number(rows[0]?.lease_token) !== lease.token)
        throw metastoreErrors.create('METASTORE_LEASE_LOST', {
          message: `Another worker has taken over the run ${lease.runId}.`,
          hint: 'This worker was silent for too long; its work on the run is dropped.',
        })
      return work(client)
    })
  }

  async planSteps(lease: RunLease, steps: readonly Omit<RunStep, 'runId' | 'status' | 'attempt'>[]): Promise<void> {
    await this.#underLease(lease, async (client) => {
      for (const [position, step] of steps.entries())
        await client.query(
          `insert into run_steps (run_id, key, position, kind, status, assets, checks, upstream) values ($1, $2, $3, $4, 'pending', $5, $6, $7) on conflict (run_id, key) do nothing`,
          [
            lease.runId,
            step.key,
            position,
            step.kind,
            JSON.stringify(step.assets),
            JSON.stringify(step.checks),
            JSON.stringify(step.upstream),
          ],
        )
      await this.#countSteps(client, lease.runId)
    })
  }

  async #countSteps(client: PoolClient, runId: string): Promise<void> {
    await client.query(
      `update runs set step_counts = (select coalesce(jsonb_object_agg(status, n), '{}') from (select status, count(*) as n from run_steps where run_id = $1 group by status) c) where id = $1`,
      [runId],
    )
  }

  async updateStep(lease: RunLease, key: string, change: Parameters<OrchestrateStore['updateStep']>[2]): Promise<void> {
    await this.#underLease(lease, async (client) => {
      await client.query(
        `update run_steps set status = coalesce($3, status), attempt = coalesce($4, attempt), started_at = coalesce($5, started_at), ended_at = $6, error = $7, reason = $8 where run_id = $1 and key = $2`,
        [
          lease.runId,
          key,
          change.status ?? null,
          change.attempt ?? null,
          change.startedAt ?? null,
          change.endedAt ?? null,
          change.error ? JSON.stringify(change.error) : null,
          change.reason ?? null,
        ],
      )
      await this.#countSteps(client, lease.runId)
      await this.#notify(client, { type: 'run', runId: lease.runId })
    })
  }

  async setRunStatus(lease: RunLease, status: RunStatus, error?: ErrorJson): Promise<void> {
    await this.#underLease(lease, async (client) => {
      const isEnd = status === 'succeeded' || status === 'failed' || status === 'cancelled'
      await client.query(
        'update runs set status = $2, error = coalesce($3, error), ended_at = case when $4 then now() else ended_at end, lease_until = case when $4 then null else lease_until end where id = $1',
        [lease.runId, status, error ? JSON.stringify(error) : null, isEnd],
      )
      if (isEnd) {
        await client.query('update asset_states set in_progress_run_id = null where in_progress_run_id = $1', [
          lease.runId,
        ])
        await this.#insertEvents(client, lease.runId, [
          { type: `run_${status}` as 'run_succeeded', message: error?.message ?? `Run ${status}`, error },
        ])
      }
      await this.#notify(client, { type: 'run', runId: lease.runId })
    })
  }

  async releaseRun(lease: RunLease): Promise<void> {
    await this.#underLease(lease, async (client) => {
      await client.query(
        "update runs set status = 'queued', lease_until = null, attempt = attempt - 1 where id = $1 and status in ('starting', 'running')",
        [lease.runId],
      )
      await client.query(
        "update run_steps set status = 'pending' where run_id = $1 and status in ('running', 'retrying')",
        [lease.runId],
      )
    })
  }

  async appendEvents(lease: RunLease, events: readonly NewRunEvent[]): Promise<RunEvent[]> {
    return this.#underLease(lease, async (client) => {
      const written = await this.#insertEvents(client, lease.runId, events)
      await this.#updateStates(client, written)
      return written
    })
  }

  async #insertEvents(client: PoolClient, runId: string, events: readonly NewRunEvent[]): Promise<RunEvent[]> {
    if (events.length === 0) return []
    await client.query('select pg_advisory_xact_lock($1)', [eventLock])
    const { rows } = await client.query<Row>(
      `insert into events (run_id, type, step, asset, check_name, level, message, metadata, error)
       select $1, e->>'type', e->>'step', e->>'asset', e->>'check', e->>'level', e->>'message', e->'metadata', e->'error'
       from jsonb_array_elements($2::jsonb) with ordinality as t (e, n) order by n returning *`,
      [runId, JSON.stringify(events)],
    )
    const written = rows.map(toEvent)
    await this.#notify(client, { type: 'events', runId, lastEventId: written.at(-1)?.id ?? 0 })
    return written
  }

  async #updateStates(client: PoolClient, events: readonly RunEvent[]): Promise<void> {
    for (const event of events) {
      if (event.asset === undefined) continue
      if (event.type === 'asset_materialized')
        await client.query(
          `insert into asset_states (key, last_materialized_at, last_run_id, last_metadata, last_code_version) values ($1, $2, $3, $4, $5)
           on conflict (key) do update set last_materialized_at = excluded.last_materialized_at, last_run_id = excluded.last_run_id,
             last_metadata = excluded.last_metadata, last_code_version = excluded.last_code_version, last_error = null, in_progress_run_id = null`,
          [
            event.asset,
            event.at,
            event.runId,
            JSON.stringify(event.metadata ?? {}),
            event.metadata?.code_version ?? null,
          ],
        )
      else if (event.type === 'asset_failed')
        await client.query(
          `insert into asset_states (key, last_failed_at, last_run_id, last_error) values ($1, $2, $3, $4)
           on conflict (key) do update set last_failed_at = excluded.last_failed_at, last_run_id = excluded.last_run_id, last_error = excluded.last_error, in_progress_run_id = null`,
          [event.asset, event.at, event.runId, event.error ? JSON.stringify(event.error) : null],
        )
      else if (event.type === 'check_evaluated' && event.check !== undefined)
        await client.query(
          `insert into check_states (asset, name, passed, severity, at, run_id, message, metadata) values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (asset, name) do update set passed = excluded.passed, severity = excluded.severity, at = excluded.at, run_id = excluded.run_id, message = excluded.message, metadata = excluded.metadata`,
          [
            event.asset,
            event.check,
            event.level === 'info',
            event.level === 'warn' ? 'warn' : 'error',
            event.at,
            event.runId,
            event.message ?? null,
            JSON.stringify(event.metadata ?? {}),
          ],
        )
    }
  }

  async readEvents(filter: EventFilter): Promise<RunEvent[]> {
    const rows = await this.#rows(
      `select * from events where ($1::text is null or run_id = $1) and ($2::text is null or asset = $2) and ($3::text[] is null or type = any($3)) and id > $4
       order by id ${filter.newestFirst ? 'desc' : 'asc'} limit $5`,
      [
        filter.runId ?? null,
        filter.asset ?? null,
        filter.types ? [...filter.types] : null,
        filter.after ?? 0,
        filter.limit ?? 1000,
      ],
    )
    return rows.map(toEvent)
  }

  async assetStates(keys?: readonly AssetKey[]) {
    return (
      await this.#rows('select * from asset_states where $1::text[] is null or key = any($1)', [
        keys ? [...keys] : null,
      ])
    ).map(toAssetState)
  }
  async checkStates(asset?: AssetKey) {
    return (await this.#rows('select * from check_states where $1::text is null or asset = $1', [asset ?? null])).map(
      toCheckState,
    )
  }
  async automationStates() {
    return (await this.#rows('select * from automations')).map(toAutomation)
  }
  async setAutomation(name: string, type: 'schedule' | 'sensor', isOn: boolean): Promise<void> {
    await this.#rows(
      'insert into automations (name, type, is_on) values ($1, $2, $3) on conflict (name) do update set is_on = excluded.is_on',
      [name, type, isOn],
    )
    await this.#notify(this.#pool, { type: 'automation', name })
  }

  async commitTick(tick: Tick, requests: readonly RunRequest[]): Promise<Tick> {
    return this.#transaction(async (client) => {
      const runIds: string[] = []
      for (const request of requests) {
        const { run, isNew } = await this.#insertRun(client, request)
        if (isNew) runIds.push(run.id)
      }
      const reason = requests.length > 0 && runIds.length === 0 ? 'already requested (run key)' : tick.reason
      const { rows } = await client.query<Row>(
        `insert into ticks (id, automation, automation_type, at, status, reason, run_ids, cursor, error, duration_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning *`,
        [
          tick.id,
          tick.automation,
          tick.automationType,
          tick.at,
          tick.status,
          reason ?? null,
          JSON.stringify(runIds),
          tick.cursor === undefined ? null : JSON.stringify(tick.cursor),
          tick.error ? JSON.stringify(tick.error) : null,
          tick.durationMs ?? null,
        ],
      )
      await client.query(
        `insert into automations (name, type, is_on, cursor, last_tick_at) values ($1, $2, true, $3, $4)
         on conflict (name) do update set cursor = coalesce(excluded.cursor, automations.cursor), last_tick_at = excluded.last_tick_at`,
        [tick.automation, tick.automationType, tick.cursor === undefined ? null : JSON.stringify(tick.cursor), tick.at],
      )
      await this.#notify(client, { type: 'automation', name: tick.automation })
      return toTick(rows[0] as Row)
    })
  }

  async listTicks(filter: {
    automation?: string | undefined
    limit?: number | undefined
    before?: string | undefined
  }): Promise<Tick[]> {
    const rows = await this.#rows(
      'select * from ticks where ($1::text is null or automation = $1) and ($2::text is null or id < $2) order by id desc limit $3',
      [filter.automation ?? null, filter.before ?? null, filter.limit ?? 20],
    )
    return rows.map(toTick)
  }

  async subscribe(onChange: (change: StoreChange) => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const client = new pg.Client({ connectionString: this.#url })
      const ended = new Promise<void>((resolve) => {
        client.on('error', () => resolve())
        client.on('end', () => resolve())
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      client.on('notification', (message) => onChange(JSON.parse(message.payload ?? '{}') as StoreChange))
      try {
        await client.connect()
        await client.query(`listen ${channel}`)
        await ended
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pollMs))
      } finally {
        await client.end().catch(() => {})
      }
    }
  }
}
