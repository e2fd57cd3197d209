import { type ChildProcess, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { temporaryFolder } from '../../../../base/index.js'
import { type SshLogin, sshArguments } from '../../../ssh/ssh-login.js'
import {
  type Field,
  type FileAttributes,
  NoPacket,
  type Packet,
  PacketStream,
  packetOf,
  packetTypes,
  statusCodes,
} from './packets.js'

export interface FolderEntry extends FileAttributes {
  readonly name: string
  readonly kind: NonNullable<FileAttributes['kind']>
}

/** Why a session is over. */
export class SessionLost extends Error {
  readonly reason: 'no ssh' | 'no files' | 'silent' | 'ended'
  /** Nothing was ever answered. */
  readonly wasNew: boolean

  /** @param words what ssh said last, if it did */
  constructor(reason: SessionLost['reason'], words: string, wasNew: boolean) {
    super(words)
    this.reason = reason
    this.wasNew = wasNew
  }
}

/** What the server answers when it does not do what it is asked for. */
export class Refused extends Error {
  readonly code: number

  constructor(code: number, words: string) {
    super(words)
    this.code = code
  }
}

interface Waiting {
  resolve(packet: Packet): void
  reject(error: unknown): void
}

interface SessionOptions {
  /** How long the server may be silent. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

const readFlag = 1

/**
 * A session with the files of a server, by the ssh of this machine: it knows the servers, keys and ways that its user knows, and ends with
 * this process, however that ends. Many questions may be asked at once.
 */
export class SftpSession {
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #options: SessionOptions
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  #lost: unknown
  #words = ''
  #isNew = true
  #timer: NodeJS.Timeout | undefined

  private constructor(child: ChildProcess, folder: string, options: SessionOptions) {
    this.#child = child
    this.#folder = folder
    this.#options = options
    this.#listen(child)
    options.signal?.addEventListener('abort', this.#abort, { once: true })
    if (options.signal?.aborted) this.#abort()
  }

  /** Whoever opens it closes it. @throws SessionLost */
  static async open(login: SshLogin, options: SessionOptions): Promise<SftpSession> {
    const folder = await temporaryFolder('sftp')
    const { args, server, env } = await sshArguments(login, folder)
    const child = spawn('ssh', [...args, ...quiet, '-s', ...server, 'sftp'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    const session = new SftpSession(child, folder, options)
    try {
      // The one packet without a number.
      await session.#ask(packetOf(packetTypes.init, [3]), greeting)
      return session
    } catch (error) {
      await session.close()
      throw error
    }
  }

  get isLost(): boolean {
    return this.#lost !== undefined
  }

  /** Follows links. Undefined where there is nothing. */
  stat(path: string): Promise<FileAttributes | undefined> {
    return unlessMissing(this.#attributes(packetTypes.stat, path))
  }

  /** Undefined where there is no such folder. */
  async list(path: string): Promise<readonly FolderEntry[] | undefined> {
    const handle = await unlessMissing(this.#handle(packetTypes.opendir, [path]))
    if (!handle) return undefined
    const entries: FolderEntry[] = []
    try {
      for (;;) {
        const { type, body } = await this.#request(packetTypes.readdir, [handle])
        if (type === packetTypes.status && isEnd(body)) return entries
        for (let left = body.number(); left > 0; left--) {
          const name = body.text()
          const line = body.text()
          const attributes = body.attributes()
          if (name !== '.' && name !== '..')
            entries.push({ name, ...attributes, kind: attributes.kind ?? kindInLine(line) })
        }
      }
    } finally {
      this.#closeHandle(handle)
    }
  }

  /** Undefined where there is no such file. */
  async open(path: string): Promise<OpenSftpFile | undefined> {
    const handle = await unlessMissing(this.#handle(packetTypes.open, [path, readFlag, 0]))
    return (
      handle && {
        stat: () => this.#attributes(packetTypes.fstat, handle),
        read: async (from, length) => {
          const { type, body } = await this.#request(packetTypes.read, [handle, BigInt(from), length])
          return type === packetTypes.status && isEnd(body) ? undefined : body.bytes()
        },
        close: () => this.#closeHandle(handle),
      }
    )
  }

  async close(): Promise<void> {
    this.#end(new SessionLost('ended', '', this.#isNew))
    await rm(this.#folder, { recursive: true, force: true })
  }

  readonly #abort = () => this.#end(this.#options.signal?.reason)

  #listen(child: ChildProcess): void {
    const { stdin, stdout, stderr } = child
    if (!stdin || !stdout || !stderr) return
    const packets = new PacketStream()
    stdout.on('data', (chunk: Buffer) => {
      this.#timer?.refresh()
      try {
        for (const packet of packets.add(chunk)) this.#answer(packet)
      } catch (error) {
        const isOther = error instanceof NoPacket || error instanceof RangeError
        this.#end(isOther ? new SessionLost('no files', '', this.#isNew) : error)
      }
    })
    for (const stream of [stdin, stdout]) stream.on('error', () => {})
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#words = text.trim().split(/\r?\n/).at(-1) || this.#words
    })
    child.on('error', (error: NodeJS.ErrnoException) =>
      this.#end(new SessionLost(error.code === 'ENOENT' ? 'no ssh' : 'ended', error.message, this.#isNew)),
    )
    child.on('close', () => this.#end(new SessionLost('ended', this.#words, this.#isNew)))
  }

  #answer({ type, body }: Packet): void {
    const id = type === packetTypes.version ? greeting : body.number()
    this.#isNew = false
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (this.#waiting.size === 0) clearTimeout(this.#timer)
    waiting?.resolve({ type, body })
  }

  #end(reason: unknown): void {
    if (this.#lost !== undefined) return
    this.#lost = reason
    clearTimeout(this.#timer)
    this.#options.signal?.removeEventListener('abort', this.#abort)
    this.#child.kill()
    for (const { reject } of this.#waiting.values()) reject(reason)
    this.#waiting.clear()
  }

  async #request(type: number, fields: readonly Field[]): Promise<Packet> {
    this.#lastId++
    return this.#ask(packetOf(type, [this.#lastId, ...fields]), this.#lastId)
  }

  #ask(packet: Buffer, id: number): Promise<Packet> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost)
    if (this.#waiting.size === 0)
      this.#timer = setTimeout(() => this.#end(new SessionLost('silent', '', this.#isNew)), this.#options.timeoutMs)
    const answered = new Promise<Packet>((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    this.#child.stdin?.write(packet)
    return answered
  }

  async #attributes(type: number, of: string | Buffer): Promise<FileAttributes> {
    const answer = await this.#request(type, [of])
    return expected(answer, packetTypes.attributes).attributes()
  }

  async #handle(type: number, fields: readonly Field[]): Promise<Buffer> {
    return expected(await this.#request(type, fields), packetTypes.handle).bytes()
  }

  /** Nobody waits for it; where the session is lost the handle is, too. */
  #closeHandle(handle: Buffer): void {
    if (!this.isLost) this.#request(packetTypes.close, [handle]).catch(() => {})
  }
}

export interface OpenSftpFile {
  stat(): Promise<FileAttributes>
  /** What is there of a part, which may be less than was asked for; undefined behind the end. */
  read(from: number, length: number): Promise<Buffer | undefined>
  close(): void
}

/** What waits for the server's version, which has no number. */
const greeting = 0

/** Whatever the user of this machine has set up for working on servers. */
const quiet = [
  'ForwardAgent=no',
  'ForwardX11=no',
  'ClearAllForwardings=yes',
  'PermitLocalCommand=no',
  'LogLevel=ERROR',
].flatMap((option) => ['-o', option])

/** @throws Refused */
function expected({ type, body }: Packet, wanted: number): Packet['body'] {
  if (type === wanted) return body
  if (type === packetTypes.status) throw refusal(body)
  throw new RangeError(`a packet of type ${type} came for one of type ${wanted}`)
}

function refusal(body: Packet['body']): Refused {
  const code = body.number()
  return new Refused(code, body.isAtEnd ? `error ${code}` : body.text())
}

/** @throws Refused where the status is another one */
function isEnd(body: Packet['body']): true {
  const refused = refusal(body)
  if (refused.code === statusCodes.endOfFile) return true
  throw refused
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Refused && error.code === statusCodes.noSuchFile) return undefined
    throw error
  }
}

/** Servers that tell no mode tell a line of `ls -l`. */
const kindInLine = (line: string): FolderEntry['kind'] =>
  line.startsWith('d') ? 'folder' : line.startsWith('l') ? 'link' : line.startsWith('-') ? 'file' : 'other'
