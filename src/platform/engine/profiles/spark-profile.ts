import type { SparkWarehouseOptions } from '../../../warehouse/index.js'

/** A spark target of profiles.yml, with dbt's keys, as the options of the warehouse. The profile's reader has checked it. */
export function sparkOptions(credentials: Readonly<Record<string, unknown>>): SparkWarehouseOptions {
  const text = (key: string) => {
    const value = credentials[key]
    return value === undefined || value === null || value === '' ? undefined : String(value)
  }
  const number = (key: string) => (text(key) === undefined ? undefined : Number(text(key)))
  const seconds = (key: string) => (number(key) === undefined ? undefined : Number(number(key)) * 1000)
  const parameters = (credentials.server_side_parameters ?? {}) as Readonly<Record<string, unknown>>
  const isHttp = credentials.method === 'http'
  const [, host = ''] = /^(?:https?:\/\/)?(.*)$/.exec(text('host') ?? 'localhost') ?? []
  return {
    host,
    port: number('port') ?? 443,
    ...(isHttp
      ? { http: { path: `/sql/protocolv1/o/${text('organization') ?? '0'}/${text('cluster')}`, isTls: true } }
      : {}),
    authentication: text('auth') === 'NOSASL' ? 'none' : 'plain',
    user: isHttp ? 'token' : text('user'),
    password: isHttp ? text('token') : text('password'),
    isTls: credentials.use_ssl === true,
    retries: number('connect_retries') ?? 0,
    retriesAll: credentials.retry_all === true,
    // In dbt-spark the pause between two attempts.
    retryDelayMs: seconds('connect_timeout') ?? 10_000,
    pollIntervalMs: seconds('poll_interval') ?? 5_000,
    queryTimeoutMs: seconds('query_timeout'),
    settings: sessionSettings(parameters, isHttp),
  }
}

/**
 * Spark's own server takes settings of a session under names with `set:` and passes over the others, which are those that dbt sends.
 * So what the profile says holds here, and the setting that dbt adds by itself holds where it does in dbt.
 */
function sessionSettings(parameters: Readonly<Record<string, unknown>>, isHttp: boolean): Record<string, string> {
  const all = Object.entries(parameters).map(([key, value]) => [key, String(value)] as const)
  const own = isHttp ? [] : all.filter(([key]) => key !== 'spark.sql.ansi.enabled')
  return Object.fromEntries([...all, ...own.map(([key, value]) => [`set:${key}`, value] as const)])
}
