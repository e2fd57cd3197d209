import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createInflateRaw } from 'node:zlib'

/** Why a file is no ZIP archive that can be read; the sentence ends there. */
export class NotZip extends Error {}

interface Entry {
  readonly method: number
  readonly packedBytes: number
  /** Where its own header begins. */
  readonly at: number
}

const endMark = 0x06054b50
const entryMark = 0x02014b50
const headerMark = 0x04034b50
const endBytes = 22
/** The longest comment, which may follow the end mark. */
const commentBytes = 0xffff
/** Says that the number stands elsewhere, as it needs 64 bits. */
const seeElsewhere = 0xffffffff
const longest64Locator = 20

/** A ZIP archive, of which single files are read as streams. */
export class ZipFile {
  readonly #path: string
  readonly #file: FileHandle
  readonly #entries: ReadonlyMap<string, Entry>

  private constructor(path: string, file: FileHandle, entries: ReadonlyMap<string, Entry>) {
    this.#path = path
    this.#file = file
    this.#entries = entries
  }

  /** The caller closes it. @param otherwise what is said of a file that is no archive @throws NotZip */
  static async open(path: string, otherwise = 'it is no ZIP archive'): Promise<ZipFile> {
    const file = await open(path)
    try {
      return new ZipFile(path, file, await readEntries(file, otherwise))
    } catch (error) {
      await file.close()
      // What the archive says of itself leads outside of it.
      throw error instanceof RangeError ? new NotZip('the archive is damaged') : error
    }
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()]
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** The unpacked bytes of a file. @throws NotZip where it is packed in a way that nobody uses */
  async read(name: string): Promise<Readable> {
    const entry = this.#entries.get(name)
    if (!entry) throw new NotZip(`\`${name}\` is missing in it`)
    const header = await bytesAt(this.#file, entry.at, 30)
    if (header.readUInt32LE(0) !== headerMark) throw new NotZip('the archive is damaged')
    const start = entry.at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
    if (entry.packedBytes === 0) return Readable.from([])
    const packed = createReadStream(this.#path, { start, end: start + entry.packedBytes - 1 })
    if (entry.method === 0) return packed
    if (entry.method !== 8) throw new NotZip('it is packed in an unusual way')
    const unpacked = createInflateRaw()
    packed.on('error', (error) => unpacked.destroy(error))
    unpacked.on('close', () => packed.destroy())
    return packed.pipe(unpacked)
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at)
  return buffer.subarray(0, bytesRead)
}

async function readEntries(file: FileHandle, otherwise: string): Promise<Map<string, Entry>> {
  const { size } = await file.stat()
  const tailBytes = Math.min(size, endBytes + commentBytes + longest64Locator)
  const tail = await bytesAt(file, size - tailBytes, tailBytes)
  const mark = Buffer.alloc(4)
  mark.writeUInt32LE(endMark)
  const end = tail.lastIndexOf(mark)
  if (end < 0 || end + endBytes > tail.length) throw new NotZip(otherwise)
  const { start, bytes } = await directory(file, tail, end)
  if (start + bytes > size) throw new NotZip('the archive is cut off')
  const list = await bytesAt(file, start, bytes)
  const entries = new Map<string, Entry>()
  for (let at = 0; at + 46 <= list.length && list.readUInt32LE(at) === entryMark; ) {
    const [nameBytes, extraBytes, noteBytes] = [28, 30, 32].map((offset) => list.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ]
    const name = list.toString('utf8', at + 46, at + 46 + nameBytes)
    entries.set(name.replaceAll('\\', '/'), {
      method: list.readUInt16LE(at + 10),
      ...placeOf(list, at, list.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes)),
    })
    at += 46 + nameBytes + extraBytes + noteBytes
  }
  return entries
}

async function directory(file: FileHandle, tail: Buffer, end: number) {
  const [bytes, start] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)]
  const locator = end - longest64Locator
  if (start !== seeElsewhere || locator < 0) return { start, bytes }
  const record = await bytesAt(file, Number(tail.readBigUInt64LE(locator + 8)), 56)
  return { start: Number(record.readBigUInt64LE(48)), bytes: Number(record.readBigUInt64LE(40)) }
}

/** Numbers of more than 32 bits stand behind the name, in this order, and only where they are needed. */
function placeOf(list: Buffer, entry: number, extra: Buffer): Pick<Entry, 'packedBytes' | 'at'> {
  const [unpacked, packed, at] = [24, 20, 42].map((offset) => list.readUInt32LE(entry + offset)) as [
    number,
    number,
    number,
  ]
  let field = 0
  while (field + 4 <= extra.length && extra.readUInt16LE(field) !== 1) field += 4 + extra.readUInt16LE(field + 2)
  let next = field + 4
  const long = (short: number) => {
    if (short !== seeElsewhere) return short
    next += 8
    return Number(extra.readBigUInt64LE(next - 8))
  }
  long(unpacked)
  const packedBytes = long(packed)
  return { packedBytes, at: long(at) }
}
