import { z } from 'zod'
import { invalidSetting } from '../../../base/index.js'
import type { PostgresWarehouseOptions } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'

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
      mode: z.enum(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']),
      ca_certificate: z.string().optional(),
      client_certificate: z.string().optional(),
      client_key: z.string().optional(),
    })
    .default({ mode: 'prefer' }),
})
export type PostgresConfig = z.output<typeof postgresConfigSchema>

/** @throws CONNECTION_INVALID */
export function readConfig(config: Readonly<Record<string, unknown>>, file: string): PostgresConfig {
  const parsed = postgresConfigSchema.safeParse(config)
  if (parsed.success) return parsed.data
  const { message, meant, known, path } = invalidSetting(postgresConfigSchema, config, parsed.error.issues[0], [
    'source',
    'config',
  ])
  throw extractLoadErrors.create('CONNECTION_INVALID', {
    message,
    at: { file },
    hint: [
      meant,
      known.length > 0 && `Settings here: ${known.join(', ')}.`,
      '`millrace connectors postgres` and docs/connectors/postgres.md say what the connector takes.',
    ]
      .filter(Boolean)
      .join(' '),
    data: { path },
  })
}

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
