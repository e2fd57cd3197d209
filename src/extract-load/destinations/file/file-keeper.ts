import { open, rm } from 'node:fs/promises'
import type { FileKeeper } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { isFilePath } from '../../file-path.js'
import type { FileStore } from '../recorded/file-store.js'
import { folderFailure } from '../recorded/local-store.js'

/** No folder of a stream begins so, and what reads whole folders of data passes over it. */
const folder = '_files'

/**
 * Keeps the files that a connection's records are about beside the folders of its streams. A file is there before its record is, and what a sync
 * that was broken off left is written again under the same name.
 */
export function fileKeeper(store: FileStore, connection: string): FileKeeper {
  const place = `${store.place}/${folder}/${connection}`
  /** A file that is being written, by its name: of two that are called the same the later one stays. */
  const writing = new Map<string, Promise<unknown>>()
  return {
    place,
    async keep(path, body) {
      if (!isFilePath(path))
        throw extractLoadErrors.create('DESTINATION_FILES_FAILED', {
          message: `A file is called ${JSON.stringify(path)}, which is no name within ${place}.`,
          hint: 'Nothing was written. Ask who maintains the source.',
        })
      const name = `${folder}/${connection}/${path}`
      const before = writing.get(name)
      const written = (async () => {
        await before?.catch(() => {})
        return write(store, name, body)
      })()
      writing.set(name, written)
      try {
        return await written
      } finally {
        if (writing.get(name) === written) writing.delete(name)
      }
    },
  }
}

async function write(store: FileStore, name: string, body: AsyncIterable<Uint8Array>): Promise<number> {
  const failed = folderFailure(store.place)
  const draft = await store.draft(name)
  try {
    const file = await open(draft, 'w').catch(failed)
    let size = 0
    try {
      for await (const piece of body) {
        await file.writeFile(piece).catch(failed)
        size += piece.length
      }
    } finally {
      await file.close()
    }
    await store.put(draft, name)
    return size
  } finally {
    await rm(draft, { force: true })
  }
}
