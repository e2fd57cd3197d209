import type { ConnectorContext } from '../connector.js'
import { isHttp } from './address.js'
import type { FileStream } from './config.js'
import { locateHttpFile } from './http-file.js'
import { locateLocalFiles } from './local-files.js'
import type { LocatedFiles } from './located-file.js'
import { locateRemoteFiles } from './remote/locate-remote-files.js'
import { storeOf } from './remote/stores.js'

/**
 * The files of a stream, oldest first. Nothing is fetched.
 * @throws SOURCE_FILE_NOT_FOUND, and whatever looking for them throws
 */
export function locateFiles(stream: FileStream, context: ConnectorContext): Promise<LocatedFiles> {
  if (isHttp(stream.path)) return locateHttpFile(stream, context)
  const open = storeOf(stream.path)
  return open ? locateRemoteFiles(open, stream, context) : locateLocalFiles(stream, context)
}
