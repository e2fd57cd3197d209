import type { BigQuery } from '@google-cloud/bigquery'
import { type GoogleAuthLibrary, loadBigQueryDriver, loadGoogleAuth } from './driver.js'
import type { BigQueryWarehouseOptions } from './options.js'

/** Those of dbt: tables over files of Drive need the last one. */
const defaultScopes = [
  'https://www.googleapis.com/auth/bigquery',
  'https://www.googleapis.com/auth/cloud-platform',
  'https://www.googleapis.com/auth/drive',
]
const impersonationSeconds = 3600

export interface SignedIn {
  readonly client: BigQuery
  /** The sign-in itself, which other clients take too. */
  readonly authClient: unknown
}

/** A client that is signed in as the options say, once it asks something. @throws WAREHOUSE_DRIVER_MISSING */
export async function bigQueryClient(options: BigQueryWarehouseOptions): Promise<SignedIn> {
  const { BigQuery } = await loadBigQueryDriver()
  const projectId = options.executionProject ?? options.project
  const authClient = await signIn(options, loadGoogleAuth())
  const client = new BigQuery({
    ...(projectId === undefined ? {} : { projectId }),
    ...(options.apiEndpoint === undefined ? {} : { apiEndpoint: options.apiEndpoint }),
    authClient: authClient as never,
    userAgent: 'millrace',
    // `BigQueryJobs` does so, and stops when it is told to.
    autoRetry: false,
    maxRetries: 0,
  })
  return { client, authClient }
}

async function signIn(options: BigQueryWarehouseOptions, library: GoogleAuthLibrary): Promise<unknown> {
  const { login, impersonate, quotaProject } = options
  const scopes = options.scopes ?? defaultScopes
  const own = await clientOf(login, scopes, library)
  const client =
    impersonate === undefined
      ? own
      : new library.Impersonated({
          sourceClient: own,
          targetPrincipal: impersonate,
          targetScopes: [...scopes],
          delegates: [],
          lifetime: impersonationSeconds,
        })
  if (quotaProject !== undefined) client.quotaProjectId = quotaProject
  return client
}

async function clientOf(
  login: BigQueryWarehouseOptions['login'],
  scopes: readonly string[],
  { GoogleAuth, OAuth2Client }: GoogleAuthLibrary,
) {
  switch (login.kind) {
    case 'token': {
      const client = new OAuth2Client({})
      client.setCredentials({ access_token: login.token })
      return client
    }
    case 'refreshToken': {
      const { clientId, clientSecret, refreshToken, tokenUri } = login
      const endpoints = tokenUri === undefined ? {} : { endpoints: { oauth2TokenUrl: tokenUri } }
      const client = new OAuth2Client({ clientId, clientSecret, ...endpoints })
      client.setCredentials({ refresh_token: refreshToken })
      return client
    }
    case 'keyfile':
      return new GoogleAuth({ keyFilename: login.path, scopes }).getClient()
    case 'key':
      return new GoogleAuth({ credentials: login.key, scopes }).getClient()
    case 'default':
      return new GoogleAuth({ scopes }).getClient()
  }
}
