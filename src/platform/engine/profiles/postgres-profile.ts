import type { PostgresSsl, PostgresWarehouseOptions } from '../../../warehouse/index.js'

/** A postgres target of profiles.yml, with dbt's keys, as the options of the warehouse. The profile's reader has checked it. */
export function postgresOptions(credentials: Readonly<Record<string, unknown>>): PostgresWarehouseOptions {
  const text = (key: string) => {
    const value = credentials[key]
    return value === undefined || value === null || value === '' ? undefined : String(value)
  }
  const number = (key: string) => (text(key) === undefined ? undefined : Number(text(key)))
  const seconds = (key: string) => (number(key) === undefined ? undefined : Number(number(key)) * 1000)
  return {
    host: text('host') ?? 'localhost',
    port: number('port') ?? 5432,
    database: String(credentials.database),
    user: text('user'),
    password: text('password'),
    connectTimeoutMs: seconds('connect_timeout') ?? 10_000,
    retries: number('retries') ?? 1,
    keepAliveIdleMs: seconds('keepalives_idle'),
    searchPath: text('search_path'),
    role: text('role'),
    applicationName: text('application_name'),
    ssl: {
      mode: text('sslmode') as PostgresSsl['mode'],
      certificate: text('sslcert'),
      key: text('sslkey'),
      rootCertificate: text('sslrootcert'),
    },
  }
}
