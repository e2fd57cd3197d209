import { createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { isAbort, type MillraceError, systemClock, temporaryFolder } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext } from '../connector.js'
import type { FileStream } from './config.js'
import type { LocatedFiles } from './located-file.js'

/** Pauses before the second, third and fourth attempt. */
const pausesMs = [1_000, 3_000, 9_000]
const longestPauseMs = 60_000
const defaultTimeoutSeconds = 60

/** An answer whose body nobody has read yet. `touch` says that the server is still there. */
interface Answer {
  readonly response: Response
  readonly signal: AbortSignal
  touch(): void
  close(): void
}

/** The file behind an address. Its headers are read at once, its body when it is asked for, into a temporary folder. */
export async function locateHttpFile(stream: FileStream, context: ConnectorContext): Promise<LocatedFiles> {
  let answer: Answer | undefined = await withRetries(context, () => open(stream, context))
  let folder: string | undefined
  const { headers, url } = answer.response
  const modified = Date.parse(headers.get('last-modified') ?? '')
  const modifiedAt = Number.isNaN(modified) ? new Date() : new Date(modified)
  const name = fileName(stream.path, url)
  const fetch = async () => {
    folder ??= await temporaryFolder('download')
    // A server that says `Content-Encoding: gzip` of a .gz file has it unpacked on the way.
    const isUnpacked = headers.get('content-encoding') !== null
    const path = join(folder, isUnpacked ? name.replace(/\.gz$/i, '') : name)
    await withRetries(context, async () => {
      const current = answer ?? (await open(stream, context))
      answer = undefined
      await save(current, path, stream, context)
    })
    return { path, sizeBytes: (await stat(path)).size }
  }
  return {
    files: [
      {
        url: stream.path,
        name,
        modifiedAt,
        version: headers.get('etag') ?? `${modifiedAt.toISOString()} ${headers.get('content-length') ?? ''}`.trim(),
        fetch,
      },
    ],
    dispose: async () => {
      answer?.close()
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The name in the address, or where it was redirected to when that one tells no format. */
function fileName(address: string, finalAddress: string): string {
  const [asked, final] = [address, finalAddress || address].map((url) => basename(new URL(url).pathname))
  return (/\.\w+$/.test(asked ?? '') ? asked : final) || 'file'
}

async function open(stream: FileStream, context: ConnectorContext): Promise<Answer> {
  const abort = new AbortController()
  const timeoutMs = (stream.timeout_seconds ?? defaultTimeoutSeconds) * 1000
  const timer = setTimeout(() => abort.abort(), timeoutMs)
  const close = () => {
    clearTimeout(timer)
    abort.abort()
  }
  const signal = context.signal ? AbortSignal.any([context.signal, abort.signal]) : abort.signal
  try {
    const response = await fetch(stream.path, { signal })
    if (!response.ok || !response.body) throw refused(stream, context, response)
    return { response, signal, touch: () => timer.refresh(), close }
  } catch (error) {
    close()
    throw explain(error, stream, context)
  }
}

async function save(answer: Answer, path: string, stream: FileStream, context: ConnectorContext): Promise<void> {
  const { response, signal, touch, close } = answer
  const watch = new Transform({
    transform(chunk, _encoding, done) {
      touch()
      done(null, chunk)
    },
  })
  try {
    touch()
    await pipeline(Readable.fromWeb(response.body as ReadableStream), watch, createWriteStream(path), { signal })
  } catch (error) {
    throw explain(error, stream, context)
  } finally {
    close()
  }
}

/** @throws the last failure, at once when another attempt cannot help */
async function withRetries<T>(context: ConnectorContext, attempt: () => Promise<T>): Promise<T> {
  const clock = context.clock ?? systemClock
  for (let i = 0; ; i++) {
    try {
      return await attempt()
    } catch (error) {
      const pauseMs = pausesMs[i]
      const isFinal = pauseMs === undefined || (error as MillraceError).data?.isPermanent !== false
      if (isFinal || context.signal?.aborted) throw error
      const wantedMs = Number((error as MillraceError).data?.retryAfterSeconds ?? 0) * 1000
      await clock.sleep(Math.min(Math.max(pauseMs, wantedMs || 0), longestPauseMs), { signal: context.signal })
    }
  }
}

function refused(stream: FileStream, context: ConnectorContext, response: Response): MillraceError {
  const { status, statusText } = response
  if (status === 404 || status === 410)
    return extractLoadErrors.create('SOURCE_FILE_NOT_FOUND', {
      message: `There is no file at ${stream.path} (stream \`${stream.name}\`): the server answered ${status}.`,
      at: { file: context.file },
      hint: 'Correct `path` of the stream; open the address in a browser to see what it gives.',
    })
  const isPermanent = status < 500 && status !== 429 && status !== 408
  return failed(stream, context, `the server answered ${status} ${statusText}`.trim(), {
    hint: isPermanent
      ? 'Check the address, and whether it may be read without signing in.'
      : 'The server has a problem or is busy. Run the sync again later.',
    data: { isPermanent, retryAfterSeconds: Number(response.headers.get('retry-after')) || 0 },
  })
}

function explain(error: unknown, stream: FileStream, context: ConnectorContext): unknown {
  if (context.signal?.aborted || (error instanceof Error && error.name === 'MillraceError')) return error
  if (isAbort(error))
    return failed(stream, context, `the server was silent for ${stream.timeout_seconds ?? defaultTimeoutSeconds} s`, {
      hint: 'Run the sync again; set `timeout_seconds` of the stream when the server needs longer.',
      data: { isPermanent: false },
      cause: error,
    })
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const isDisk = (cause as NodeJS.ErrnoException).code === 'ENOSPC'
  return failed(stream, context, cause instanceof Error ? cause.message : String(cause), {
    hint: isDisk
      ? `Free some space in ${tmpdir()}, where downloads are kept while they are loaded, or set TMPDIR to another folder.`
      : 'Check the address and the network, and run the sync again.',
    data: { isPermanent: isDisk },
    cause: error,
  })
}

function failed(
  stream: FileStream,
  context: ConnectorContext,
  why: string,
  details: { hint: string; data: Record<string, unknown>; cause?: unknown },
): MillraceError {
  return extractLoadErrors.create('SOURCE_DOWNLOAD_FAILED', {
    message: `${stream.path} (stream \`${stream.name}\`) could not be fetched: ${why}.`,
    at: { file: context.file },
    ...details,
  })
}
