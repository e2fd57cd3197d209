import type { SnowflakeLogin, SnowflakeWarehouseOptions } from '../../../warehouse/index.js'

/** A snowflake target of profiles.yml, with dbt's keys, as the options of the warehouse. The profile's reader has checked it. */
export function snowflakeOptions(credentials: Readonly<Record<string, unknown>>): SnowflakeWarehouseOptions {
  const text = (key: string) => {
    const value = credentials[key]
    return value === undefined || value === null || value === '' ? undefined : String(value)
  }
  const number = (key: string) => (text(key) === undefined ? undefined : Number(text(key)))
  const timeout = number('connect_timeout')
  return {
    account: text('account') ?? '',
    database: text('database') ?? '',
    schema: text('schema'),
    user: text('user'),
    computeWarehouse: text('warehouse'),
    role: text('role'),
    login: loginOf(text),
    host: text('host'),
    port: number('port'),
    protocol: text('protocol') === 'http' ? 'http' : 'https',
    proxyHost: text('proxy_host'),
    proxyPort: number('proxy_port'),
    queryTag: text('query_tag'),
    isKeptAlive: credentials.client_session_keep_alive === true,
    connectTimeoutMs: timeout === undefined ? undefined : timeout * 1000,
    retries: number('connect_retries') ?? 1,
    checksRevocation: credentials.insecure_mode !== true,
  }
}

function loginOf(text: (key: string) => string | undefined): SnowflakeLogin {
  const method = text('authenticator') ?? ''
  const password = text('password') ?? ''
  const token = text('token') ?? ''
  switch (method.toLowerCase()) {
    case 'oauth':
      return { kind: 'oauth', token, clientId: text('oauth_client_id'), clientSecret: text('oauth_client_secret') }
    case 'jwt':
      return { kind: 'oauth', token }
    case 'programmatic_access_token':
      return { kind: 'access-token', token }
    case 'externalbrowser':
      return { kind: 'browser' }
    case 'username_password_mfa':
      return { kind: 'mfa', password }
  }
  if (/^https:/i.test(method)) return { kind: 'okta', address: method, password }
  const [key, keyPath] = [text('private_key'), text('private_key_path')]
  if (key !== undefined || keyPath !== undefined)
    return { kind: 'key-pair', key, keyPath, passphrase: text('private_key_passphrase') }
  return { kind: 'password', password }
}
