import type { PoolClient } from 'pg'
import {
  type NewRunEvent,
  type Run,
  type RunStatus,
  type RunStore,
  stoppableStatuses,
} from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { insertEvents, insertEventsOf } from './events.js'
import { type Row, toRun } from './rows.js'
import { criteriaValues, meetsCriteria } from './run-criteria.js'
import { queueOrder } from './run-status.js'
import { countedSteps, putDownSteps } from './runs.js'

/** Whoever appends events holds up all others: so many runs end in one transaction. */
const batchSize = 200

const askedFor: NewRunEvent = { type: 'run_cancel_requested', message: 'Cancel was asked for' }
const neverStarted: NewRunEvent = { type: 'run_cancelled', message: 'Cancelled before it started' }

export function cancelQueries(database: Database): Pick<RunStore, 'requestCancel' | 'cancelRuns'> {
  const requestCancel = async (runId: string) => {
    const write = async (client: PoolClient): Promise<{ run?: Run | undefined; events?: readonly NewRunEvent[] }> => {
      const { rows } = await client.query<Row>(
        `update runs set cancel_requested = true, status = case when status = 'queued' then 'cancelled' else 'cancelling' end,
           ended_at = case when status = 'queued' then now() end
         where id = $1 and status in ('queued', 'starting', 'running') returning *`,
        [runId],
      )
      if (!rows[0]) {
        const existing = await client.query<Row>('select * from runs where id = $1', [runId])
        return { run: existing.rows[0] && toRun(existing.rows[0]) }
      }
      if (rows[0].status !== 'cancelled') return { run: toRun(rows[0]), events: [askedFor] }
      // A run that an engine gave back to the queue has a plan already.
      await putDownSteps(client, [runId], { isCancelled: true })
      const counted = await client.query<Row>(
        `update runs r set step_counts = ${countedSteps} where id = $1 returning *`,
        [runId],
      )
      return { run: toRun(counted.rows[0] as Row), events: [askedFor, neverStarted] }
    }
    const { run } = await database.transaction(write, {
      last: (client, { run, events }) =>
        run && events
          ? [insertEvents(database, client, runId, events, { type: 'run', runId, status: run.status })]
          : [],
    })
    return run
  }

  /** Some of those that wait; none where none is left that nobody is about to take. */
  const cancelQueued = (values: readonly unknown[]): Promise<readonly string[]> =>
    database.transaction(
      async (client) => {
        const { rows } = await client.query<Row>(
          `with chosen as materialized (
             select id from runs where ${meetsCriteria} and created_at <= $10::timestamptz and status = 'queued'
             order by ${queueOrder} limit $11 for update skip locked
           )
           update runs set cancel_requested = true, status = 'cancelled', ended_at = now()
           where id in (select id from chosen) returning id`,
          [...values, batchSize],
        )
        const ids = rows.map(({ id }) => String(id)).sort()
        await putDownSteps(client, ids, { isCancelled: true })
        await client.query(`update runs r set step_counts = ${countedSteps} where id = any($1)`, [ids])
        return ids
      },
      {
        last: (client, ids) => [
          insertEventsOf(
            database,
            client,
            ids.flatMap((runId) => [askedFor, neverStarted].map((event) => ({ ...event, runId }))),
            ...ids.map((runId) => ({ type: 'run' as const, runId, status: 'cancelled' as const })),
          ),
        ],
      },
    )

  return {
    requestCancel,

    async cancelRuns({ statuses = stoppableStatuses, ...criteria }) {
      const asked = criteriaValues({ ...criteria, statuses: stoppableStatuses.filter((one) => statuses.includes(one)) })
      // Those that come from now on are not meant: something may request them as quickly as they are cancelled.
      const [now] = await database.rows('select now()::text as at', [])
      const values = [...asked, now?.at]
      let cancelled = 0
      for (;;) {
        const ids = await cancelQueued(values)
        cancelled += ids.length
        if (ids.length === 0) break
      }
      // Those that a worker has, and those that one was just about to take.
      const others = await database.rows(
        `select id from runs where ${meetsCriteria} and created_at <= $10::timestamptz order by id`,
        values,
      )
      const became: RunStatus[] = []
      for (const { id } of others) {
        const run = await requestCancel(String(id))
        if (run) became.push(run.status)
      }
      return {
        cancelled: cancelled + became.filter((status) => status === 'cancelled').length,
        stopping: became.filter((status) => status === 'cancelling').length,
      }
    },
  }
}
