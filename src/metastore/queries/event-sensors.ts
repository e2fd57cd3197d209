import type { EventSensorStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { jsonText } from './json-text.js'

/** SQL: the last event that there is. */
export const lastEvent = '(select coalesce(max(id), 0) from events)'

export function eventSensorQueries(database: Database): EventSensorStore {
  return {
    setSensorCursor: (name, cursor) =>
      database.transaction(async (client) => {
        await client.query(
          `insert into automations (name, type, is_on, is_switched, cursor) values ($1, 'sensor', true, false, $2)
           on conflict (name) do update set cursor = excluded.cursor, failing_since = null, failure = null,
             event_id = case when excluded.cursor is null and automations.event_id is not null then ${lastEvent} else automations.event_id end`,
          [name, cursor === undefined ? null : jsonText(cursor)],
        )
        await database.notify(client, { type: 'automation', name })
      }),

    async sensorPlaces(names) {
      const rows = await database.rows(
        `insert into automations (name, type, is_on, is_switched, event_id) select name, 'sensor', true, false, ${lastEvent} from unnest($1::text[]) name
         on conflict (name) do update set event_id = coalesce(automations.event_id, excluded.event_id) returning name, event_id`,
        [[...names]],
      )
      return new Map(rows.map((row) => [String(row.name), Number(row.event_id)]))
    },

    async unmadeSince(assets, eventId) {
      // Asset by asset, by the index: nobody knows how much else happened since.
      const [row] = await database.rows(
        `select a from unnest($1::text[]) a left join lateral (
           select true as is_made from events where asset = a and type = 'asset_materialized' and id > $2 limit 1) made on true
         where is_made is null limit 1`,
        [[...assets], eventId],
      )
      return row && String(row.a)
    },

    async passEvents(names, eventId) {
      await database.rows('update automations set event_id = greatest(event_id, $2) where name = any($1)', [
        [...names],
        eventId,
      ])
    },
  }
}
