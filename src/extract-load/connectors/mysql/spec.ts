import type { JsonSchema } from '../../contract.js'
import { gapSpec, replicationSpec } from '../../table-source/replication-settings.js'
import { tlsSpec } from '../../table-source/tls-settings.js'
import { tunnelSpec } from '../../table-source/tunnel-settings.js'
import { cascadeBehaviors, tlsModes } from './config.js'

const unneeded = (type: string, title: string, order: number): JsonSchema => ({
  type,
  title,
  description: "Airbyte's; accepted, and not needed here.",
  order,
})

/** What people and forms are told about the settings; `mysqlConfigSchema` is what holds. A test ties the two. */
export const mysqlSpec: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'MySQL and MariaDB',
  type: 'object',
  required: ['host', 'database', 'username'],
  additionalProperties: false,
  properties: {
    host: {
      type: 'string',
      title: 'Host',
      description: 'Name or address of the server, or the path of its socket.',
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
      default: 3306,
      always_show: true,
      order: 1,
      examples: [3307],
    },
    database: {
      type: 'string',
      title: 'Database',
      description: 'The database to read. A stream is called as its table.',
      minLength: 1,
      order: 2,
      examples: ['shop'],
    },
    username: {
      type: 'string',
      title: 'User',
      description: 'Needs `select` on the tables.',
      minLength: 1,
      order: 3,
      examples: ['reader'],
    },
    password: {
      type: 'string',
      title: 'Password',
      description: 'Left out, none is sent.',
      airbyte_secret: true,
      order: 4,
      examples: ['${MYSQL_PASSWORD}'],
    },
    ssl_mode: tlsSpec({
      description: "How the connection is encrypted, in the words of MySQL's own clients.",
      modes: tlsModes,
      usualMode: 'preferred',
      example: 'required',
      modeExample: 'verify_identity',
      order: 5,
      more: {
        client_key_password: {
          type: 'string',
          title: 'Password of the client key',
          description: 'Where the file of the key is encrypted.',
          airbyte_secret: true,
          order: 4,
          examples: ['${MYSQL_KEY_PASSWORD}'],
        },
      },
    }),
    replication_method: replicationSpec({
      description: 'How incremental streams are read: by a cursor column, or from the binary log of the server.',
      order: 6,
      example: { method: 'CDC' },
      standard: { enum: ['Standard', 'STANDARD'], default: 'Standard' },
      cdc: {
        description:
          'Every insert, update and delete, by the binary log. The server needs `log_bin`, `binlog_format = ROW` and `binlog_row_image = FULL`, the user the rights of a replica.',
        required: [],
        properties: {
          ...gapSpec(1),
          cascading_foreign_keys: {
            type: 'string',
            title: 'Foreign keys that cascade',
            description:
              'The server does not log what a foreign key deletes or changes in a table (`on delete cascade`): refuse to follow such a table, or follow it without that.',
            enum: cascadeBehaviors,
            default: 'Refuse',
            order: 2,
          },
          initial_waiting_seconds: unneeded('integer', 'Initial waiting time', 3),
          initial_load_timeout_hours: unneeded('integer', 'Timeout of the first load', 4),
          server_timezone: unneeded('string', 'Time zone of the server', 5),
        },
      },
    }),
    tunnel_method: tunnelSpec(7),
  },
}
