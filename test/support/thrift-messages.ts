/** A message of Thrift's binary protocol, as far as a server that plays one needs to read it: https://thrift.apache.org/docs/idl */
export interface ThriftMessage {
  readonly name: string
  readonly sequence: number
  /** The arguments, or the answer: by the numbers of the fields. */
  readonly fields: ThriftFields
  /** The whole message, and what stands behind its head. */
  readonly bytes: Buffer
  readonly body: Buffer
}
export type ThriftValue = number | bigint | Buffer | ThriftFields | readonly ThriftValue[]
export type ThriftFields = ReadonlyMap<number, ThriftValue>

const [callType, replyType] = [1, 2]
const strictVersion = 0x80010000

/** The message that a buffer begins with; undefined when its end has not come yet. */
export function readMessage(buffer: Buffer): ThriftMessage | undefined {
  const reader = new Reader(buffer)
  try {
    reader.int(4)
    const name = reader.bytes().toString()
    const sequence = reader.int(4)
    const start = reader.at
    const fields = reader.struct()
    return { name, sequence, fields, bytes: buffer.subarray(0, reader.at), body: buffer.subarray(start, reader.at) }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

class Reader {
  readonly #buffer: Buffer
  at = 0
  constructor(buffer: Buffer) {
    this.#buffer = buffer
  }

  int(size: 1 | 2 | 4): number {
    const value = this.#buffer.readIntBE(this.at, size)
    this.at += size
    return value
  }
  bytes(): Buffer {
    const size = this.int(4)
    if (this.at + size > this.#buffer.length) throw new RangeError('more is to come')
    const value = this.#buffer.subarray(this.at, this.at + size)
    this.at += size
    return value
  }
  struct(): ThriftFields {
    const fields = new Map<number, ThriftValue>()
    for (let type = this.int(1); type !== 0; type = this.int(1)) {
      const id = this.int(2)
      fields.set(id, this.#value(type))
    }
    return fields
  }
  #value(type: number): ThriftValue {
    switch (type) {
      case 2:
      case 3:
        return this.int(1)
      case 6:
        return this.int(2)
      case 8:
        return this.int(4)
      case 4:
      case 10: {
        const value = this.#buffer.readBigInt64BE(this.at)
        this.at += 8
        return value
      }
      case 11:
        return this.bytes()
      case 12:
        return this.struct()
      case 13: {
        const [key, value, size] = [this.int(1), this.int(1), this.int(4)]
        return Array.from({ length: size * 2 }, (_, i) => this.#value(i % 2 === 0 ? key : value))
      }
      case 14:
      case 15: {
        const [item, size] = [this.int(1), this.int(4)]
        return Array.from({ length: size }, () => this.#value(item))
      }
    }
    throw new Error(`There is no type ${type} of Thrift's.`)
  }
}

/** The answer to a call. @param body as `success`, in the field 0 */
export function reply(call: Pick<ThriftMessage, 'name' | 'sequence'>, body: Buffer): Buffer {
  const name = Buffer.from(call.name)
  const head = Buffer.alloc(12 + name.length)
  head.writeUInt32BE((strictVersion | replyType) >>> 0, 0)
  head.writeUInt32BE(name.length, 4)
  name.copy(head, 8)
  head.writeInt32BE(call.sequence, 8 + name.length)
  return Buffer.concat([head, body])
}
export const isCall = (bytes: Buffer) => bytes.readUInt32BE(0) === (strictVersion | callType) >>> 0

/** A struct of fields with numbers, texts and structs. */
export function struct(fields: readonly (readonly [id: number, value: number | string | Buffer])[]): Buffer {
  const parts = fields.map(([id, value]) => {
    const type = typeof value === 'number' ? 8 : typeof value === 'string' ? 11 : 12
    const head = Buffer.from([type, id >> 8, id & 255])
    const size = Buffer.alloc(4)
    if (typeof value === 'number') {
      size.writeInt32BE(value)
      return Buffer.concat([head, size])
    }
    if (Buffer.isBuffer(value)) return Buffer.concat([head, value])
    const text = Buffer.from(value)
    size.writeInt32BE(text.length)
    return Buffer.concat([head, size, text])
  })
  return Buffer.concat([...parts, Buffer.from([0])])
}
