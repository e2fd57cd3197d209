import {
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { byte, type Keys, mpint, PacketReader, PacketWriter, Reader, sha256, ssh, written } from './ssh-wire.js'

/** Who may log in. */
export interface SshUser {
  readonly name: string
  readonly password: string
  /** `ssh-ed25519 AAAA…`, as OpenSSH writes public keys. */
  readonly publicKey: string
}

/** A program that a client runs on the server. */
export interface Subsystem {
  onData(bytes: Buffer): void
}

export interface Channel {
  send(bytes: Buffer): void
  /** The connection breaks. */
  destroy(): void
}

interface SshServerOptions {
  readonly user: SshUser
  readonly subsystems: Readonly<Record<string, (channel: Channel) => Subsystem>>
}

const serverVersion = 'SSH-2.0-tests'
const windowBytes = 1 << 30
/** The last 32 bytes of a public key of these kinds are the key itself. */
const rawKey = (key: KeyObject) => key.export({ type: 'spki', format: 'der' }).subarray(-32)
const publicKeyOf = (curve: 'Ed25519' | 'X25519', raw: Buffer) =>
  createPublicKey({ key: { kty: 'OKP', crv: curve, x: raw.toString('base64url') }, format: 'jwk' })

/**
 * A server of SSH for the `ssh` of this machine, where no sshd is installed: version 2, curve25519-sha256, ssh-ed25519, aes128-ctr, hmac-sha2-256,
 * logins by password and by key, subsystems.
 */
export class SshServer {
  /** Drops so many connections before the first word. */
  dropNext = 0
  readonly #options: SshServerOptions
  #hostKey: HostKey = generateKeyPairSync('ed25519')
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((socket) => {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {})
    if (this.dropNext > 0) {
      this.dropNext--
      socket.destroy()
    } else new Connection(socket, this.#options, this.#hostKey)
  })

  private constructor(options: SshServerOptions) {
    this.#options = options
  }

  static async start(options: SshServerOptions): Promise<SshServer> {
    const server = new SshServer(options)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** From now on the server is another one, as far as anybody can tell. */
  changeHostKey(): void {
    this.#hostKey = generateKeyPairSync('ed25519')
  }

  async stop(): Promise<void> {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}

interface HostKey {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

class Connection {
  readonly #socket: Socket
  readonly #options: SshServerOptions
  readonly #hostKey: HostKey
  readonly #reader = new PacketReader()
  readonly #writer = new PacketWriter()
  readonly #ownKexInit: Buffer
  #line = Buffer.alloc(0)
  #clientVersion: string | undefined
  #clientKexInit = Buffer.alloc(0)
  #session = Buffer.alloc(0)
  #keys: { readonly ofClient: Keys; readonly ofServer: Keys } | undefined
  #subsystem: Subsystem | undefined
  #remoteChannel = 0
  #window = 0
  #waiting: Buffer[] = []

  constructor(socket: Socket, options: SshServerOptions, hostKey: HostKey) {
    this.#socket = socket
    this.#options = options
    this.#hostKey = hostKey
    const lists = [
      'curve25519-sha256',
      'ssh-ed25519',
      ...Array(2).fill('aes128-ctr'),
      ...Array(2).fill('hmac-sha2-256'),
    ]
    this.#ownKexInit = Buffer.concat([
      Buffer.from([ssh.kexInit]),
      randomBytes(16),
      written(...lists, 'none', 'none', '', '', byte(0), 0),
    ])
    socket.write(`${serverVersion}\r\n`)
    this.#send(this.#ownKexInit)
    socket.on('data', (chunk: Buffer) => {
      try {
        this.#take(chunk)
      } catch {
        socket.destroy()
      }
    })
  }

  #send(payload: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(this.#writer.packet(payload))
  }

  #take(chunk: Buffer): void {
    if (this.#clientVersion === undefined) {
      this.#line = Buffer.concat([this.#line, chunk])
      const end = this.#line.indexOf('\n')
      if (end < 0) return
      this.#clientVersion = this.#line.subarray(0, end).toString().trimEnd()
      this.#reader.add(this.#line.subarray(end + 1))
    } else this.#reader.add(chunk)
    for (let payload = this.#reader.next(); payload; payload = this.#reader.next())
      for (const answer of this.#receive(payload[0] as number, new Reader(payload.subarray(1)), payload))
        this.#send(answer)
  }

  /** What is answered. */
  #receive(type: number, packet: Reader, payload: Buffer): readonly Buffer[] {
    switch (type) {
      case ssh.kexInit:
        this.#clientKexInit = Buffer.from(payload)
        return []
      case ssh.ecdhInit:
        this.#exchangeKeys(packet.bytes())
        return []
      case ssh.newKeys:
        if (this.#keys) this.#reader.setKeys(this.#keys.ofClient)
        return []
      case ssh.serviceRequest:
        return [written(byte(ssh.serviceAccept), packet.bytes())]
      case ssh.authRequest:
        return [this.#logIn(packet)]
      case ssh.globalRequest:
        packet.bytes()
        return packet.byte() === 1 ? [Buffer.from([ssh.requestFailure])] : []
      case ssh.channelOpen:
        return [this.#openChannel(packet)]
      case ssh.channelRequest:
        return this.#request(packet)
      case ssh.windowAdjust:
        packet.number()
        this.#window += packet.number()
        this.#flush()
        return []
      case ssh.channelData:
        packet.number()
        this.#subsystem?.onData(packet.bytes())
        return []
      case ssh.channelEof:
      case ssh.channelClose:
      case ssh.disconnect:
        this.#socket.end()
    }
    return []
  }

  #exchangeKeys(clientKey: Buffer): void {
    const own = generateKeyPairSync('x25519')
    const secret = diffieHellman({ privateKey: own.privateKey, publicKey: publicKeyOf('X25519', clientKey) })
    const shared = mpint(secret)
    const hostKey = written('ssh-ed25519', rawKey(this.#hostKey.publicKey))
    const ownKey = rawKey(own.publicKey)
    const said = written(this.#clientVersion ?? '', serverVersion, this.#clientKexInit, this.#ownKexInit)
    const hash = sha256(said, written(hostKey, clientKey, ownKey), shared)
    if (this.#session.length === 0) this.#session = hash
    const signature = written('ssh-ed25519', sign(null, hash, this.#hostKey.privateKey))
    this.#send(written(byte(ssh.ecdhReply), hostKey, ownKey, signature))
    this.#send(Buffer.from([ssh.newKeys]))
    const derived = (letter: string) => sha256(shared, hash, Buffer.from(letter), this.#session)
    const keysOf = ([iv, key, mac]: readonly string[]): Keys => ({
      iv: derived(iv ?? ''),
      key: derived(key ?? ''),
      mac: derived(mac ?? ''),
    })
    this.#keys = { ofClient: keysOf(['A', 'C', 'E']), ofServer: keysOf(['B', 'D', 'F']) }
    this.#writer.setKeys(this.#keys.ofServer)
  }

  #logIn(packet: Reader): Buffer {
    const { user } = this.#options
    const success = Buffer.from([ssh.authSuccess])
    const [name, service, method] = [packet.text(), packet.text(), packet.text()]
    const flag = method === 'none' ? 0 : packet.byte()
    if (name === user.name && method === 'password' && packet.text() === user.password) return success
    if (name === user.name && method === 'publickey') {
      const [algorithm, blob] = [packet.text(), packet.bytes()]
      const isRight = blob.equals(Buffer.from(user.publicKey.split(' ')[1] ?? '', 'base64'))
      if (isRight && flag === 0) return written(byte(ssh.keyIsKnown), algorithm, blob)
      const signature = isRight ? new Reader(packet.bytes()) : undefined
      signature?.bytes()
      const head = written(this.#session, byte(ssh.authRequest), name, service, method, byte(1), algorithm, blob)
      if (signature && verify(null, head, publicKeyOf('Ed25519', blob.subarray(-32)), signature.bytes())) return success
    }
    return written(byte(ssh.authFailure), 'publickey,password', byte(0))
  }

  #openChannel(packet: Reader): Buffer {
    packet.bytes()
    this.#remoteChannel = packet.number()
    this.#window = packet.number()
    return written(byte(ssh.channelConfirmation), this.#remoteChannel, 0, windowBytes, 32_768)
  }

  #request(packet: Reader): readonly Buffer[] {
    packet.number()
    const [type, wantsReply] = [packet.text(), packet.byte() === 1]
    const start = type === 'subsystem' ? this.#options.subsystems[packet.text()] : undefined
    if (start)
      this.#subsystem = start({
        send: (bytes) => {
          this.#waiting.push(bytes)
          this.#flush()
        },
        destroy: () => this.#socket.destroy(),
      })
    return wantsReply ? [written(byte(start ? ssh.channelSuccess : ssh.channelFailure), this.#remoteChannel)] : []
  }

  /** Sends what the other side has room for. */
  #flush(): void {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const part = next.subarray(0, Math.min(this.#window, 32_000))
      if (part.length < next.length) this.#waiting.unshift(next.subarray(part.length))
      if (part.length === 0) return
      this.#window -= part.length
      this.#send(written(byte(ssh.channelData), this.#remoteChannel, part))
    }
  }
}
