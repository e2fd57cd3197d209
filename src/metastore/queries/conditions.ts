import type { PoolClient } from 'pg'
import { newId } from '../../base/index.js'
import type {
  AssetKey,
  ConditionCommit,
  ConditionEvaluation,
  ConditionMemory,
  ConditionNews,
  ConditionNode,
  ConditionStore,
  EventType,
} from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { jsonText } from './json-text.js'
import { iso, optional, type Row } from './rows.js'
import { isOpenRun } from './run-status.js'
import { type InsertedRun, insertRuns, tellQueued } from './runs.js'

/** What changes what conditions look at. */
const eventTypes: readonly EventType[] = [
  'asset_materialized',
  'asset_failed',
  'check_evaluated',
  'step_skipped',
  'run_queued',
  'run_succeeded',
  'run_failed',
  'run_cancelled',
]

export function conditionQueries(database: Database): ConditionStore {
  return {
    async conditionCursor() {
      const [row] = await database.rows('select * from condition_cursor')
      return (
        row && {
          evaluation: Number(row.evaluation),
          at: iso(row.at) as string,
          eventId: Number(row.event_id),
        }
      )
    },

    async conditionMemories() {
      const rows = await database.rows('select asset, memory from condition_states where memory is not null')
      return new Map(rows.map((row) => [String(row.asset), row.memory as ConditionMemory]))
    },

    async conditionEventAfter(eventId) {
      const [row] = await database.rows('select max(id) as id from events where id > $1 and type = any($2)', [
        eventId,
        [...eventTypes],
      ])
      return row?.id === null || row === undefined ? undefined : Number(row.id)
    },

    conditionNews: (after) =>
      database.use(async (client) => {
        // All of one moment: what is read first must not know less than what is read last.
        await client.query('begin isolation level repeatable read read only')
        try {
          return await readNews(client, after)
        } finally {
          await client.query('commit')
        }
      }),

    async commitConditions(commit) {
      const write = async (client: PoolClient): Promise<readonly InsertedRun[] | undefined> => {
        const { rowCount } = await client.query(
          commit.after === 0
            ? 'insert into condition_cursor (id, evaluation, at, event_id) values (1, $1 + 1, $2, $3) on conflict (id) do nothing'
            : 'update condition_cursor set evaluation = $1 + 1, at = $2, event_id = $3 where evaluation = $1',
          [commit.after, commit.at, commit.eventId],
        )
        if (rowCount === 0) return undefined
        const inserted = await insertRuns(
          client,
          commit.requests.map(({ run }) => run),
        )
        const runIds = inserted.map(({ run }) => run.id)
        await insertTicks(client, commit, runIds)
        await insertEvaluations(client, commit, runIds)
        await keepMemories(client, commit)
        return inserted
      }
      // An automation rules many assets, so these are few, however many were evaluated. One that asks for nothing has another reason now.
      const names = new Set([...commit.requests, ...commit.evaluations].map(({ automation }) => automation))
      const changes = [...names].map((name) => ({ type: 'automation' as const, name }))
      const inserted = await database.transaction(write, {
        last: (client, written) => (written ? [tellQueued(database, client, written, ...changes)] : []),
      })
      return inserted?.map(({ run }) => run.id)
    },

    async conditionEvaluations({ asset, limit = 20 }) {
      const rows = await database.rows(
        'select * from condition_evaluations where asset = $1 order by id desc limit $2',
        [asset, limit],
      )
      return rows.map(toEvaluation)
    },
  }
}

const toEvaluation = (row: Row): ConditionEvaluation => ({
  asset: String(row.asset),
  automation: String(row.automation),
  at: iso(row.at) as string,
  tree: row.tree as ConditionNode,
  isRequested: row.is_requested === true,
  partitions: optional(row.partitions),
  runId: optional(row.run_id),
})

async function readNews(client: PoolClient, after: number): Promise<ConditionNews> {
  const { rows: events } = await client.query<Row>(
    `select id, type, at, run_id, asset, check_name, partitions, metadata->>'unchanged' as unchanged from events
     where id > $1 and type in ('asset_materialized', 'asset_failed', 'check_evaluated') order by id`,
    [after],
  )
  const { rows: last } = await client.query<Row>('select coalesce(max(id), 0) as id from events')
  const { rows: assets } = await client.query<Row>(
    'select key, last_materialized_at, last_error is not null as has_failed, last_run_id from asset_states',
  )
  const made = events.filter((event) => event.type === 'asset_materialized')
  const { rows: runs } = await client.query<Row>(
    `select id, tags, (select coalesce(jsonb_agg(a), '[]') from run_steps s, jsonb_array_elements_text(s.assets) a
       where s.run_id = runs.id) as assets from runs where id = any($1)`,
    [[...new Set(made.map((event) => event.run_id))]],
  )
  const { rows: active } = await client.query<Row>(
    `select r.id, r.selection, r.partitions, r.created_at, s.open from runs r left join lateral (
       select coalesce(jsonb_agg(a) filter (where status in ('pending', 'waiting', 'running', 'retrying')), '[]') as open
       from run_steps, jsonb_array_elements_text(assets) a where run_id = r.id having count(*) > 0) s on true
     where r.${isOpenRun}`,
  )
  return {
    eventId: Number(last[0]?.id ?? 0),
    updates: made.map((event) => ({
      asset: String(event.asset),
      atMs: (event.at as Date).getTime(),
      runId: String(event.run_id),
      partitions: optional(event.partitions),
      hasChanged: event.unchanged !== 'true',
    })),
    touched: [...new Set(events.flatMap((event) => (event.type === 'check_evaluated' ? [] : [String(event.asset)])))],
    evaluatedChecks: events
      .filter((event) => event.type === 'check_evaluated')
      .map((event) => `${String(event.asset)} ${String(event.check_name)}`),
    assets: assets.map((row) => ({
      key: String(row.key),
      madeAt: iso(row.last_materialized_at),
      hasFailed: row.has_failed === true,
      lastRunId: optional(row.last_run_id),
    })),
    runs: runs.map((row) => ({
      id: String(row.id),
      tags: row.tags as Record<string, string>,
      assets: row.assets as AssetKey[],
    })),
    active: active.map((row) => ({
      id: String(row.id),
      selection: String(row.selection),
      createdAt: iso(row.created_at) as string,
      partitions: optional(row.partitions),
      open: optional(row.open),
    })),
  }
}

/** A tick for each automation that requested something. */
async function insertTicks(client: PoolClient, commit: ConditionCommit, runIds: readonly string[]): Promise<void> {
  for (const name of new Set(commit.requests.map(({ automation }) => automation))) {
    const own = commit.requests.flatMap((request, i) => (request.automation === name ? [{ ...request, i }] : []))
    await client.query(
      `insert into automations (name, type, is_on, is_switched, last_tick_at) values ($1, 'automation', true, false, $2)
       on conflict (name) do update set last_tick_at = excluded.last_tick_at`,
      [name, commit.at],
    )
    await client.query(
      `insert into ticks (id, automation, automation_type, at, status, reason, run_ids)
       values ($1, $2, 'automation', $3, 'requested', $4, $5)`,
      [newId(), name, commit.at, own.map(({ reason }) => reason).join('; '), jsonText(own.map(({ i }) => runIds[i]))],
    )
  }
}

async function insertEvaluations(
  client: PoolClient,
  { evaluations, at }: ConditionCommit,
  runIds: readonly string[],
): Promise<void> {
  if (evaluations.length === 0) return
  await client.query(
    `with written as (
       insert into condition_evaluations (asset, automation, at, tree, is_requested, partitions, run_id)
       select e->>'asset', e->>'automation', $2, e->'tree', (e->>'isRequested')::boolean, e->>'partitions', e->>'runId'
       from jsonb_array_elements($1::jsonb) e returning id, asset, automation)
     insert into condition_states (asset, automation, evaluation_id) select asset, automation, id from written
     on conflict (asset) do update set automation = excluded.automation, evaluation_id = excluded.evaluation_id`,
    [
      jsonText(
        evaluations.map(({ request, ...evaluation }) => ({
          ...evaluation,
          runId: request === undefined ? undefined : runIds[request],
        })),
      ),
      at,
    ],
  )
}

async function keepMemories(client: PoolClient, { memories }: ConditionCommit): Promise<void> {
  const [kept, gone]: [{ asset: AssetKey; memory: ConditionMemory }[], AssetKey[]] = [[], []]
  for (const [asset, memory] of memories)
    if (memory) kept.push({ asset, memory })
    else gone.push(asset)
  if (kept.length > 0)
    await client.query(
      `insert into condition_states (asset, memory) select e->>'asset', e->'memory' from jsonb_array_elements($1::jsonb) e
       on conflict (asset) do update set memory = excluded.memory`,
      [jsonText(kept)],
    )
  if (gone.length > 0) await client.query('update condition_states set memory = null where asset = any($1)', [gone])
}
