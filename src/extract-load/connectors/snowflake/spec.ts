import type { JsonSchema } from '../../contract.js'

const unneeded = (type: string, title: string, order: number, example: unknown): JsonSchema => ({
  type,
  title,
  description: "Airbyte's; accepted, and not needed here.",
  order,
  examples: [example],
})

const username = {
  type: 'string',
  title: 'User',
  description: 'Who logs in.',
  minLength: 1,
  order: 1,
  examples: ['READER'],
}
const kind = (auth_type: string) => ({ type: 'string', const: auth_type, order: 0 })
const secret = (title: string, description: string, order: number, example: string): JsonSchema => ({
  ...{ type: 'string', title, description, airbyte_secret: true, order },
  examples: [example],
})

/** What people and forms are told about the settings; `snowflakeConfigSchema` is what holds. A test ties the two. */
export const snowflakeSpec: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Snowflake',
  type: 'object',
  required: ['host', 'database', 'credentials'],
  additionalProperties: false,
  properties: {
    host: {
      type: 'string',
      title: 'Host',
      description: 'The address of the account: its name with .snowflakecomputing.com, or that of a private link.',
      minLength: 1,
      order: 0,
      examples: ['acme-prod.snowflakecomputing.com'],
    },
    role: {
      type: 'string',
      title: 'Role',
      description: 'The role that reads. Left out, the one that the user has by default.',
      minLength: 1,
      order: 1,
      examples: ['READER'],
    },
    warehouse: {
      type: 'string',
      title: 'Virtual warehouse',
      description: 'What the queries run on. Left out, the one that the user has by default.',
      minLength: 1,
      order: 2,
      examples: ['LOADING'],
    },
    database: {
      type: 'string',
      title: 'Database',
      description: 'The database to read.',
      minLength: 1,
      order: 3,
      examples: ['SALES'],
    },
    schema: {
      type: 'string',
      title: 'Schema',
      description: 'The schema to read; a stream is called as its table then. Left out, all: `SCHEMA.TABLE`.',
      minLength: 1,
      order: 4,
      examples: ['PUBLIC'],
    },
    credentials: {
      type: 'object',
      title: 'How to log in',
      description: 'By password, key pair, OAuth or a programmatic access token.',
      order: 5,
      examples: [{ auth_type: 'username/password', username: 'READER', password: '${SNOWFLAKE_PASSWORD}' }],
      oneOf: [
        {
          title: 'Password',
          required: ['auth_type', 'username', 'password'],
          properties: {
            auth_type: kind('username/password'),
            username,
            password: secret('Password', 'Of the user.', 2, '${SNOWFLAKE_PASSWORD}'),
          },
        },
        {
          title: 'Key pair',
          required: ['auth_type', 'username', 'private_key'],
          properties: {
            auth_type: kind('Key Pair Authentication'),
            username,
            private_key: secret('Private key', 'An RSA key in PEM (PKCS #8).', 2, '${SNOWFLAKE_KEY}'),
            private_key_password: secret('Passphrase', 'Where the key is encrypted.', 3, '${SNOWFLAKE_KEY_PASSWORD}'),
          },
        },
        {
          title: 'OAuth',
          required: ['auth_type'],
          properties: {
            auth_type: kind('OAuth'),
            client_id: secret('Client', 'Of the integration, with a refresh token.', 1, '${SNOWFLAKE_CLIENT}'),
            client_secret: secret('Secret', 'Of the client.', 2, '${SNOWFLAKE_CLIENT_SECRET}'),
            access_token: secret('Access token', 'Used as it is.', 3, '${SNOWFLAKE_TOKEN}'),
            refresh_token: secret('Refresh token', 'Changed for an access token.', 4, '${SNOWFLAKE_REFRESH}'),
          },
        },
        {
          title: 'Programmatic access token',
          required: ['auth_type', 'token'],
          properties: {
            auth_type: kind('Programmatic Access Token'),
            username,
            token: secret('Token', 'Made for the user in Snowflake.', 2, '${SNOWFLAKE_TOKEN}'),
          },
        },
      ],
    },
    jdbc_url_params: unneeded('string', 'Parameters of the JDBC address', 6, 'CLIENT_SESSION_KEEP_ALIVE=true'),
    checkpoint_target_interval_seconds: unneeded('integer', 'Checkpoint interval', 7, 300),
    concurrency: unneeded('integer', 'Concurrency', 8, 1),
    check_privileges: unneeded('boolean', 'Check of privileges', 9, true),
    cursor: unneeded('object', 'Update method', 10, { cursor_method: 'user_defined' }),
  },
}
