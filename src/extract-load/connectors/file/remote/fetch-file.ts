import { type FileHandle, open, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extractLoadErrors } from '../../../errors.js'
import { withRetries } from '../../../remote-files/with-retries.js'
import type { ConnectorContext } from '../../connector.js'
import type { RemoteContent, RemoteStore } from './remote-store.js'

export interface Fetched extends Pick<RemoteContent, 'modifiedAt' | 'version'> {
  readonly path: string
}

/**
 * Brings a file of a store here, as it is while it is read: where the connection breaks, the rest is asked for as long as the file is the
 * same, and all of it where it is another one by then.
 * @param path where it is written, under a name with the ending of its own
 * @returns undefined where it is gone
 */
export async function fetchFile(
  store: RemoteStore,
  remotePath: string,
  path: string,
  { clock, signal }: ConnectorContext,
): Promise<Fetched | undefined> {
  const file = await open(path, 'w')
  const part = new Part(file)
  try {
    const fetched = await withRetries({ clock, signal, progress: () => part.bytes }, () =>
      readRest(store, remotePath, part),
    )
    if (!fetched) return undefined
    const { modifiedAt, version, isUnpacked } = fetched
    if (!isUnpacked || !/\.gz$/i.test(path)) return { path, modifiedAt, version }
    const unpackedPath = path.replace(/\.gz$/i, '')
    await rename(path, unpackedPath)
    return { path: unpackedPath, modifiedAt, version }
  } catch (error) {
    throw diskError(error) ?? error
  } finally {
    await file.close()
  }
}

/** What is here of a file. */
class Part {
  readonly #file: FileHandle
  bytes = 0
  version: string | undefined

  constructor(file: FileHandle) {
    this.#file = file
  }

  async startAt(bytes: number): Promise<void> {
    await this.#file.truncate(bytes)
    this.bytes = bytes
  }

  async add(chunk: Uint8Array): Promise<void> {
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await this.#file.write(chunk, done, chunk.length - done, this.bytes)
      done += bytesWritten
      this.bytes += bytesWritten
    }
  }
}

async function readRest(store: RemoteStore, path: string, part: Part): Promise<RemoteContent | undefined> {
  const { bytes, version } = part
  const content = await store.open(path, version !== undefined && bytes > 0 ? { from: bytes, version } : undefined)
  if (!content) return undefined
  try {
    await part.startAt(content.from)
    // Unpacked bytes cannot be counted from: it is begun anew.
    part.version = content.isUnpacked ? undefined : content.version
    for await (const chunk of content.body()) await part.add(chunk)
    if ((await content.isStillTheSame?.()) ?? true) return content
    part.version = undefined
    await part.startAt(0)
    throw changed(store.urlOf(path))
  } finally {
    await content.close()
  }
}

const changed = (url: string) =>
  extractLoadErrors.create('SOURCE_DOWNLOAD_FAILED', {
    message: `${url} changed every time while it was read.`,
    at: { file: url },
    hint: 'Sync again once whoever writes the file is done: best is to write it under another name, and to rename it then.',
    data: { isPermanent: false },
  })

/** What this machine has no room for. */
function diskError(error: unknown) {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return undefined
  return extractLoadErrors.create('SOURCE_DOWNLOAD_FAILED', {
    message: `There is no room in ${tmpdir()} for what is fetched (${code}).`,
    hint: `Free some space in ${tmpdir()}, where downloads are kept while they are loaded, or set TMPDIR to another folder.`,
    cause: error,
  })
}
