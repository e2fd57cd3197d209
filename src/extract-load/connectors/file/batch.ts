import type { FileBatch, RemoteFileBatch } from '../connector.js'
import { type FileStream, formatOf } from './config.js'
import { isPattern } from './glob.js'
import { type DistantFile, type FetchedFile, isDistant, type LocalFile, type LocatedFile } from './located-file.js'

/** A file of this machine as the sync reads it. @throws SOURCE_FILE_UNREADABLE */
export const localBatch = (stream: FileStream, file: LocalFile): FileBatch => batchOf(stream, file, file)

/** A file that is brought here when the sync comes to it. @throws SOURCE_FILE_UNREADABLE */
export const distantBatch = (
  stream: FileStream,
  file: DistantFile,
  fetch: () => Promise<FetchedFile>,
): RemoteFileBatch => ({
  representation: 'remote_file',
  format: formatOf(stream, file.name),
  async fetch() {
    const fetched = await fetch()
    return { batch: batchOf(stream, file, fetched), release: fetched.release }
  },
})

/** Uses one file, which is only here for that where it lies elsewhere. */
export async function withBatch<T>(
  stream: FileStream,
  file: LocatedFile,
  use: (batch: FileBatch) => Promise<T>,
): Promise<T> {
  if (!isDistant(file)) return use(localBatch(stream, file))
  formatOf(stream, file.name)
  const fetched = await file.fetch()
  try {
    return await use(batchOf(stream, file, fetched))
  } finally {
    await fetched.release()
  }
}

function batchOf(
  stream: FileStream,
  { url, name }: LocatedFile,
  { path, sizeBytes, modifiedAt }: Pick<FetchedFile, 'path' | 'sizeBytes' | 'modifiedAt'>,
): FileBatch {
  return {
    representation: 'file',
    format: formatOf(stream, name),
    path,
    url,
    isFromPattern: isPattern(stream.path),
    modifiedAt,
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
