import { PassThrough, Readable, type Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { TransportError } from './transport-error.js'

/** Newer versions of Node have it. */
const zstd = (zlib as { readonly createZstdDecompress?: () => Transform }).createZstdDecompress

export const acceptedEncodings = `gzip, deflate, br${zstd ? ', zstd' : ''}`

/** The body without what its Content-Encoding says was done to it. */
export function unpacked(body: AsyncIterable<Uint8Array>, encoding: string | undefined): AsyncIterable<Uint8Array> {
  const steps = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
  return steps.reduceRight((packed, step) => unpackedOnce(packed, step), body)
}

/** The body, unpacked where its first bytes say that it is packed, whatever was said of it. */
export const unpackedByContent = (body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> =>
  through(body, ([first, second = 0]) => {
    if (first === 0x1f && second === 0x8b) return zlib.createGunzip()
    return first === 0x78 && [0x01, 0x5e, 0x9c, 0xda].includes(second) ? zlib.createInflate() : new PassThrough()
  })

function unpackedOnce(body: AsyncIterable<Uint8Array>, encoding: string): AsyncIterable<Uint8Array> {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      // Some servers name the encoding and do not use it.
      return through(body, (first) =>
        first[0] === 0x1f && first[1] === 0x8b ? zlib.createGunzip() : new PassThrough(),
      )
    case 'deflate':
      // Some servers leave the envelope of zlib away.
      return through(body, (first) => (((first[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()))
    case 'br':
      return through(body, () => zlib.createBrotliDecompress())
    case 'zstd':
      return zstd ? through(body, zstd) : body
    default:
      return body
  }
}

async function* through(
  body: AsyncIterable<Uint8Array>,
  make: (first: Uint8Array) => Transform,
): AsyncIterable<Uint8Array> {
  const source = body[Symbol.asyncIterator]()
  const { first, isDone } = await firstBytes(source)
  if (first.length === 0) return
  let failed: unknown
  async function* all() {
    try {
      yield first
      if (!isDone) for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
    } catch (error) {
      failed = error
      throw error
    }
  }
  const unpacking = make(first)
  const input = Readable.from(all())
  input.on('error', (error) => unpacking.destroy(error))
  try {
    yield* input.pipe(unpacking)
  } catch (error) {
    if (failed !== undefined) throw failed
    throw new TransportError('ContentDecodingError', 'the body is not packed as its Content-Encoding says', {
      cause: error,
    })
  } finally {
    input.destroy()
    unpacking.destroy()
    await source.return?.()
  }
}

/** Two bytes tell what it is, and may come in two pieces. */
async function firstBytes(source: AsyncIterator<Uint8Array>): Promise<{ first: Uint8Array; isDone: boolean }> {
  let first = new Uint8Array()
  while (first.length < 2) {
    const next = await source.next()
    if (next.done) return { first, isDone: true }
    first = first.length === 0 ? Uint8Array.from(next.value) : Buffer.concat([first, next.value])
  }
  return { first, isDone: false }
}
