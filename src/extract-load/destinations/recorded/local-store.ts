import { open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { acquireFileLock, isLock, makeFolder } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { FileStore } from './file-store.js'

/**
 * What a file is called until it is whole. Readers of folders pass over a name with a dot in front; those that do not (DuckDB's `*.parquet`) over another
 * ending.
 */
const draftName = (name: string) => `.millrace-${name}.part`

/** Of which file a file is the draft. */
export const nameOfDraft = (draft: string): string | undefined => /^\.millrace-(.+)\.part$/.exec(draft)?.[1]

/** A folder of this machine. @param place how people know it @throws DESTINATION_FILES_FAILED */
export function localStore(root: string, place: string): FileStore {
  const store = plainStore(root, place)
  const told =
    <Args extends unknown[], T>(work: (...args: Args) => Promise<T>) =>
    (...args: Args) =>
      work(...args).catch(folderFailure(place))
  return {
    place,
    readText: told(store.readText),
    writeText: told(store.writeText),
    list: told(store.list),
    draft: told(store.draft),
    put: told(store.put),
    remove: told(store.remove),
    canLock: true,
    lock: told(store.lock),
    localCopy: store.localCopy,
  }
}

/** Tells of what the file system refused. @param place as people know it */
export const folderFailure =
  (place: string) =>
  (error: NodeJS.ErrnoException): never => {
    throw extractLoadErrors.create('DESTINATION_FILES_FAILED', {
      message: `The folder ${place} cannot be written: ${error.message}`,
      hint:
        error.code === 'ENOSPC'
          ? 'Make room on its disk, and sync again.'
          : 'Correct `path`, or give the user that runs Millrace the right to write there.',
      cause: error,
    })
  }

function plainStore(root: string, place: string): FileStore {
  const pathOf = (name: string) => join(root, name)
  const draftOf = (name: string) => pathOf(posix.join(posix.dirname(name), draftName(posix.basename(name))))
  const made = async (path: string) => {
    makeFolder(dirname(path), place)
    return path
  }
  const put = async (draft: string, name: string) => {
    await flush(draft)
    await rename(draft, await made(pathOf(name)))
    // A name is durable when its folder is.
    await flush(dirname(pathOf(name)))
  }
  return {
    place,
    readText: (name) => readFile(pathOf(name), 'utf8').catch(unlessMissing),
    async writeText(name, text) {
      const draft = await made(draftOf(name))
      const file = await open(draft, 'w')
      try {
        await file.writeFile(text)
      } finally {
        await file.close()
      }
      await put(draft, name)
    },
    list: (folder) => readdir(pathOf(folder)).catch(unlessMissing),
    draft: (name) => made(draftOf(name)),
    put,
    remove: (name) => rm(pathOf(name), { force: true }),
    canLock: true,
    async lock(name) {
      const lock = await acquireFileLock(await made(pathOf(name)))
      return isLock(lock) ? () => lock.release() : undefined
    },
    localCopy: async (name) => pathOf(name),
  }
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}

/** Has what was written to a file or folder survive a power cut. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } catch (error) {
    // Not every system flushes folders.
    if (!['EISDIR', 'EPERM', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    await file.close()
  }
}
