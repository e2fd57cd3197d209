import type { BigQueryLogin, BigQueryWarehouseOptions } from '../../../warehouse/index.js'

type Credentials = Readonly<Record<string, unknown>>

/** A bigquery target of profiles.yml, with dbt's keys, as the options of the warehouse. The profile's reader has checked it. */
export function bigQueryOptions(credentials: Credentials): BigQueryWarehouseOptions {
  const text = (key: string) => {
    const value = credentials[key]
    return value === undefined || value === null || value === '' ? undefined : String(value)
  }
  const seconds = (key: string) => (text(key) === undefined ? undefined : Number(text(key)) * 1000)
  const bytes = text('maximum_bytes_billed')
  return {
    login: loginOf(credentials, text),
    project: text('database'),
    executionProject: text('execution_project'),
    location: text('location'),
    impersonate: text('impersonate_service_account'),
    scopes: Array.isArray(credentials.scopes) ? credentials.scopes.map(String) : undefined,
    quotaProject: text('quota_project'),
    apiEndpoint: text('api_endpoint'),
    storageApiEndpoint: text('storage_api_endpoint'),
    priority: text('priority') === 'batch' ? 'batch' : 'interactive',
    // As dbt has it: 0 is no limit.
    maximumBytesBilled: bytes === undefined || bytes === '0' ? undefined : BigInt(bytes),
    jobTimeoutMs: seconds('job_execution_timeout_seconds'),
    creationTimeoutMs: seconds('job_creation_timeout_seconds'),
    retries: text('job_retries') === undefined ? 1 : Number(text('job_retries')),
    retryDeadlineMs: seconds('job_retry_deadline_seconds'),
    reservation: text('reservation'),
  }
}

function loginOf(credentials: Credentials, text: (key: string) => string | undefined): BigQueryLogin {
  const [token, refreshToken] = [text('token'), text('refresh_token')]
  switch (text('method')) {
    case 'service-account':
      return { kind: 'keyfile', path: text('keyfile') ?? '' }
    case 'service-account-json':
      return { kind: 'key', key: keyOf(credentials.keyfile_json) }
    case 'oauth-secrets':
      if (refreshToken === undefined) return { kind: 'token', token: token ?? '' }
      return {
        kind: 'refreshToken',
        refreshToken,
        clientId: text('client_id') ?? '',
        clientSecret: text('client_secret') ?? '',
        tokenUri: text('token_uri'),
      }
    default:
      return { kind: 'default' }
  }
}

/** The key as YAML, or as JSON in Base64; environment variables often have its line ends as two signs. */
function keyOf(written: unknown): Credentials {
  const key = (
    typeof written === 'string' ? JSON.parse(Buffer.from(written, 'base64').toString('utf8')) : (written ?? {})
  ) as Credentials
  const { private_key: privateKey } = key
  return typeof privateKey === 'string' ? { ...key, private_key: privateKey.replaceAll('\\n', '\n') } : key
}
