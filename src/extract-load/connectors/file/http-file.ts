import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type MillraceError, registerSecret, temporaryFolder } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import { type Answer, connectionProblem, openAnswer } from '../../remote-files/open-answer.js'
import { adviceOf, withRetries } from '../../remote-files/with-retries.js'
import type { ConnectorContext } from '../connector.js'
import { secretsOf, shownAddress } from './address.js'
import { type FileStream, timeoutMsOf } from './config.js'
import type { LocatedFiles } from './located-file.js'

/** The file behind an address. Its headers are read at once, its body when it is asked for, into a temporary folder. */
export async function locateHttpFile(stream: FileStream, context: ConnectorContext): Promise<LocatedFiles> {
  for (const secret of secretsOf(stream.path)) registerSecret(secret)
  let answer: Answer | undefined = await withRetries(context, () => open(stream, context))
  let folder: string | undefined
  const { headers, url } = answer.response
  const modified = Date.parse(headers.get('last-modified') ?? '')
  const modifiedAt = Number.isNaN(modified) ? new Date() : new Date(modified)
  const name = fileName(stream.path, url)
  const told = headers.get('etag') ?? timeAndSize(headers)
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
    const version = told ?? (await hashOf(path))
    const release = () => rm(path, { force: true })
    return { path, modifiedAt, version, sizeBytes: (await stat(path)).size, release }
  }
  return {
    files: [
      {
        url: shownAddress(stream.path),
        name,
        modifiedAt,
        version: told,
        sizeBytes: undefined,
        // Its headers were read.
        probe: async () => {},
        fetch,
      },
    ],
    dispose: async () => {
      answer?.close()
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Undefined where the server says no time: a size says nothing of what is in a file. */
function timeAndSize(headers: Headers): string | undefined {
  const modified = Date.parse(headers.get('last-modified') ?? '')
  if (Number.isNaN(modified)) return undefined
  return `${new Date(modified).toISOString()} ${headers.get('content-length') ?? ''}`.trim()
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return `sha256 ${hash.digest('hex')}`
}

/** The name in the address, or where it was redirected to when that one tells no format. */
function fileName(address: string, finalAddress: string): string {
  const [asked, final] = [address, finalAddress || address].map((url) => basename(new URL(url).pathname))
  return (/\.\w+$/.test(asked ?? '') ? asked : final) || 'file'
}

/** Who signs in stands in a header: `fetch` refuses it in the address. */
function requestOf(path: string): { readonly url: URL; readonly headers: Readonly<Record<string, string>> } {
  const url = new URL(path)
  const [user, password] = [url.username, url.password].map(decodeURIComponent)
  url.username = ''
  url.password = ''
  const isSigned = user !== '' || password !== ''
  return {
    url,
    headers: isSigned ? { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` } : {},
  }
}

async function open(stream: FileStream, context: ConnectorContext): Promise<Answer> {
  const { url, headers } = requestOf(stream.path)
  let answer: Answer
  try {
    answer = await openAnswer(url, { headers }, { timeoutMs: timeoutMsOf(stream), signal: context.signal })
  } catch (error) {
    throw explain(error, stream, context)
  }
  if (answer.response.ok && answer.response.body) return answer
  answer.close()
  throw refused(stream, context, answer.response)
}

async function save(answer: Answer, path: string, stream: FileStream, context: ConnectorContext): Promise<void> {
  try {
    await pipeline(Readable.from(answer.body()), createWriteStream(path))
  } catch (error) {
    throw explain(error, stream, context)
  }
}

function refused(stream: FileStream, context: ConnectorContext, response: Response): MillraceError {
  const { status, statusText } = response
  if (status === 404 || status === 410)
    return extractLoadErrors.create('SOURCE_FILE_NOT_FOUND', {
      message: `There is no file at ${shownAddress(stream.path)} (stream \`${stream.name}\`): the server answered ${status}.`,
      at: { file: context.file },
      hint: 'Correct `path` of the stream; open the address in a browser to see what it gives.',
    })
  const advice = adviceOf(response)
  return failed(stream, context, `the server answered ${status} ${statusText}`.trim(), {
    hint: advice.isPermanent
      ? 'Check the address, and whether it may be read without signing in.'
      : 'The server has a problem or is busy. Run the sync again later.',
    data: { ...advice },
  })
}

function explain(error: unknown, stream: FileStream, context: ConnectorContext): unknown {
  if (context.signal?.aborted) return error
  const { what, hint } = connectionProblem(error, timeoutMsOf(stream))
  const isDisk = (error as NodeJS.ErrnoException).code === 'ENOSPC'
  return failed(stream, context, what, {
    hint: isDisk
      ? `Free some space in ${tmpdir()}, where downloads are kept while they are loaded, or set TMPDIR to another folder.`
      : hint,
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
    message: `${shownAddress(stream.path)} (stream \`${stream.name}\`) could not be fetched: ${why}.`,
    at: { file: context.file },
    ...details,
  })
}
