import type { AlertStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'

export function alertQueries(database: Database): AlertStore {
  return {
    async alertCursor(channel) {
      const [known] = await database.rows('select event_id from alert_cursors where channel = $1', [channel])
      if (known) return Number(known.event_id)
      const [begun] = await database.rows(
        `insert into alert_cursors (channel, event_id) select $1, coalesce(max(id), 0) from events
         on conflict (channel) do update set channel = excluded.channel returning event_id`,
        [channel],
      )
      return Number(begun?.event_id)
    },
    moveAlertCursor: (channel, eventId) =>
      database.transaction(async (client) => {
        await client.query('update alert_cursors set event_id = greatest(event_id, $2) where channel = $1', [
          channel,
          eventId,
        ])
      }),
  }
}
