import { createRequire } from 'node:module'
import type * as Driver from '@google-cloud/bigquery'
import type * as StorageDriver from '@google-cloud/bigquery-storage'
import { warehouseErrors } from '../errors.js'

/** The versions that the tests run with. */
export const bigQueryDriverVersion = '8.3.1'
export const bigQueryStorageDriverVersion = '5.1.2'
const name = '@google-cloud/bigquery'
const storageName = '@google-cloud/bigquery-storage'

export type BigQueryDriver = typeof Driver
export type BigQueryStorageDriver = typeof StorageDriver

/** Only who uses BigQuery has its driver. @throws WAREHOUSE_DRIVER_MISSING */
export const loadBigQueryDriver = (
  load: () => Promise<BigQueryDriver> = () => import('@google-cloud/bigquery'),
): Promise<BigQueryDriver> =>
  orMissing(load, {
    message: `BigQuery is reached by the package ${name}, which is not installed.`,
    hint: `Install it beside Millrace: npm install ${name}@${bigQueryDriverVersion}`,
  })

/** Only who loads by the Storage Write API has its driver. @throws WAREHOUSE_DRIVER_MISSING */
export const loadBigQueryStorageDriver = (
  load: () => Promise<BigQueryStorageDriver> = () => import('@google-cloud/bigquery-storage'),
): Promise<BigQueryStorageDriver> =>
  orMissing(load, {
    message: `The Storage Write API of BigQuery is reached by the package ${storageName}, which is not installed.`,
    hint: `Install it beside Millrace: npm install ${storageName}@${bigQueryStorageDriverVersion}. Or load by load jobs, which need no further package: \`loading_method: load_job\` in \`destination.config\` of the connection.`,
  })

async function orMissing<T>(
  load: () => Promise<T>,
  said: { readonly message: string; readonly hint: string },
): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(String((cause as { code?: unknown }).code))) throw cause
    throw warehouseErrors.create('WAREHOUSE_DRIVER_MISSING', { ...said, cause })
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

/** What is used of gRPC, which the driver brings along and has to be the same copy of it. */
export interface GrpcLibrary {
  readonly credentials: { createInsecure(): object }
}

export function loadGrpc(): GrpcLibrary {
  const own = createRequire(import.meta.url)
  const driver = createRequire(own.resolve(storageName))
  return (driver('google-gax') as { grpc: GrpcLibrary }).grpc
}
