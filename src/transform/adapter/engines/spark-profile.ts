import { transformErrors } from '../../errors.js'
import { boolean, type Checks, integer, mapping, oneOf, optional, text } from '../../value-checks.js'
import { checkOutput } from './check-output.js'
import type { Credentials, EngineTarget, OutputPlace } from './engine.js'

/** https://docs.getdbt.com/docs/core/connect-data-platform/spark-setup */
const checks: Checks = {
  method: text,
  host: text,
  schema: text,
  user: optional(text),
  token: optional(text),
  auth: optional(oneOf('NOSASL', 'LDAP', 'NONE', 'CUSTOM', 'KERBEROS')),
  kerberos_service_name: optional(text),
  connect_retries: optional(integer),
  connect_timeout: optional(integer),
  query_retries: optional(integer),
  query_timeout: optional(integer),
  poll_interval: optional(integer),
  retry_all: optional(boolean),
  use_ssl: optional(boolean),
  server_side_parameters: optional(mapping),
}

export const shownSparkCredentials = {
  ...{ host: null, schema: null, method: null, database: null, driver: null, cluster: null, endpoint: null },
  ...{ user: null, port: 443, auth: null, kerberos_service_name: null, organization: '0' },
  ...{ connect_retries: 0, connect_timeout: 10, use_ssl: false, server_side_parameters: {}, retry_all: false },
  ...{ query_timeout: null, poll_interval: 5, query_retries: 1, connection_string_suffix: null },
}

/** @throws TRANSFORM_PROFILE_INVALID */
export function readSparkOutput(output: Credentials, place: OutputPlace): EngineTarget {
  const { locate } = place
  const fail = (key: string, message: string, hint: string) => {
    throw transformErrors.create('TRANSFORM_PROFILE_INVALID', { message, at: locate(key), hint })
  }
  const has = (key: string) => output[key] !== undefined && output[key] !== null && output[key] !== ''
  for (const key of ['method', 'host', 'schema'])
    if (!has(key)) fail('type', `The target of type spark has no \`${key}\`.`, `Write \`${key}: ${examples[key]}\`.`)
  const method = String(output.method)
  const refused = refusedMethods[method]
  if (refused) fail('method', `The method ${method} of dbt-spark is not supported: ${refused}.`, useThrift)
  if (method !== 'thrift' && method !== 'http')
    fail('method', `\`method\` is ${JSON.stringify(output.method)}, which is none.`, useThrift)
  if (output.auth === 'KERBEROS')
    fail(
      'auth',
      '`auth: KERBEROS` is not supported: tickets come by libraries of the system, which Millrace does not have.',
      'Use LDAP or NOSASL, or a Thrift server over HTTP behind a gateway that signs in.',
    )
  for (const key of method === 'http' ? ['token', 'cluster'] : ['user'])
    if (!has(key) && !(key === 'user' && output.auth === 'NOSASL'))
      fail('method', `The method ${method} needs \`${key}\`.`, `Write \`${key}: ${examples[key]}\`.`)
  if (has('database') && output.database !== output.schema)
    fail('database', 'On Spark, `database` must be left out, or be the schema again.', 'Remove `database`.')
  checkOutput(output, checks, place)
  if (has('port') && !/^\d+$/.test(String(output.port)))
    fail('port', `\`port\` is not a whole number: ${JSON.stringify(output.port)}`, 'Write, for example, `port: 10000`.')
  const written = (output.server_side_parameters ?? {}) as Credentials
  // As dbt has it, whatever stands there: Spark 4 would otherwise fail where earlier ones answered NULL.
  const parameters = { ...written, 'spark.sql.ansi.enabled': 'false' }
  const { database: _, ...rest } = output
  const credentials = {
    ...rest,
    host: String(output.host).replace(/\/+$/, ''),
    server_side_parameters: parameters,
  }
  return { database: '', schema: String(output.schema), credentials }
}

const useThrift = 'Use `method: thrift` with a Thrift server of Spark, or `method: http`.'
const refusedMethods: Readonly<Record<string, string>> = {
  odbc: 'it needs an ODBC driver of the system',
  session: 'it runs Spark within dbt’s own Python',
}
const examples: Readonly<Record<string, string>> = {
  method: 'thrift',
  host: 'spark.example.com',
  schema: 'analytics',
  user: 'dbt',
  token: '"{{ env_var(\'SPARK_TOKEN\') }}"',
  cluster: '0123-456789-abc123',
}
