import { createWriteStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { temporaryFolder } from '../../base/index.js'
import type { FileBatch } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'
import { isZip, unpacked, unpackedName } from './unpacked.js'
import { NotZip } from './zip-file.js'

export interface TextCopy {
  readonly path: string
  dispose(): Promise<void>
}

/**
 * A temporary copy in UTF-8 of a file in another encoding, as the stream says or its byte order mark tells, or of one that lies in a ZIP archive;
 * undefined when DuckDB can read the file itself.
 * @throws SOURCE_FILE_UNREADABLE for an unknown encoding, bytes that are not of it, or a damaged archive
 */
export async function copyAsUtf8(
  batch: FileBatch,
  { signal }: { signal?: AbortSignal | undefined },
): Promise<TextCopy | undefined> {
  const encoding = batch.options.encoding ?? (isZip(batch.path) ? 'utf-8' : await markedEncoding(batch))
  const isPlain = encoding === undefined || (/^utf-?8$/i.test(encoding) && batch.format === 'csv')
  if (isPlain && !isZip(batch.path)) return undefined
  const decoder = decoderOf(encoding ?? 'utf-8', batch)
  const folder = await temporaryFolder('text')
  const dispose = () => rm(folder, { recursive: true, force: true })
  const path = join(folder, unpackedName(basename(batch.path)))
  try {
    const { bytes, close } = await unpacked(batch.path)
    try {
      await pipeline(bytes, decoding(decoder), createWriteStream(path), { signal })
    } finally {
      await close()
    }
    return { path, dispose }
  } catch (error) {
    await dispose()
    if (signal?.aborted) throw error
    throw copyError(error, batch, decoder.encoding)
  }
}

/** What the file is to blame for; a full disk is something else. */
function copyError(error: unknown, batch: FileBatch, encoding: string): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return unreadable(batch, `it is not in the encoding ${encoding}`, { cause: error })
  if (error instanceof NotZip || /^Z_/.test(code))
    return unreadable(batch, error instanceof NotZip ? error.message : 'it is damaged where it is packed', {
      cause: error,
      hint: 'Pack it anew: one file, by gzip, zstd or ZIP, without a password.',
    })
  return error
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
    throw unreadable(batch, `\`encoding: ${encoding}\` is none that is known`, { cause: error })
  }
}

const encodings =
  'Set `encoding` of the stream to a name of the WHATWG list: utf-8, utf-16le, windows-1252 (also latin1), shift_jis, ….'

function unreadable(
  batch: FileBatch,
  why: string,
  { cause, hint = encodings }: { readonly cause: unknown; readonly hint?: string },
) {
  return extractLoadErrors.create('SOURCE_FILE_UNREADABLE', {
    message: `${batch.url} cannot be read: ${why}.`,
    at: { file: batch.url },
    hint,
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
