/**
 * Version 3 of the SSH File Transfer Protocol, as every server speaks it, as far as files are read.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-secsh-filexfer-02
 */
export const packetTypes = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  fstat: 8,
  opendir: 11,
  readdir: 12,
  stat: 17,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attributes: 105,
} as const

export const statusCodes = { ok: 0, endOfFile: 1, noSuchFile: 2, permissionDenied: 3 } as const

/** A packet as it was received, with its type and what follows. */
export interface Packet {
  readonly type: number
  readonly body: PacketReader
}

export interface FileAttributes {
  readonly sizeBytes: number
  readonly modifiedAt: Date
  /** Undefined where the server does not say. */
  readonly kind: 'file' | 'folder' | 'link' | 'other' | undefined
}

/** Takes values off a packet. @throws RangeError where it is shorter than they are */
export class PacketReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  number(): number {
    this.#at += 4
    return this.#bytes.readUInt32BE(this.#at - 4)
  }

  long(): number {
    this.#at += 8
    return Number(this.#bytes.readBigUInt64BE(this.#at - 8))
  }

  bytes(): Buffer {
    const length = this.number()
    if (this.#at + length > this.#bytes.length) throw new RangeError('a text is longer than its packet')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  text(): string {
    return this.bytes().toString('utf8')
  }

  attributes(): FileAttributes {
    const flags = this.number()
    const sizeBytes = flags & 1 ? this.long() : 0
    if (flags & 2) this.#at += 8
    const mode = flags & 4 ? this.number() : undefined
    let modifiedSeconds = 0
    if (flags & 8) {
      this.number()
      modifiedSeconds = this.number()
    }
    // Pairs of texts, which others may understand.
    if (flags & 0x8000_0000) for (let left = this.number(); left > 0; left--) for (const _ of [1, 2]) this.bytes()
    return {
      sizeBytes,
      modifiedAt: new Date(modifiedSeconds * 1000),
      kind: mode === undefined ? undefined : kindOf(mode),
    }
  }
}

/** By the first digits of a mode as Unix has it: 0o100000, 0o040000, 0o120000. */
const kinds: Readonly<Record<number, 'file' | 'folder' | 'link'>> = { 8: 'file', 4: 'folder', 10: 'link' }

const kindOf = (mode: number) => kinds[mode >> 12] ?? 'other'

/** A number of 32 bits, one of 64, a text or bytes, as they stand in a packet. */
export type Field = number | bigint | string | Buffer

export function packetOf(type: number, fields: readonly Field[]): Buffer {
  const body = fields.map(bytesOf)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(1 + body.reduce((sum, { length }) => sum + length, 0))
  head[4] = type
  return Buffer.concat([head, ...body])
}

function bytesOf(field: Field): Buffer {
  const bytes = Buffer.alloc(typeof field === 'bigint' ? 8 : 4)
  if (typeof field === 'bigint') bytes.writeBigUInt64BE(field)
  else if (typeof field === 'number') bytes.writeUInt32BE(field)
  else {
    const content = typeof field === 'string' ? Buffer.from(field) : field
    bytes.writeUInt32BE(content.length)
    return Buffer.concat([bytes, content])
  }
  return bytes
}

/** What came is no packet: something else than a server of files answers. */
export class NoPacket extends Error {}

const longestPacket = 1024 * 1024

/** Cuts what comes into packets. */
export class PacketStream {
  #chunks: Buffer[] = []
  #bytes = 0

  #peek(length: number): Buffer {
    const [first] = this.#chunks
    if (first && first.length >= length) return first
    this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0] as Buffer
  }

  #take(length: number): Buffer {
    const [first] = this.#chunks
    const all = first && first.length >= length ? first : Buffer.concat(this.#chunks)
    const rest = all === first ? this.#chunks.slice(1) : []
    this.#chunks = all.length > length ? [all.subarray(length), ...rest] : rest
    this.#bytes -= length
    return all.subarray(0, length)
  }

  /** @throws NoPacket */
  *add(chunk: Buffer): Generator<Packet> {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    for (;;) {
      const length = this.#bytes < 5 ? undefined : this.#peek(4).readUInt32BE(0)
      if (length === undefined) return
      if (length === 0 || length > longestPacket) throw new NoPacket()
      if (this.#bytes < 4 + length) return
      const packet = this.#take(4 + length)
      yield { type: packet[4] as number, body: new PacketReader(packet.subarray(5)) }
    }
  }
}
