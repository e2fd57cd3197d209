import { isAbsolute, posix, resolve } from 'node:path'
import { registerSecret, systemClock } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { OpenOptions } from '../destination.js'
import type { FileStore } from '../recorded/file-store.js'
import { localStore } from '../recorded/local-store.js'
import { s3Store } from '../s3/s3-store.js'
import type { S3Credentials } from '../s3/sign-request.js'
import { type FileDestinationConfig, readConfig, s3Path } from './config.js'
import { folderOf } from './file-name.js'

/** The files below the `path` of a connection. @throws CONNECTION_INVALID */
export function openStore(options: Omit<OpenOptions, 'warehouse'>): FileStore {
  const { connection, projectDir, signal, clock = systemClock } = options
  const config = readConfig(connection.destination.config, connection.file)
  const { path, s3 } = config
  const [, bucket, prefix = ''] = s3Path.exec(path) ?? []
  if (bucket === undefined) return localStore(isAbsolute(path) ? path : resolve(projectDir, path), path)
  const credentials = credentialsOf(config, options)
  const { region = 'us-east-1', endpoint } = s3 ?? {}
  return s3Store({ bucket, region, endpoint, credentials, clock, signal }, prefix, path.replace(/\/+$/, ''))
}

function credentialsOf({ s3 }: FileDestinationConfig, { connection }: Pick<OpenOptions, 'connection'>): S3Credentials {
  const { env } = process
  const isNamed = s3?.access_key_id !== undefined || s3?.secret_access_key !== undefined
  const accessKeyId = isNamed ? s3.access_key_id : env.AWS_ACCESS_KEY_ID
  const secretAccessKey = isNamed ? s3.secret_access_key : env.AWS_SECRET_ACCESS_KEY
  const sessionToken = isNamed ? s3.session_token : (s3?.session_token ?? env.AWS_SESSION_TOKEN)
  if (accessKeyId && secretAccessKey) {
    // What the environment gives was not seen by whoever read the connection.
    registerSecret(secretAccessKey)
    if (sessionToken) registerSecret(sessionToken)
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
  }
  throw extractLoadErrors.create('CONNECTION_INVALID', {
    message: `The destination of \`${connection.name}\` has no key for its bucket.`,
    at: connection.locate?.(['destination', 'config']) ?? { file: connection.file },
    hint: 'Set `access_key_id` and `secret_access_key` below `s3`, as variables of the environment: ${S3_SECRET}; or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  })
}

/** Where the rows of a table are, for people. */
export function locationOf(path: string, table: string): string {
  const folder = folderOf(table)
  return s3Path.test(path) ? `${path.replace(/\/+$/, '')}/${folder}/` : posix.join(path, folder, '/')
}
