import { createRequire } from 'node:module'
import type * as Driver from '@google-cloud/bigquery'
import { warehouseErrors } from '../errors.js'

/** The version that the tests run with. */
export const bigQueryDriverVersion = '8.3.1'
const name = '@google-cloud/bigquery'

export type BigQueryDriver = typeof Driver

/** Only who uses BigQuery has its driver. @throws WAREHOUSE_DRIVER_MISSING */
export async function loadBigQueryDriver(
  load: () => Promise<BigQueryDriver> = () => import('@google-cloud/bigquery'),
): Promise<BigQueryDriver> {
  try {
    return await load()
  } catch (cause) {
    if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(String((cause as { code?: unknown }).code))) throw cause
    throw warehouseErrors.create('WAREHOUSE_DRIVER_MISSING', {
      message: `BigQuery is reached by the package ${name}, which is not installed.`,
      hint: `Install it beside Millrace: npm install ${name}@${bigQueryDriverVersion}`,
      cause,
    })
  }
}

interface AuthClient {
  getAccessToken(): Promise<unknown>
  quotaProjectId?: string
}

/** What is used of Google's sign-in, which is a part of the driver and has to be the same copy of it. */
export interface GoogleAuthLibrary {
  readonly GoogleAuth: new (options: object) => { getClient(): Promise<AuthClient> }
  readonly OAuth2Client: new (options: object) => AuthClient & { setCredentials(credentials: object): void }
  readonly Impersonated: new (options: object) => AuthClient
}

export function loadGoogleAuth(): GoogleAuthLibrary {
  const own = createRequire(import.meta.url)
  const driver = createRequire(own.resolve(name))
  const common = createRequire(driver.resolve('@google-cloud/common'))
  return common('google-auth-library') as GoogleAuthLibrary
}
