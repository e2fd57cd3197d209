import { availableParallelism } from 'node:os'
import { z } from 'zod'
import type { PostgresWarehouseOptions } from '../../../warehouse/index.js'
import { gapShape } from '../../table-source/replication-settings.js'
import { certificateShape } from '../../table-source/tls-settings.js'
import { tunnelSchema } from '../../table-source/tunnel-settings.js'
import { readSettings } from '../read-settings.js'

export const tlsModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

/** Airbyte's names, so that a config moves over as it is. */
export const postgresConfigSchema = z.strictObject({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).default(5432),
  database: z.string().min(1),
  schemas: z.array(z.string().min(1)).min(1).default(['public']),
  username: z.string().min(1),
  password: z.string().optional(),
  ssl_mode: z
    .strictObject({
      mode: z.enum(tlsModes),
      ...certificateShape,
    })
    .default({ mode: 'prefer' }),
  replication_method: z
    .discriminatedUnion('method', [
      z.strictObject({ method: z.literal('Standard') }),
      z.strictObject({ method: z.literal('Xmin') }),
      z.strictObject({
        method: z.literal('CDC'),
        replication_slot: z.string().regex(/^[a-z0-9_]{1,63}$/, 'use small letters, digits and _, at most 63 of them'),
        publication: z.string().min(1),
        plugin: z.literal('pgoutput').default('pgoutput'),
        ...gapShape,
      }),
    ])
    .default({ method: 'Standard' }),
  tunnel_method: tunnelSchema,
  max_db_connections: z.number().int().min(1).optional(),
})
export type PostgresConfig = z.output<typeof postgresConfigSchema>

export type CdcSettings = Extract<PostgresConfig['replication_method'], { method: 'CDC' }>

/** Undefined where tables are read by themselves. */
export const cdcOf = ({ replication_method: method }: PostgresConfig): CdcSettings | undefined =>
  method.method === 'CDC' ? method : undefined

/**
 * How many sessions read one large table. One core decodes what all of them send, and two servers' processes keep it busy: on two cores a second one
 * took a fifth off the time of a table that is dear to print and nothing off that of a plain one; four were never quicker than one.
 */
export const sessionsAtOnce = ({ max_db_connections: most }: PostgresConfig): number =>
  most ?? (availableParallelism() < 4 ? 1 : 2)

/** The same of rows that a cursor finds all over a table: the server is the slower side whatever cores are here. */
export const cursorSessionsAtOnce = ({ max_db_connections: most }: PostgresConfig): number => most ?? 2

/** @throws CONNECTION_INVALID */
export const readConfig = (config: Readonly<Record<string, unknown>>, file: string): PostgresConfig =>
  readSettings('postgres', postgresConfigSchema, config, file)

export const connectOptions = ({ ssl_mode, ...config }: PostgresConfig): PostgresWarehouseOptions => ({
  host: config.host,
  port: config.port,
  database: config.database,
  user: config.username,
  password: config.password,
  applicationName: 'millrace sync',
  ssl: {
    mode: ssl_mode.mode,
    rootCertificate: ssl_mode.ca_certificate,
    certificate: ssl_mode.client_certificate,
    key: ssl_mode.client_key,
  },
})
