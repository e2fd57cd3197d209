import type { Break, OnRead } from '../broken-answers.js'
import type { Channel, Subsystem } from './ssh-server.js'
import { byte, Reader, type Value, written } from './ssh-wire.js'

interface StoredFile {
  readonly content: Buffer
  readonly modifiedAt: Date
}

const [init, open, close, read, lstat, fstat, opendir, readdir, realpath, stat] = [
  1, 3, 4, 5, 7, 8, 11, 12, 16, 17,
] as const
const [version, status, handleAnswer, data, names, attributes] = [2, 101, 102, 103, 104, 105] as const
const [endOfFile, noSuchFile, permissionDenied, failure] = [1, 2, 3, 4] as const
const [fileMode, linkMode, folderMode] = [0o100644, 0o120777, 0o040755] as const

const packetOf = (type: number, ...values: readonly Value[]) => written(byte(type), ...values)

/** The folder of the user who logs in. */
export const home = '/home/reader'

/** Files in memory, as a server gives them by SFTP. It gives at most 5000 bytes and two names at a time. */
export class SftpFiles {
  readonly files = new Map<string, StoredFile>()
  /** Other paths that lead to files and folders. */
  readonly links = new Map<string, string>()
  /** What nobody may read. */
  readonly forbidden = new Set<string>()
  /** What was asked for: `open /in/a.csv`. */
  readonly calls: string[] = []
  /** Is told of each file that somebody wants to read. */
  onRead: OnRead | undefined
  /** Is told whenever a part of a file is read. */
  onPart: ((path: string) => void) | undefined
  /** What it says first, instead of SFTP. */
  banner: string | undefined

  put(path: string, content: string | Buffer, modifiedAt = new Date('2024-01-01T00:00:00Z')): void {
    this.files.set(path, { content: Buffer.from(content), modifiedAt })
  }

  subsystem = (channel: Channel): Subsystem => new FileSession(this, channel)
}

interface OpenHandle {
  readonly path: string
  /** Names that were not listed yet. */
  names?: string[]
  readonly broken?: Break | undefined
}

class FileSession implements Subsystem {
  readonly #store: SftpFiles
  readonly #channel: Channel
  readonly #handles = new Map<string, OpenHandle>()
  #bytes = Buffer.alloc(0)
  #opened = 0

  constructor(store: SftpFiles, channel: Channel) {
    this.#store = store
    this.#channel = channel
    if (store.banner !== undefined) channel.send(Buffer.from(store.banner))
  }

  onData(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    while (this.#bytes.length >= 4 && this.#bytes.length >= 4 + this.#bytes.readUInt32BE(0)) {
      const length = 4 + this.#bytes.readUInt32BE(0)
      const packet = this.#bytes.subarray(4, length)
      this.#bytes = this.#bytes.subarray(length)
      const answer = this.#answer(packet[0] as number, new Reader(packet.subarray(1)))
      if (answer) this.#channel.send(written(answer))
    }
  }

  #status(id: number, code: number): Buffer {
    return packetOf(status, id, code, code === permissionDenied ? 'Permission denied' : 'Failure', 'en')
  }

  #answer(type: number, packet: Reader): Buffer | undefined {
    if (type === init) return packetOf(version, 3)
    const id = packet.number()
    if (type === read) return this.#read(id, packet.text(), packet.long(), packet.number())
    if (type === close) {
      this.#handles.delete(packet.text())
      return this.#status(id, 0)
    }
    const name = packet.text()
    if (type === readdir) return this.#readFolder(id, name)
    const path = type === fstat ? (this.#handles.get(name)?.path ?? '') : this.#pathOf(name)
    if (this.#store.forbidden.has(path)) return this.#status(id, permissionDenied)
    if (type === stat || type === fstat || type === lstat) {
      const found = this.#attributesOf(path)
      return found ? packetOf(attributes, id, { raw: found }) : this.#status(id, noSuchFile)
    }
    if (type === realpath) return packetOf(names, id, 1, path, path, 0)
    if (type === opendir) return this.#openFolder(id, path)
    if (type === open) return this.#open(id, path)
    return this.#status(id, failure)
  }

  #pathOf(name: string): string {
    const path = (name.startsWith('/') ? name : `${home}/${name}`).replace(/\/\.$/, '').replace(/(.)\/$/, '$1')
    for (const [link, target] of this.#store.links)
      if (path === link || path.startsWith(`${link}/`)) return `${target}${path.slice(link.length)}`
    return path
  }

  #handle(path: string, rest: Omit<OpenHandle, 'path'>): string {
    this.#opened++
    this.#handles.set(`h${this.#opened}`, { path, ...rest })
    return `h${this.#opened}`
  }

  #open(id: number, path: string): Buffer {
    this.#store.calls.push(`open ${path}`)
    const broken = this.#store.onRead?.(path)
    if (!this.#store.files.has(path)) return this.#status(id, noSuchFile)
    return packetOf(handleAnswer, id, this.#handle(path, { broken }))
  }

  #read(id: number, handle: string, from: number, length: number): Buffer | undefined {
    const { path = '', broken } = this.#handles.get(handle) ?? {}
    this.#store.onPart?.(path)
    const content = this.#store.files.get(path)?.content
    const part = content?.subarray(from, from + Math.min(length, 5000))
    if (!part || part.length === 0) return this.#status(id, endOfFile)
    if (broken && from >= broken.afterBytes) {
      if (!broken.isSilent) this.#channel.destroy()
      return undefined
    }
    return packetOf(data, id, part)
  }

  #openFolder(id: number, path: string): Buffer {
    this.#store.calls.push(`list ${path}`)
    const below = path === '/' ? '/' : `${path}/`
    const all = [...this.#store.files.keys(), ...this.#store.links.keys()].filter((one) => one.startsWith(below))
    if (all.length === 0) return this.#status(id, noSuchFile)
    const found = new Set(all.map((one) => one.slice(below.length).split('/')[0] ?? ''))
    return packetOf(handleAnswer, id, this.#handle(path, { names: ['.', '..', ...found] }))
  }

  #readFolder(id: number, name: string): Buffer {
    const handle = this.#handles.get(name)
    const some = handle?.names?.splice(0, 2) ?? []
    if (some.length === 0) return this.#status(id, endOfFile)
    const entries = some.map((one) => {
      const path = `${handle?.path === '/' ? '' : handle?.path}/${one}`
      const isLink = this.#store.links.has(path)
      const found = isLink ? written(4, linkMode) : (this.#attributesOf(path) ?? written(4, folderMode))
      return Buffer.concat([written(one, `a line of ${one}`), found])
    })
    return packetOf(names, id, entries.length, { raw: Buffer.concat(entries) })
  }

  #attributesOf(path: string): Buffer | undefined {
    const file = this.#store.files.get(path)
    const isFolder = [...this.#store.files.keys()].some((one) => one.startsWith(`${path === '/' ? '' : path}/`))
    if (!file && !isFolder) return undefined
    const seconds = Math.floor((file?.modifiedAt.getTime() ?? 0) / 1000)
    const size = Buffer.alloc(8)
    size.writeBigUInt64BE(BigInt(file?.content.length ?? 4096))
    return Buffer.concat([
      written(1 | 2 | 4 | 8),
      size,
      written(1000, 1000, file ? fileMode : folderMode, seconds, seconds),
    ])
  }
}
