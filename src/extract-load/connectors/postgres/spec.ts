import type { JsonSchema } from '../../contract.js'
import { gapSpec, replicationSpec } from '../../table-source/replication-settings.js'
import { tlsSpec } from '../../table-source/tls-settings.js'
import { tunnelSpec } from '../../table-source/tunnel-settings.js'
import { tlsModes } from './config.js'

/** What people and forms are told about the settings; `postgresConfigSchema` is what holds. A test ties the two. */
export const postgresSpec: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'PostgreSQL',
  type: 'object',
  required: ['host', 'database', 'username'],
  additionalProperties: false,
  properties: {
    host: {
      type: 'string',
      title: 'Host',
      description: 'Name or address of the server.',
      minLength: 1,
      order: 0,
      examples: ['db.example.com'],
    },
    port: {
      type: 'integer',
      title: 'Port',
      description: 'Where the server listens.',
      minimum: 1,
      maximum: 65_535,
      default: 5432,
      always_show: true,
      order: 1,
      examples: [5433],
    },
    database: {
      type: 'string',
      title: 'Database',
      description: 'The database to read.',
      minLength: 1,
      order: 2,
      examples: ['shop'],
    },
    schemas: {
      type: 'array',
      title: 'Schemas',
      description:
        'Which schemas to read. With one of them a stream is called as its table, with several `schema.table`.',
      items: { type: 'string', minLength: 1 },
      minItems: 1,
      default: ['public'],
      order: 3,
      examples: [['public']],
    },
    username: {
      type: 'string',
      title: 'User',
      description: 'Needs `select` on the tables.',
      minLength: 1,
      order: 4,
      examples: ['reader'],
    },
    password: {
      type: 'string',
      title: 'Password',
      description: 'Left out, `PGPASSWORD` and `~/.pgpass` are asked.',
      airbyte_secret: true,
      order: 5,
      examples: ['${PG_PASSWORD}'],
    },
    ssl_mode: tlsSpec({
      description: "How the connection is encrypted, in libpq's words.",
      modes: tlsModes,
      usualMode: 'prefer',
      example: 'require',
      modeExample: 'verify-full',
      order: 6,
    }),
    replication_method: replicationSpec({
      description:
        'How incremental streams are read: by a cursor column, by the transaction that wrote a row, or from the log of the database.',
      order: 7,
      example: { method: 'CDC', replication_slot: 'millrace', publication: 'millrace' },
      standard: { const: 'Standard' },
      others: [
        {
          title: 'Xmin',
          description:
            'Rows that were written by transactions since the last sync. Needs no column for it, but the server looks at each whole table; deleted rows are not noticed.',
          method: 'Xmin',
        },
      ],
      cdc: {
        description:
          'Every insert, update and delete, by logical replication. The server needs `wal_level = logical`, the user the right to replicate.',
        required: ['replication_slot', 'publication'],
        properties: {
          replication_slot: {
            type: 'string',
            title: 'Replication slot',
            description: 'Of this connection alone. It is made where it is missing.',
            pattern: '^[a-z0-9_]{1,63}$',
            order: 1,
            examples: ['millrace'],
          },
          publication: {
            type: 'string',
            title: 'Publication',
            description:
              'What the log tells of. It is made, and gets tables that are missing, where the user owns them.',
            minLength: 1,
            order: 2,
            examples: ['millrace'],
          },
          plugin: {
            type: 'string',
            title: 'Plugin',
            description: 'How the server writes its log down.',
            const: 'pgoutput',
            default: 'pgoutput',
            order: 3,
          },
          ...gapSpec(4),
        },
      },
    }),
    tunnel_method: tunnelSpec(8),
    max_db_connections: {
      type: 'integer',
      title: 'Connections for a large table',
      description:
        'How many connections read one table of more than 256 MB, or many rows that a cursor finds by an index, at once, all of them the same snapshot. Left out, 2; of whole tables 1 where this machine has fewer than four cores.',
      minimum: 1,
      order: 9,
      examples: [4],
    },
  },
}
