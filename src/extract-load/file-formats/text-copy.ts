import { createReadStream, createWriteStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { PassThrough, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { temporaryFolder } from '../../base/index.js'
import type { FileBatch } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'

export interface TextCopy {
  readonly path: string
  dispose(): Promise<void>
}

/**
 * A temporary copy in UTF-8 of a file in another encoding, as the stream says or its byte order mark tells; undefined
 * when DuckDB can read the file itself.
 * @throws SOURCE_FILE_UNREADABLE for an unknown encoding, or bytes that are not of it
 */
export async function copyAsUtf8(
  batch: FileBatch,
  { signal }: { signal?: AbortSignal | undefined },
): Promise<TextCopy | undefined> {
  const encoding = batch.options.encoding ?? (await markedEncoding(batch))
  if (encoding === undefined || (/^utf-?8$/i.test(encoding) && batch.format === 'csv')) return undefined
  const decoder = decoderOf(encoding, batch)
  const folder = await temporaryFolder('text')
  const dispose = () => rm(folder, { recursive: true, force: true })
  const isPacked = /\.gz$/i.test(batch.path)
  const path = join(folder, basename(batch.path).replace(/\.gz$/i, ''))
  try {
    await pipeline(
      createReadStream(batch.path),
      isPacked ? createGunzip() : new PassThrough(),
      decoding(decoder),
      createWriteStream(path),
      { signal },
    )
    return { path, dispose }
  } catch (error) {
    await dispose()
    if (signal?.aborted || (error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error
    throw unreadable(batch, `it is not in the encoding ${decoder.encoding}`, error)
  }
}

/** Of an unpacked file, what its first bytes say. DuckDB passes over the mark of UTF-8 in a CSV, not in JSON. */
async function markedEncoding({ path, format }: FileBatch): Promise<string | undefined> {
  const file = await open(path)
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(3), length: 3 })
    if (buffer[0] === 0xff && buffer[1] === 0xfe) return 'utf-16le'
    if (buffer[0] === 0xfe && buffer[1] === 0xff) return 'utf-16be'
    return format !== 'csv' && buffer.equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 'utf-8' : undefined
  } finally {
    await file.close()
  }
}

function decoderOf(encoding: string, batch: FileBatch): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding, { fatal: true })
  } catch (error) {
    throw unreadable(batch, `\`encoding: ${encoding}\` is none that is known`, error)
  }
}

function unreadable(batch: FileBatch, why: string, cause: unknown) {
  return extractLoadErrors.create('SOURCE_FILE_UNREADABLE', {
    message: `${batch.url} cannot be read: ${why}.`,
    at: { file: batch.url },
    hint: 'Set `encoding` of the stream to a name of the WHATWG list: utf-8, utf-16le, windows-1252 (also latin1), shift_jis, ….',
    cause,
  })
}

function decoding(decoder: InstanceType<typeof TextDecoder>): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        done(null, decoder.decode(chunk, { stream: true }))
      } catch (error) {
        done(error as Error)
      }
    },
    flush(done) {
      try {
        done(null, decoder.decode())
      } catch (error) {
        done(error as Error)
      }
    },
  })
}
