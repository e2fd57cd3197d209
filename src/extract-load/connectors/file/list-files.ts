import { MillraceError } from '../../../base/index.js'
import { readConfig } from './config.js'
import { locateFiles } from './locate-files.js'
import { type VersionedFile, withVersion } from './located-file.js'

/** A file as a look at it told. */
export type ListedFile = Pick<VersionedFile, 'url' | 'modifiedAt' | 'version' | 'sizeBytes'>

/**
 * The files of a path, as a stream of the connector `file` has it, the oldest first; none where there are none.
 * @param places how they are reached: the settings of the connector beside its streams
 * @throws CONNECTION_INVALID, and whatever looking for them throws
 */
export async function listFiles(
  path: string,
  places: Readonly<Record<string, unknown>>,
  {
    file,
    ...around
  }: { readonly projectDir: string; readonly file: string; readonly signal?: AbortSignal | undefined },
): Promise<readonly ListedFile[]> {
  const config = { ...places, streams: [{ name: 'files', path }] }
  const [stream] = readConfig(config, file).streams
  if (!stream) return []
  try {
    const { files, dispose } = await locateFiles(stream, { ...around, file, config })
    try {
      const known = await Promise.all(files.map(withVersion))
      return known.map(({ url, modifiedAt, version, sizeBytes }) => ({ url, modifiedAt, version, sizeBytes }))
    } finally {
      await dispose()
    }
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'SOURCE_FILE_NOT_FOUND') return []
    throw error
  }
}
