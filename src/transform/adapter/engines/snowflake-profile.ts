import { transformErrors } from '../../errors.js'
import { anyOf, boolean, type Checks, integer, number, oneOf, optional, text } from '../../value-checks.js'
import { checkOutput } from './check-output.js'
import type { Credentials, EngineTarget, OutputPlace } from './engine.js'

const methods = [
  'oauth',
  'jwt',
  'externalbrowser',
  'username_password_mfa',
  'programmatic_access_token',
  'snowflake',
  'snowflake_jwt',
] as const
const withoutUser = new Set(['oauth', 'jwt', 'programmatic_access_token'])

const checks: Checks = {
  account: text,
  database: text,
  schema: text,
  user: optional(text),
  warehouse: optional(text),
  role: optional(text),
  password: optional(text),
  authenticator: optional(text),
  private_key: optional(text),
  private_key_path: optional(text),
  private_key_passphrase: optional(text),
  token: optional(text),
  oauth_client_id: optional(text),
  oauth_client_secret: optional(text),
  query_tag: optional(text),
  client_session_keep_alive: optional(boolean),
  host: optional(text),
  port: optional(integer),
  proxy_host: optional(text),
  proxy_port: optional(integer),
  protocol: optional(oneOf('http', 'https')),
  connect_retries: optional(integer),
  connect_timeout: optional(integer),
  retry_on_database_errors: optional(boolean),
  retry_all: optional(boolean),
  insecure_mode: optional(boolean),
  reuse_connections: optional(boolean),
  s3_stage_vpce_dns_name: optional(text),
  platform_detection_timeout_seconds: optional(anyOf(integer, number)),
}

/** @throws TRANSFORM_PROFILE_INVALID */
export function readSnowflakeOutput(output: Credentials, place: OutputPlace): EngineTarget {
  const fail = (key: string, message: string, hint: string) => {
    throw transformErrors.create('TRANSFORM_PROFILE_INVALID', { message, at: place.locate(key), hint })
  }
  const has = (key: string) => output[key] !== undefined && output[key] !== null && output[key] !== ''
  for (const key of ['account', 'database', 'schema'])
    if (!has(key))
      fail(
        'type',
        `The target of type snowflake has no \`${key}\`.`,
        'It needs account, database, schema, and how to log in.',
      )
  checkOutput(output, checks, place)
  const method = String(output.authenticator ?? 'snowflake').toLowerCase()
  if (method === 'workload_identity')
    fail(
      'authenticator',
      'The authenticator workload_identity of dbt-snowflake is not supported.',
      'Use a key pair: private_key_path, or private_key from an environment variable.',
    )
  if (!(methods as readonly string[]).includes(method) && !/^https:\/\//.test(method))
    fail(
      'authenticator',
      `\`authenticator\` is ${JSON.stringify(output.authenticator)}, which is none.`,
      `Use one of ${methods.join(', ')}, or the address of Okta.`,
    )
  if (!withoutUser.has(method) && !has('user'))
    fail(
      'type',
      'The target of type snowflake has no `user`.',
      'Only oauth, jwt and programmatic_access_token go without one.',
    )
  if (withoutUser.has(method) && !has('token'))
    fail(
      'authenticator',
      `\`authenticator: ${method}\` needs a \`token\`.`,
      'Write, for example, `token: "{{ env_var(\'DBT_ENV_SECRET_TOKEN\') }}"`.',
    )
  if (has('private_key') && has('private_key_path'))
    fail('private_key', 'Both `private_key` and `private_key_path` are set.', 'Keep one of them.')
  const isByPassword = ['snowflake', 'username_password_mfa'].includes(method) || /^https:/.test(method)
  if (isByPassword && !has('password') && !has('private_key') && !has('private_key_path'))
    fail(
      'type',
      'The target of type snowflake has no `password`, and no key.',
      'Write password, private_key or private_key_path; or another `authenticator`.',
    )
  if (method === 'snowflake_jwt' && !has('private_key') && !has('private_key_path'))
    fail('authenticator', '`authenticator: snowflake_jwt` needs a key.', 'Write private_key or private_key_path.')
  // As dbt has it: an address has no underscores.
  const credentials = { ...output, account: String(output.account).replaceAll('_', '-') }
  return { database: String(output.database), schema: String(output.schema), credentials }
}

export const shownSnowflakeCredentials = {
  ...{ account: null, user: null, database: null, warehouse: null, role: null, schema: null, authenticator: null },
  ...{ oauth_client_id: null, query_tag: null, client_session_keep_alive: false, host: null, port: null },
  ...{ proxy_host: null, proxy_port: null, protocol: null, connect_retries: 1, connect_timeout: null },
  ...{ retry_on_database_errors: false, retry_all: false, insecure_mode: false, reuse_connections: true },
  ...{ s3_stage_vpce_dns_name: null, workload_identity_provider: null, workload_identity_entra_resource: null },
  platform_detection_timeout_seconds: 0,
} as const
