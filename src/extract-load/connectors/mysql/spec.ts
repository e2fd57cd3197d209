import type { JsonSchema } from '../../contract.js'
import { tlsSpec } from '../../table-source/tls-settings.js'
import { tlsModes } from './config.js'

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
  },
}
