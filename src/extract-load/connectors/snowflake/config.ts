import { z } from 'zod'
import type { SnowflakeWarehouseOptions } from '../../../warehouse/index.js'
import { readSettings } from '../read-settings.js'

/** Airbyte's names, so that a config moves over as it is. */
export const snowflakeConfigSchema = z.strictObject({
  host: z.string().min(1),
  role: z.string().min(1).optional(),
  warehouse: z.string().min(1).optional(),
  database: z.string().min(1),
  schema: z.string().min(1).optional(),
  credentials: z.discriminatedUnion('auth_type', [
    z.strictObject({ auth_type: z.literal('username/password'), username: z.string().min(1), password: z.string() }),
    z.strictObject({
      auth_type: z.literal('Key Pair Authentication'),
      username: z.string().min(1),
      private_key: z.string().min(1),
      private_key_password: z.string().optional(),
    }),
    z.strictObject({
      auth_type: z.literal('OAuth'),
      client_id: z.string().optional(),
      client_secret: z.string().optional(),
      access_token: z.string().optional(),
      refresh_token: z.string().optional(),
    }),
    z.strictObject({
      auth_type: z.literal('Programmatic Access Token'),
      username: z.string().min(1).optional(),
      token: z.string().min(1),
    }),
  ]),
  // Airbyte's, of what there is no need here: a config moves over with them.
  jdbc_url_params: z.string().optional(),
  checkpoint_target_interval_seconds: z.number().int().optional(),
  concurrency: z.number().int().optional(),
  check_privileges: z.boolean().optional(),
  cursor: z.unknown().optional(),
})
export type SnowflakeConfig = z.output<typeof snowflakeConfigSchema>

/** @throws CONNECTION_INVALID */
export const readConfig = (config: Readonly<Record<string, unknown>>, file: string): SnowflakeConfig =>
  readSettings('snowflake', snowflakeConfigSchema, config, file)

/** `acme-prod.snowflakecomputing.com` is the account `acme-prod`; another address is asked as it is. */
export function warehouseOptions(config: SnowflakeConfig): SnowflakeWarehouseOptions {
  const address = new URL(/^https?:\/\//.test(config.host) ? config.host : `https://${config.host}`)
  const [, account] = /^(.+?)\.(?:privatelink\.)?snowflakecomputing\.(?:com|cn)$/.exec(address.hostname) ?? []
  const isOwn = account !== undefined && !address.hostname.includes('privatelink')
  return {
    account: account ?? (address.hostname.split('.')[0] as string),
    ...(isOwn
      ? {}
      : {
          host: address.hostname,
          ...(address.port === '' ? {} : { port: Number(address.port) }),
          protocol: address.protocol === 'http:' ? ('http' as const) : ('https' as const),
        }),
    database: config.database,
    schema: config.schema,
    computeWarehouse: config.warehouse,
    role: config.role,
    ...loginOf(config.credentials),
    queryTag: 'millrace',
  }
}

function loginOf(credentials: SnowflakeConfig['credentials']): Pick<SnowflakeWarehouseOptions, 'user' | 'login'> {
  switch (credentials.auth_type) {
    case 'username/password':
      return { user: credentials.username, login: { kind: 'password', password: credentials.password } }
    case 'Key Pair Authentication':
      return {
        user: credentials.username,
        login: {
          kind: 'key-pair',
          // Environment variables often have its line ends as two signs.
          key: credentials.private_key.replaceAll('\\n', '\n'),
          passphrase: credentials.private_key_password,
        },
      }
    case 'OAuth': {
      const {
        client_id: clientId,
        client_secret: clientSecret,
        access_token: access,
        refresh_token: refresh,
      } = credentials
      const login =
        refresh === undefined
          ? ({ kind: 'oauth', token: access ?? '' } as const)
          : ({ kind: 'oauth', token: refresh, clientId, clientSecret } as const)
      return { login }
    }
    case 'Programmatic Access Token':
      return { user: credentials.username, login: { kind: 'access-token', token: credentials.token } }
  }
}
