import type { ConnectionEnd, ConnectionEndStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { jsonText } from './json-text.js'
import { optional } from './rows.js'

export function connectionEndQueries(database: Database): ConnectionEndStore {
  return {
    async connectionEnds() {
      const [ends, joined] = await Promise.all([
        database.rows('select * from connection_ends order by created_at, id'),
        database.rows('select * from joined_ends'),
      ])
      return {
        ends: ends.map(
          (row): ConnectionEnd => ({
            id: String(row.id),
            kind: row.kind as ConnectionEnd['kind'],
            name: String(row.name),
            connector: String(row.connector),
            config: row.config as ConnectionEnd['config'],
            schema: optional(row.schema),
            createdAt: (row.created_at as Date).toISOString(),
          }),
        ),
        joined: joined.map((row) => ({
          connection: String(row.connection),
          sourceId: optional(row.source_id),
          destinationId: optional(row.destination_id),
        })),
      }
    },

    async keepConnectionEnd({ id, kind, name, connector, config, schema }) {
      await database.rows(
        `insert into connection_ends (id, kind, name, connector, config, schema) values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do update set name = excluded.name, connector = excluded.connector, config = excluded.config, schema = excluded.schema`,
        [id, kind, name, connector, jsonText(config), schema ?? null],
      )
    },

    async forgetConnectionEnd(id) {
      await database.rows('delete from connection_ends where id = $1', [id])
    },

    async joinConnectionEnds({ connection, sourceId, destinationId }) {
      await database.rows(
        `insert into joined_ends (connection, source_id, destination_id) values ($1, $2, $3)
         on conflict (connection) do update set source_id = excluded.source_id, destination_id = excluded.destination_id`,
        [connection, sourceId ?? null, destinationId ?? null],
      )
    },

    async partConnectionEnds(connection) {
      await database.rows('delete from joined_ends where connection = $1', [connection])
    },
  }
}
