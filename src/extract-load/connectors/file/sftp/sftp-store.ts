import { resolve } from 'node:path'
import { withRetries } from '../../../remote-files/with-retries.js'
import type { SshLogin } from '../../../ssh/ssh-login.js'
import type { ConnectorContext } from '../../connector.js'
import { type ServerAddress, serverAddress } from '../address.js'
import { type FileStream, readConfig, timeoutMsOf } from '../config.js'
import { type FileTree, globTree } from '../glob.js'
import { remoteError } from '../remote/remote-error.js'
import type { OpenedStore, RemoteContent, RemoteFile, RemoteStore, Rest } from '../remote/remote-store.js'
import type { FileAttributes } from './packets.js'
import { readInParts } from './read-in-parts.js'
import { type FolderEntry, SessionLost, SftpSession } from './session.js'
import { sessionProblem } from './session-problem.js'

/** The files of a server that is logged in to by SSH. */
export function openSftpStore(stream: FileStream, context: ConnectorContext): OpenedStore {
  const address = serverAddress(stream.path) as ServerAddress
  const { sftp = {} } = readConfig(context.config, context.file)
  const login: SshLogin = {
    host: address.host,
    port: address.port,
    user: address.user ?? sftp.username,
    knownHosts: sftp.known_hosts && resolve(context.projectDir, sftp.known_hosts),
    password: sftp.password,
    privateKey: sftp.private_key,
  }
  const host = `${address.host.includes(':') ? `[${address.host}]` : address.host}${address.port === undefined ? '' : `:${address.port}`}`
  // `~` is the folder of the user, where paths begin that do not begin with `/`.
  const urlOf = (path: string) => `sftp://${host}${path.startsWith('/') ? path : `/~/${path}`}`
  const path = address.path.replace(/^\/~\//, '')
  return { store: new SftpStore(login, urlOf, stream, context), path }
}

class SftpStore implements RemoteStore {
  readonly #login: SshLogin
  readonly urlOf: RemoteStore['urlOf']
  readonly #stream: FileStream
  readonly #context: ConnectorContext
  #opening: Promise<SftpSession> | undefined
  readonly #lost: Promise<void>[] = []

  constructor(login: SshLogin, urlOf: RemoteStore['urlOf'], stream: FileStream, context: ConnectorContext) {
    this.#login = login
    this.urlOf = urlOf
    this.#stream = stream
    this.#context = context
  }

  async find(path: string): Promise<RemoteFile | undefined> {
    const found = await withRetries(this.#context, () => this.#using(path, (session) => session.stat(path)))
    return found && (found.kind ?? 'file') === 'file' ? fileOf(path, found) : undefined
  }

  async match(pattern: string): Promise<readonly RemoteFile[]> {
    const found = await withRetries(this.#context, () =>
      this.#using(pattern, (session) => globTree(treeOf(session), pattern)),
    )
    return [...found].map(([path, entry]) => fileOf(path, entry))
  }

  open(path: string, rest?: Rest): Promise<RemoteContent | undefined> {
    return this.#using(path, async (session) => {
      const file = await session.open(path)
      if (!file) return undefined
      const { modifiedAt, sizeBytes } = await file.stat()
      const version = versionOf({ modifiedAt, sizeBytes })
      const from = rest?.version === version ? rest.from : 0
      return {
        modifiedAt,
        version,
        from,
        isUnpacked: false,
        body: () => this.#explained(path, readInParts(file, from, sizeBytes)),
        isStillTheSame: () => this.#using(path, async () => versionOf(await file.stat()) === version),
        close: async () => file.close(),
      }
    })
  }

  async close(): Promise<void> {
    this.#forget(this.#opening)
    await Promise.all(this.#lost)
  }

  /** Uses the session that is open; where there is none, or the last one was lost, a new one. */
  async #using<T>(path: string, work: (session: SftpSession) => Promise<T>): Promise<T> {
    this.#opening ??= SftpSession.open(this.#login, {
      timeoutMs: timeoutMsOf(this.#stream),
      signal: this.#context.signal,
    })
    const opening = this.#opening
    try {
      return await work(await opening)
    } catch (error) {
      throw this.#problem(error, path, opening)
    }
  }

  async *#explained(path: string, parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const opening = this.#opening
    try {
      yield* parts
    } catch (error) {
      throw this.#problem(error, path, opening)
    }
  }

  #problem(error: unknown, path: string, opening: Promise<SftpSession> | undefined): unknown {
    if (error instanceof SessionLost) this.#forget(opening)
    if (this.#context.signal?.aborted) return error
    const problem = sessionProblem(error, timeoutMsOf(this.#stream))
    return problem ? remoteError(this.urlOf(path), problem, this.#stream, this.#context) : error
  }

  #forget(opening: Promise<SftpSession> | undefined): void {
    if (opening === undefined || opening !== this.#opening) return
    this.#opening = undefined
    this.#lost.push(
      opening.then(
        (session) => session.close(),
        () => {},
      ),
    )
  }
}

const treeOf = (session: SftpSession): FileTree<FolderEntry> => ({
  entries: async (folder) => (await session.list(folder === '' ? '.' : folder)) ?? [],
  async stat(path) {
    const found = await session.stat(path)
    return found && { ...found, name: path, kind: found.kind ?? 'file' }
  },
})

type Stamp = Pick<FileAttributes, 'modifiedAt' | 'sizeBytes'>

const fileOf = (path: string, { modifiedAt, sizeBytes }: Stamp): RemoteFile => ({
  path,
  modifiedAt,
  sizeBytes,
  version: versionOf({ modifiedAt, sizeBytes }),
})

const versionOf = ({ modifiedAt, sizeBytes }: Stamp) => `${modifiedAt.toISOString()} ${sizeBytes}`
