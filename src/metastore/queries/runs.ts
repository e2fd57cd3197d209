import type { PoolClient } from 'pg'
import { currentSpan, newId } from '../../base/index.js'
import { type Run, type RunRequest, type RunStore, type StoreChange, settingsOfTags } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { insertEventsOf } from './events.js'
import { jsonText } from './json-text.js'
import { noRuns, type Row, toRun, toStep } from './rows.js'
import { criteriaValues, meetsCriteria } from './run-criteria.js'
import { keptRunKey } from './run-keys.js'
import { queueOrder } from './run-status.js'

export interface InsertedRun {
  readonly run: Run
  /** False where it is the one that has the same key. */
  readonly isNew: boolean
}

/** Queues a run, or answers the one that has the same key. `tellQueued` has to follow. @throws RUN_TAG_INVALID */
export async function insertRun(client: PoolClient, request: RunRequest): Promise<InsertedRun> {
  const ofTags = settingsOfTags(request.tags ?? {})
  const { runKey } = request
  const key = runKey === undefined ? null : keptRunKey(runKey)
  // Long keys that could be packed small enough were kept as they are.
  const former = key === (runKey ?? null) ? undefined : await runOfKey(client, runKey)
  if (former) return { run: former, isNew: false }
  const { rows } = await client.query<Row>(
    `insert into runs (id, selection, trigger_type, trigger_name, status, priority, tags, full_refresh, clear_data, run_key, sequence_key, parent_run_id, rerun, partitions, config, traceparent, as_of)
     values ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict (run_key) do nothing returning *`,
    [
      newId(),
      request.selection,
      request.trigger.type,
      request.trigger.name ?? null,
      request.priority ?? ofTags.priority ?? 0,
      jsonText(request.tags ?? {}),
      request.fullRefresh ?? false,
      request.clearData ?? false,
      key,
      request.sequenceKey ?? null,
      request.parentRunId ?? null,
      request.rerun ?? null,
      request.partitions ?? null,
      request.config === undefined ? null : jsonText(request.config),
      // Whatever asks for a run, the run goes on with its trace.
      request.traceparent ?? currentSpan().traceparent ?? null,
      request.asOf ?? null,
    ],
  )
  if (!rows[0]) return { run: (await runOfKey(client, key)) as Run, isNew: false }
  return { run: toRun(rows[0]), isNew: true }
}

async function runOfKey(client: PoolClient, key: string | null | undefined): Promise<Run | undefined> {
  const { rows } = await client.query<Row>('select * from runs where run_key = $1', [key])
  return rows[0] && toRun(rows[0])
}

/** Those of several requests, in their order, without waiting for one after the other. @throws RUN_TAG_INVALID */
export const insertRuns = (client: PoolClient, requests: readonly RunRequest[]): Promise<InsertedRun[]> =>
  Promise.all(requests.map((request) => insertRun(client, request)))

/** Says of runs that they are queued, those which are new; like all events it comes last in a transaction: see `insertEventsOf`. */
export function tellQueued(
  database: Database,
  client: PoolClient,
  inserted: readonly InsertedRun[],
  ...also: readonly StoreChange[]
): Promise<void> {
  const news = newsOfQueued(inserted)
  return insertEventsOf(database, client, news.events, ...news.changes, ...also)
}

export function newsOfQueued(inserted: readonly InsertedRun[]) {
  const runs = inserted.filter(({ isNew }) => isNew).map(({ run }) => run)
  return {
    events: runs.map(({ id, selection }) => ({
      runId: id,
      type: 'run_queued' as const,
      message: `Queued: ${selection}`,
    })),
    changes: runs.map(({ id, status }) => ({ type: 'run' as const, runId: id, status })),
  }
}

/** Steps that have not ended, of runs that go back to the queue or are cancelled: those that have stay as they are. */
export async function putDownSteps(
  client: PoolClient,
  runIds: readonly string[],
  { isCancelled }: { readonly isCancelled: boolean },
): Promise<void> {
  await client.query(
    `update run_steps set status = $2, ended_at = case when $3 then now() else ended_at end
     where run_id = any($1) and (status in ('waiting', 'running', 'retrying') or ($3 and status = 'pending'))`,
    [[...runIds], isCancelled ? 'cancelled' : 'pending', isCancelled],
  )
}

/** SQL: how many steps of the run `r` there are of each status. */
export const countedSteps = `(select coalesce(jsonb_object_agg(s.status, s.n), '{}')
  from (select status, count(*) as n from run_steps where run_id = r.id group by status) s)`

/** With a look at the store's clock: only that tells whether a lease has ended. */
const selectRuns = `select *, lease_until < now() as is_abandoned from runs`

export function runQueries(database: Database): Omit<RunStore, 'requestCancel' | 'cancelRuns'> {
  return {
    requestRun: (request) =>
      database.transaction((client) => insertRun(client, request), {
        last: (client, inserted) => [tellQueued(database, client, [inserted])],
      }),

    async getRun(id) {
      const [row] = await database.rows(`${selectRuns} where id = $1`, [id])
      return row && toRun(row)
    },

    async runsOfKeys(runKeys) {
      // Long keys that could be packed small enough were kept as they are.
      const wanted = new Map(runKeys.flatMap((key) => [[key, key] as const, [keptRunKey(key), key] as const]))
      const rows = await database.rows('select run_key, id from runs where run_key = any($1)', [[...wanted.keys()]])
      return new Map(rows.map((row) => [wanted.get(String(row.run_key)) as string, String(row.id)]))
    },

    async listRuns({ before, limit = 50, inQueueOrder = false, ...criteria }) {
      const rows = await database.rows(
        `${selectRuns} where ${meetsCriteria} and ($10::text is null or id < $10)
         order by ${inQueueOrder ? queueOrder : 'id desc'} limit $11`,
        [...criteriaValues(criteria), before ?? null, limit],
      )
      return rows.map(toRun)
    },

    async badChecksOf(runIds) {
      const rows = await database.rows(
        `select run_id, count(distinct (asset, check_name)) filter (where level = 'error') as failed,
           count(distinct (asset, check_name)) filter (where level = 'warn') as warned
         from events e where run_id = any($1) and type = 'check_evaluated' and level in ('warn', 'error')
           and not exists (select 1 from events l where l.run_id = e.run_id and l.type = 'check_evaluated' and l.asset = e.asset
             and l.check_name = e.check_name and l.partitions is not distinct from e.partitions and l.id > e.id)
         group by run_id`,
        [[...runIds]],
      )
      return new Map(
        rows.map((row) => [String(row.run_id), { failed: Number(row.failed), warned: Number(row.warned) }]),
      )
    },

    async findRuns(idPart, limit) {
      const rows = await database.rows(
        `${selectRuns} where starts_with(id, $1) or right(id, length($1)) = $1 order by id desc limit $2`,
        [idPart.toLowerCase(), limit],
      )
      return rows.map(toRun)
    },

    async countRuns(criteria = {}) {
      const rows = await database.rows(
        `select status, count(*) as n from runs where ${meetsCriteria} group by status`,
        criteriaValues(criteria),
      )
      return { ...noRuns, ...Object.fromEntries(rows.map((row) => [String(row.status), Number(row.n)])) }
    },

    async queuedBefore(runId) {
      const [row] = await database.rows(
        `select count(*) as n from runs q, runs r where r.id = $1 and q.status = 'queued' and (q.priority > r.priority
           or (q.priority = r.priority and (q.created_at, q.id) < (r.created_at, r.id)))`,
        [runId],
      )
      return Number(row?.n)
    },

    async failedOfThemselves({ since, limit }) {
      const rows = await database.rows(
        `${selectRuns} where status = 'failed' and created_at >= $1 and coalesce((step_counts->>'failed')::int, 0) = 0 and not exists (
           select 1 from runs o where o.selection = runs.selection and o.id > runs.id and o.created_at >= $1 and o.partitions is not distinct from runs.partitions)
         order by id desc limit $2`,
        [since, limit],
      )
      return rows.map(toRun)
    },

    async listSteps(runId, asset) {
      const rows = await database.rows(
        'select * from run_steps where run_id = $1 and ($2::text is null or assets @> to_jsonb($2::text)) order by position',
        [runId, asset ?? null],
      )
      return rows.map(toStep)
    },

    async stepHistory({ step, before, limit = 50 }) {
      const steps = await database.rows(
        'select * from run_steps where key = $1 and ($2::text is null or run_id < $2) order by run_id desc limit $3',
        [step, before ?? null, limit],
      )
      const runs = await database.rows('select * from runs where id = any($1)', [steps.map((row) => row.run_id)])
      const byId = new Map(runs.map((row) => [String(row.id), toRun(row)]))
      return steps.map(toStep).flatMap((one) => {
        const run = byId.get(one.runId)
        return run ? [{ run, step: one }] : []
      })
    },
  }
}
