import { z } from 'zod'
import { certificateShape } from '../../table-source/tls-settings.js'
import { readSettings } from '../read-settings.js'

export const tlsModes = ['disabled', 'preferred', 'required', 'verify_ca', 'verify_identity'] as const

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
})
export type MysqlConfig = z.output<typeof mysqlConfigSchema>

/** @throws CONNECTION_INVALID */
export const readConfig = (config: Readonly<Record<string, unknown>>, file: string): MysqlConfig =>
  readSettings('mysql', mysqlConfigSchema, config, file)

/** How errors call the server. */
export const placeOf = ({ host, port }: MysqlConfig) => (host.startsWith('/') ? host : `${host}:${port}`)
