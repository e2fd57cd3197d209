import { rm, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { temporaryFolder } from '../../../../base/index.js'
import { extractLoadErrors } from '../../../errors.js'
import { withRetries } from '../../../remote-files/with-retries.js'
import type { ConnectorContext } from '../../connector.js'
import type { FileStream } from '../config.js'
import { isPattern } from '../glob.js'
import { type DistantFile, type LocatedFiles, oldestFirst } from '../located-file.js'
import { placeOf } from '../stream-place.js'
import { fetchFile } from './fetch-file.js'
import type { OpenStore, RemoteFile, RemoteStore } from './remote-store.js'

/** The files of a bucket or a server. They are listed at once, and fetched into a temporary folder when they are asked for. */
export async function locateRemoteFiles(
  open: OpenStore,
  stream: FileStream,
  context: ConnectorContext,
): Promise<LocatedFiles> {
  const ended = new AbortController()
  // What is on its way when nobody needs it any more ends with the rest.
  const signal = context.signal ? AbortSignal.any([context.signal, ended.signal]) : ended.signal
  const { store, path } = open(stream, { ...context, signal })
  const downloads = new Downloads(store, { ...context, signal })
  const dispose = async () => {
    ended.abort()
    await downloads.end()
    await store.close()
  }
  try {
    const found = await look(store, path, stream, context)
    return { files: found.map((file) => downloads.fileOf(file)).sort(oldestFirst), dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

async function look(store: RemoteStore, path: string, stream: FileStream, context: ConnectorContext) {
  // No file at all is no error: files may come later.
  if (isPattern(stream.path)) return store.match(path)
  const isFolder = path.endsWith('/')
  const file = isFolder ? undefined : await store.find(path)
  if (file) return [file]
  throw extractLoadErrors.create('SOURCE_FILE_NOT_FOUND', {
    message: isFolder
      ? `The path of the stream \`${stream.name}\` is a folder: ${store.urlOf(path)}`
      : `There is no file ${store.urlOf(path)} (stream \`${stream.name}\`).`,
    at: placeOf(stream, context),
    hint: `Correct \`path\`. All files of a folder are named by a pattern: path: ${store.urlOf(path).replace(/\/$/, '')}/*.csv`,
  })
}

/** What was fetched of a store and is still here. */
class Downloads {
  readonly #store: RemoteStore
  readonly #context: ConnectorContext
  #folder: Promise<string> | undefined
  #count = 0
  readonly #running = new Set<Promise<unknown>>()

  constructor(store: RemoteStore, context: ConnectorContext) {
    this.#store = store
    this.#context = context
  }

  fileOf(file: RemoteFile): DistantFile {
    const { path, modifiedAt, version, sizeBytes } = file
    return {
      url: this.#store.urlOf(path),
      name: posix.basename(path),
      modifiedAt,
      version,
      sizeBytes,
      probe: async () => {
        const { clock, signal } = this.#context
        const content = await withRetries({ clock, signal }, () => this.#store.open(path))
        await content?.close()
        if (!content) throw gone(this.#store.urlOf(path))
      },
      fetch: () => this.#noted(this.#fetch(file)),
    }
  }

  async end(): Promise<void> {
    await Promise.allSettled(this.#running)
    if (this.#folder !== undefined) await rm(await this.#folder, { recursive: true, force: true })
  }

  #noted<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work)
    const done = () => this.#running.delete(work)
    work.then(done, done)
    return work
  }

  async #fetch({ path, modifiedAt, version }: RemoteFile) {
    this.#folder ??= temporaryFolder('download')
    this.#count++
    // The ending of its name says how it is packed; all of it may be longer than a name of this machine.
    const local = join(
      await this.#folder,
      `${this.#count}-${posix
        .basename(path)
        .slice(-60)
        .replace(/[^\w.-]/g, '_')}`,
    )
    const fetched = await fetchFile(this.#store, path, local, this.#context)
    if (!fetched) throw gone(this.#store.urlOf(path))
    const isAsFound = fetched.version === undefined || fetched.version === version
    return {
      path: fetched.path,
      // Lists tell the time more exactly.
      ...(isAsFound ? { modifiedAt, version } : { modifiedAt: fetched.modifiedAt, version: fetched.version }),
      sizeBytes: (await stat(fetched.path)).size,
      release: () => rm(fetched.path, { force: true }),
    }
  }
}

const gone = (url: string) =>
  extractLoadErrors.create('SOURCE_FILE_NOT_FOUND', {
    message: `${url} was there when the sync began and is gone now.`,
    at: { file: url },
    hint: 'Sync again once whoever moves the files is done. Nothing was loaded.',
  })
