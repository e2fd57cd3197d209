import { isAbsolute, posix, resolve } from 'node:path'
import { systemClock } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import { s3Credentials, s3KeyHint, s3Place } from '../../remote-files/s3/s3-settings.js'
import type { OpenOptions } from '../destination.js'
import type { FileStore } from '../recorded/file-store.js'
import { localStore } from '../recorded/local-store.js'
import { s3Store } from '../s3/s3-store.js'
import { readConfig, s3Path } from './config.js'
import { folderOf } from './file-name.js'

/** The files below the `path` of a connection. @throws CONNECTION_INVALID */
export function openStore(options: Omit<OpenOptions, 'warehouse'>): FileStore {
  const { connection, projectDir, signal, clock = systemClock } = options
  const { path, s3 = {} } = readConfig(connection.destination.config, connection.file)
  const [, bucket, prefix = ''] = s3Path.exec(path) ?? []
  if (bucket === undefined) return localStore(isAbsolute(path) ? path : resolve(projectDir, path), path)
  const credentials = s3Credentials(s3)
  if (!credentials)
    throw extractLoadErrors.create('CONNECTION_INVALID', {
      message: `The destination of \`${connection.name}\` has no key for its bucket.`,
      at: connection.locate?.(['destination', 'config']) ?? { file: connection.file },
      hint: s3KeyHint,
    })
  return s3Store({ bucket, ...s3Place(s3), credentials, clock, signal }, prefix, path.replace(/\/+$/, ''))
}

/** Where the rows of a table are, for people. */
export function locationOf(path: string, table: string): string {
  const folder = folderOf(table)
  return s3Path.test(path) ? `${path.replace(/\/+$/, '')}/${folder}/` : posix.join(path, folder, '/')
}
