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

    async addConnectionEnd({ id, kind, name, connector, config, schema }) {
      await database.rows(
        'insert into connection_ends (id, kind, name, connector, config, schema) values ($1, $2, $3, $4, $5, $6)',
        [id, kind, name, connector, jsonText(config), schema ?? null],
      )
    },

    async changeConnectionEnd(before, { id, name, connector, config, schema }) {
      const rows = await database.rows(
        `update connection_ends set name = $2, connector = $3, config = $4, schema = $5
         where id = $1 and name = $6 and config::jsonb = $7::jsonb and schema is not distinct from $8 returning id`,
        [
          id,
          name,
          connector,
          jsonText(config),
          schema ?? null,
          before.name,
          jsonText(before.config),
          before.schema ?? null,
        ],
      )
      return rows.length > 0
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
