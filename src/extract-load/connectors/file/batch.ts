import type { FileBatch } from '../connector.js'
import { type FileStream, formatOf } from './config.js'
import { isPattern } from './locate-files.js'
import type { LocatedFile } from './located-file.js'

/** A found file as the sync reads it; fetches it. @throws SOURCE_FILE_UNREADABLE, SOURCE_DOWNLOAD_FAILED */
export async function toBatch(stream: FileStream, file: LocatedFile): Promise<FileBatch> {
  const format = formatOf(stream, file.name)
  const { path, sizeBytes } = await file.fetch()
  return {
    representation: 'file',
    format,
    path,
    url: file.url,
    isFromPattern: isPattern(stream.path),
    modifiedAt: file.modifiedAt,
    sizeBytes,
    options: {
      delimiter: stream.delimiter,
      header: stream.header,
      skipRows: stream.skip_rows,
      sheet: stream.sheet,
      encoding: stream.encoding,
      badRows: stream.bad_rows ?? 'fail',
    },
  }
}
