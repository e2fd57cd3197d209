import { isDeepStrictEqual } from 'node:util'
import type { PoolClient } from 'pg'
import type { AutomationStore, NewRunEvent, Observation, Tick } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { insertConnectionEvents } from './connection-events.js'
import { lastEvent } from './event-sensors.js'
import { insertEventsOf } from './events.js'
import { jsonText } from './json-text.js'
import { changeDynamicPartitions } from './partitions.js'
import { type Row, toAutomation, toTick } from './rows.js'
import { type InsertedRun, insertRuns, newsOfQueued } from './runs.js'
import { tickOfDelivery } from './webhooks.js'

/** SQL: that it is switched on now, and was not before: one that nobody had switched may have been off. */
const isTurnedOn = '(excluded.is_on and not (automations.is_switched and automations.is_on))'

/** SQL: that its last tick is still to come: the clock of who wrote it was ahead. It would hold back all until then. */
const isAhead = 'automations.last_tick_at > now()'

export function automationQueries(database: Database): AutomationStore {
  return {
    async automationStates({ withCursors = false } = {}) {
      const rows = await database.rows(
        `select name, type, is_on, is_switched, turned_on_at, last_tick_at, event_id, failing_since, failure${withCursors ? ', cursor' : ''} from automations`,
      )
      return rows.map(toAutomation)
    },

    async automationState(name) {
      const [row] = await database.rows('select * from automations where name = $1', [name])
      return row && toAutomation(row)
    },

    setAutomation: (name, type, isOn, noted = []) =>
      database.transaction(async (client) => {
        await client.query(
          `insert into automations (name, type, is_on, is_switched, turned_on_at) values ($1, $2, $3, true, case when $3 then now() end)
           on conflict (name) do update set is_on = excluded.is_on, is_switched = true, failing_since = null, failure = null,
             last_tick_at = case when ${isAhead} then null else automations.last_tick_at end,
             turned_on_at = case when ${isTurnedOn} then now() else automations.turned_on_at end,
             event_id = case when ${isTurnedOn} and automations.event_id is not null then ${lastEvent} else automations.event_id end`,
          [name, type, isOn],
        )
        await insertConnectionEvents(client, noted)
        await database.notify(client, { type: 'automation', name })
      }),

    schedulesSeen: (schedules, now) =>
      database.transaction(async (client) => {
        const names = schedules.map(({ name }) => name)
        await client.query(
          `insert into schedules_seen (name, cron, at) select name, cron, $3 from unnest($1::text[], $2::text[]) as t (name, cron)
           on conflict (name) do update set cron = excluded.cron, at = excluded.at
             where schedules_seen.cron <> excluded.cron or schedules_seen.at > excluded.at`,
          [names, schedules.map(({ cron, timezone }) => `${[cron].flat().join(', ')} ${timezone}`), now],
        )
        const { rows } = await client.query<Row>('select name, at from schedules_seen where name = any($1)', [names])
        return new Map(rows.map((row) => [String(row.name), row.at as Date]))
      }),

    async commitTick(
      given,
      requests,
      { turnsOff, dynamicPartitions, from, delivery, told, isHeld = false, observed } = {},
    ) {
      // Most ticks leave the cursor as it is, which may be large: it is not written again.
      const tick = from && isDeepStrictEqual(given.cursor, from.cursor) ? { ...given, cursor: undefined } : given
      const write = async (
        client: PoolClient,
      ): Promise<{ tick?: Tick; inserted?: readonly InsertedRun[]; events?: readonly RunlessEvent[] }> => {
        const cursor = tick.cursor === undefined ? null : jsonText(tick.cursor)
        // Also locks the automation: two daemons write its ticks one after the other.
        const { rowCount } = await client.query(
          `insert into automations (name, type, is_on, is_switched, cursor, last_tick_at) values ($1, $2, true, false, $3, $4)
           on conflict (name) do update set cursor = coalesce(excluded.cursor, automations.cursor),
             last_tick_at = case when ${isAhead} then coalesce(excluded.last_tick_at, automations.last_tick_at)
               else greatest(excluded.last_tick_at, automations.last_tick_at) end,
             event_id = coalesce($9, automations.event_id),
             failing_since = case when $10 then null else automations.failing_since end,
             failure = case when $10 then null else automations.failure end
           where (not $5 or (coalesce(automations.cursor, 'null') = $6::jsonb and automations.last_tick_at is not distinct from $7))
             and ($8::bigint is null or automations.event_id = $8)`,
          [
            tick.automation,
            tick.automationType,
            cursor,
            isHeld ? null : tick.at,
            from !== undefined,
            jsonText(from?.cursor),
            from?.lastTickAt ?? null,
            told?.from ?? null,
            tick.status === 'failed' ? null : (told?.upTo ?? null),
            isWell(tick),
          ],
        )
        if (rowCount === 0) return {}
        if (tick.automationType === 'schedule') {
          const known = await client.query<Row>('select * from ticks where automation = $1 and at = $2', [
            tick.automation,
            tick.at,
          ])
          const [row] = known.rows
          if (row && (isHeld || row.is_held !== true)) return { tick: toTick(row) }
          if (row) await client.query('delete from ticks where id = $1', [row.id])
        }
        if (delivery !== undefined) {
          const known = await tickOfDelivery(client, delivery, tick.id)
          if (known) return { tick: known }
        }
        if (turnsOff) {
          await client.query('update automations set is_on = false, is_switched = true where name = $1', [
            tick.automation,
          ])
          await insertConnectionEvents(client, turnsOff.noted)
        }
        if (dynamicPartitions) await changeDynamicPartitions(database, client, dynamicPartitions)
        const inserted = await insertRuns(client, requests)
        const runIds = inserted.filter(({ isNew }) => isNew).map(({ run }) => run.id)
        const repeated = inserted.filter(({ isNew }) => !isNew).map(({ run }) => run.id)
        const isRepeated = repeated.length > 0 && runIds.length === 0
        const { rows } = await client.query<Row>(
          `insert into ticks (id, automation, automation_type, at, status, reason, run_ids, cursor, error, duration_ms, is_held)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning *`,
          [
            tick.id,
            tick.automation,
            tick.automationType,
            tick.at,
            isRepeated ? 'skipped' : tick.status,
            [tick.reason, wordsOfRepeated(repeated, inserted.length)].filter(Boolean).join('; ') || null,
            jsonText(runIds),
            cursor,
            tick.error ? jsonText(tick.error) : null,
            tick.durationMs ?? null,
            isHeld,
          ],
        )
        const events = tick.status === 'failed' ? await noteFailure(client, tick) : []
        return { tick: toTick(rows[0] as Row), inserted, events }
      }
      const written = await database.transaction(write, {
        last: (client, { inserted, events = [] }) => {
          if (!inserted) return []
          const queued = newsOfQueued(inserted)
          const change = { type: 'automation' as const, name: tick.automation }
          return [
            insertEventsOf(
              database,
              client,
              [...queued.events, ...events, ...(observed ? [observationEvent(observed)] : [])],
              ...queued.changes,
              change,
            ),
          ]
        },
      })
      return written.tick
    },

    async listTicks({ automation, before, limit = 20 }) {
      const rows = await database.rows(
        'select * from ticks where ($1::text is null or automation = $1) and ($2::text is null or id < $2) order by id desc limit $3',
        [automation ?? null, before ?? null, limit],
      )
      return rows.map(toTick)
    },
  }
}

type RunlessEvent = NewRunEvent & { readonly runId: '' }

/** Whether a tick shows that what failed before works again: a schedule that skips an instant shows nothing. */
const isWell = ({ status, automationType }: Tick): boolean =>
  status === 'requested' || (status === 'skipped' && automationType === 'sensor')

/** Only the first of several failed ticks in a row is an event. */
async function noteFailure(
  client: PoolClient,
  { automation, automationType, at, reason, error }: Tick,
): Promise<RunlessEvent[]> {
  const message = error?.message ?? reason ?? 'It failed.'
  const { rows } = await client.query<Row>(
    `update automations a set failing_since = coalesce(a.failing_since, $2), failure = $3
     from (select name, failing_since from automations where name = $1) was where a.name = was.name returning was.failing_since`,
    [automation, at, message],
  )
  if (rows[0]?.failing_since !== null) return []
  const metadata = { automation, type: automationType }
  return [{ runId: '', type: 'automation_failed', level: 'error', message, metadata, ...(error ? { error } : {}) }]
}

const observationEvent = ({ asset, dataVersion, metadata }: Observation): RunlessEvent => ({
  runId: '',
  type: 'asset_materialized',
  asset,
  message: 'observed',
  metadata: { ...metadata, data_version: dataVersion },
})

/** Which runs there were already, so that somebody who waits for another one finds them. */
function wordsOfRepeated(runIds: readonly string[], of: number): string | undefined {
  const [first] = runIds
  if (first === undefined) return undefined
  if (of === 1) return `already requested (run key): run ${first}`
  return `${runIds.length === of ? 'all' : runIds.length} of ${of} were already requested (run key): run ${first}${runIds.length > 1 ? ` and ${runIds.length - 1} more` : ''}`
}
