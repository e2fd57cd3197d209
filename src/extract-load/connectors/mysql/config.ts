import { z } from 'zod'
import { gapShape } from '../../table-source/replication-settings.js'
import { certificateShape } from '../../table-source/tls-settings.js'
import { tunnelSchema } from '../../table-source/tunnel-settings.js'
import { readSettings } from '../read-settings.js'

export const tlsModes = ['disabled', 'preferred', 'required', 'verify_ca', 'verify_identity'] as const

export const cascadeBehaviors = ['Refuse', 'Ignore'] as const

/** Airbyte's names, so that a config moves over as it is. */
export const mysqlConfigSchema = z.strictObject({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).default(3306),
  database: z.string().min(1),
  username: z.string().min(1),
  password: z.string().optional(),
  ssl_mode: z
    .strictObject({
      mode: z.enum(tlsModes),
      ...certificateShape,
      client_key_password: z.string().optional(),
    })
    .default({ mode: 'preferred' }),
  replication_method: z
    .discriminatedUnion('method', [
      z.strictObject({ method: z.enum(['Standard', 'STANDARD']) }),
      z.strictObject({
        method: z.literal('CDC'),
        ...gapShape,
        cascading_foreign_keys: z.enum(cascadeBehaviors).default('Refuse'),
        // Airbyte's, of what there is no need here: a config moves over with them.
        initial_waiting_seconds: z.number().int().optional(),
        initial_load_timeout_hours: z.number().int().optional(),
        server_timezone: z.string().optional(),
      }),
    ])
    .default({ method: 'Standard' }),
  tunnel_method: tunnelSchema,
})
export type MysqlConfig = z.output<typeof mysqlConfigSchema>

export type CdcSettings = Extract<MysqlConfig['replication_method'], { method: 'CDC' }>

/** Undefined where tables are read by themselves. */
export const cdcOf = ({ replication_method: method }: MysqlConfig): CdcSettings | undefined =>
  method.method === 'CDC' ? method : undefined

const reachableSchema = mysqlConfigSchema.refine(
  ({ host, tunnel_method: { tunnel_method: method } }) => method === 'NO_TUNNEL' || !host.startsWith('/'),
  {
    path: ['host'],
    error: 'a socket is not reached by a tunnel: `host` is the name of the server, as the SSH server sees it',
  },
)

/** @throws CONNECTION_INVALID */
export const readConfig = (config: Readonly<Record<string, unknown>>, file: string): MysqlConfig =>
  readSettings('mysql', reachableSchema, config, file)

/** How errors call the server. */
export const placeOf = ({ host, port }: MysqlConfig) => (host.startsWith('/') ? host : `${host}:${port}`)
