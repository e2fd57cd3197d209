import type { PoolClient } from 'pg'
import type { ConnectionEvent, ConnectionEventStore, NewConnectionEvent } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { jsonText } from './json-text.js'

/** Writes them within somebody's transaction. */
export async function insertConnectionEvents(client: PoolClient, events: readonly NewConnectionEvent[]): Promise<void> {
  if (events.length === 0) return
  await client.query(
    `insert into connection_events (connection, type, by, message)
     select connection, type, by, message from jsonb_to_recordset($1::jsonb) as e (connection text, type text, by text, message text)`,
    [jsonText(events)],
  )
}

export function connectionEventQueries(database: Database): ConnectionEventStore {
  return {
    noteConnectionEvents: (events) => database.transaction((client) => insertConnectionEvents(client, events)),

    async connectionEvents({ connection, since, before, limit = 500 }) {
      const rows = await database.rows(
        `select * from connection_events where connection = $1 and ($2::timestamptz is null or at >= $2)
           and ($3::timestamptz is null or at < $3) order by id desc limit $4`,
        [connection, since ?? null, before ?? null, limit],
      )
      return rows.map(
        (row): ConnectionEvent => ({
          id: Number(row.id),
          at: (row.at as Date).toISOString(),
          connection: String(row.connection),
          type: row.type as ConnectionEvent['type'],
          by: String(row.by),
          message: String(row.message),
        }),
      )
    },

    async connectionsCreated() {
      const [[store], rows] = await Promise.all([
        database.rows('select min(at) as at from migrations'),
        database.rows(
          "select connection, max(at) as at from connection_events where type = 'created' group by connection",
        ),
      ])
      return {
        since: store?.at as Date,
        at: new Map(rows.map(({ connection, at }) => [String(connection), at as Date])),
      }
    },
  }
}
