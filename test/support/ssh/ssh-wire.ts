import {
  type Cipher,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  type Decipher,
  randomBytes,
} from 'node:crypto'

export const ssh = {
  disconnect: 1,
  serviceRequest: 5,
  serviceAccept: 6,
  kexInit: 20,
  newKeys: 21,
  ecdhInit: 30,
  ecdhReply: 31,
  authRequest: 50,
  authFailure: 51,
  authSuccess: 52,
  keyIsKnown: 60,
  globalRequest: 80,
  requestFailure: 82,
  channelOpen: 90,
  channelConfirmation: 91,
  windowAdjust: 93,
  channelData: 94,
  channelEof: 96,
  channelClose: 97,
  channelRequest: 98,
  channelSuccess: 99,
  channelFailure: 100,
} as const

export type Value = number | string | Buffer | { readonly byte: number } | { readonly raw: Buffer }

/** Puts values together as SSH writes them: numbers of 32 bits, texts and bytes with their length, single bytes as `byte(…)`. */
export const written = (...values: readonly Value[]): Buffer =>
  Buffer.concat(
    values.map((value) => {
      if (typeof value === 'object' && 'byte' in value) return Buffer.from([value.byte])
      if (typeof value === 'object' && 'raw' in value) return value.raw
      const head = Buffer.alloc(4)
      if (typeof value === 'number') {
        head.writeUInt32BE(value)
        return head
      }
      const bytes = Buffer.from(value as string)
      head.writeUInt32BE(bytes.length)
      return Buffer.concat([head, bytes])
    }),
  )
export const byte = (value: number) => ({ byte: value })

export class Reader {
  readonly #bytes: Buffer
  #at = 0
  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }
  byte(): number {
    this.#at++
    return this.#bytes[this.#at - 1] as number
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
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
  text(): string {
    return this.bytes().toString()
  }
}

/** A whole number of any length, which must not look negative. */
export function mpint(bytes: Buffer): Buffer {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const plain = bytes.subarray(start)
  return written((plain[0] as number) & 0x80 ? Buffer.concat([Buffer.from([0]), plain]) : plain)
}

export const sha256 = (...parts: readonly Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()

const blockBytes = 16
const macBytes = 32

export interface Keys {
  readonly iv: Buffer
  readonly key: Buffer
  readonly mac: Buffer
}

/** Writes packets, encrypted once there are keys (aes128-ctr, hmac-sha2-256). */
export class PacketWriter {
  #number = 0
  #cipher: Cipher | undefined
  #mac: Buffer | undefined

  setKeys({ iv, key, mac }: Keys): void {
    this.#cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), iv.subarray(0, 16))
    this.#mac = mac
  }

  packet(payload: Buffer): Buffer {
    const padding = blockBytes - ((5 + payload.length) % blockBytes)
    const paddingBytes = padding < 4 ? padding + blockBytes : padding
    const plain = Buffer.concat([
      written(1 + payload.length + paddingBytes, byte(paddingBytes)),
      payload,
      randomBytes(paddingBytes),
    ])
    const number = this.#number
    this.#number++
    if (!this.#cipher || !this.#mac) return plain
    const mac = createHmac('sha256', this.#mac).update(written(number)).update(plain).digest()
    return Buffer.concat([this.#cipher.update(plain), mac])
  }
}

/** Reads packets, decrypted once there are keys. */
export class PacketReader {
  #number = 0
  #bytes = Buffer.alloc(0)
  /** The beginning of a packet that is not all there, decrypted. */
  #head: Buffer | undefined
  #decipher: Decipher | undefined
  #mac: Buffer | undefined

  setKeys({ iv, key, mac }: Keys): void {
    this.#decipher = createDecipheriv('aes-128-ctr', key.subarray(0, 16), iv.subarray(0, 16))
    this.#mac = mac
  }

  add(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
  }

  /** The next payload; undefined until all of it is there. */
  next(): Buffer | undefined {
    if (!this.#head) {
      if (this.#bytes.length < blockBytes) return undefined
      const first = this.#bytes.subarray(0, blockBytes)
      this.#head = this.#decipher ? this.#decipher.update(first) : Buffer.from(first)
    }
    const length = 4 + this.#head.readUInt32BE(0)
    const macLength = this.#mac ? macBytes : 0
    if (this.#bytes.length < length + macLength) return undefined
    const rest = this.#bytes.subarray(blockBytes, length)
    const plain = Buffer.concat([this.#head, this.#decipher ? this.#decipher.update(rest) : rest])
    if (this.#mac) {
      const sent = this.#bytes.subarray(length, length + macLength)
      const mac = createHmac('sha256', this.#mac).update(written(this.#number)).update(plain).digest()
      if (!mac.equals(sent)) throw new Error('a packet was changed on its way')
    }
    this.#bytes = this.#bytes.subarray(length + macLength)
    this.#head = undefined
    this.#number++
    return plain.subarray(5, length - (plain[4] as number))
  }
}
