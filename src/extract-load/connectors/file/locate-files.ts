import { createHash } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext } from '../connector.js'
import type { FileStream } from './config.js'

export interface LocatedFile {
  /** A local path. */
  readonly path: string
  readonly url: string
  readonly modifiedAt: Date
  readonly sizeBytes: number
}

export interface LocatedFiles {
  readonly files: readonly LocatedFile[]
  /** Removes what was downloaded. */
  dispose(): Promise<void>
}

export const isPattern = (path: string) => !/^https?:/i.test(path) && /[*?]/.test(path)

/**
 * The files of a stream, oldest first. Remote ones are fetched into a temporary file.
 * @throws SOURCE_FILE_NOT_FOUND, SOURCE_DOWNLOAD_FAILED
 */
export async function locateFiles(stream: FileStream, context: ConnectorContext): Promise<LocatedFiles> {
  if (/^https?:\/\//i.test(stream.path)) return download(stream, context)
  const path = stream.path.startsWith('npm:') ? packagePath(stream, context) : stream.path
  const absolute = isAbsolute(path) ? path : resolve(context.projectDir, path)
  const paths = isPattern(path) ? await glob(absolute) : [absolute]
  const files: LocatedFile[] = []
  for (const one of paths) {
    const info = await stat(one).catch(() => undefined)
    if (!info) throw notFound(stream, one, context)
    const url = stream.path.startsWith('npm:') ? stream.path : relative(context.projectDir, one).split(sep).join('/')
    files.push({ path: one, url, modifiedAt: info.mtime, sizeBytes: info.size })
  }
  files.sort((a, b) => a.modifiedAt.getTime() - b.modifiedAt.getTime() || (a.url < b.url ? -1 : 1))
  return { files, dispose: async () => {} }
}

function notFound(stream: FileStream, path: string, context: ConnectorContext) {
  return extractLoadErrors.create('SOURCE_FILE_NOT_FOUND', {
    message: `The file of the stream \`${stream.name}\` does not exist: ${path}`,
    at: { file: context.file },
    hint: 'Paths are relative to the folder of millrace.yaml. Correct `path`, or put the file there.',
  })
}

/** A file of an installed npm package, found as Node finds packages: in node_modules of the project or above it. */
function packagePath(stream: FileStream, context: ConnectorContext): string {
  const [, name = '', rest = ''] = /^npm:((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(stream.path) ?? []
  for (let folder = resolve(context.projectDir); ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (name !== '' && existsSync(found)) return join(found, rest)
    if (dirname(folder) === folder) break
  }
  throw extractLoadErrors.create('SOURCE_FILE_NOT_FOUND', {
    message: `The package of \`${stream.path}\` (stream \`${stream.name}\`) is not installed in ${context.projectDir} or above it.`,
    at: { file: context.file },
    hint: `Install it in the project: npm install ${name || '<package>'}`,
  })
}

/** Files that match a pattern of `*`, `?` and `**`; no file at all is no error, files may come later. */
async function glob(pattern: string): Promise<string[]> {
  const parts = pattern.split(/[\\/]/)
  const fixed = parts.findIndex((part) => /[*?]/.test(part))
  const root = parts.slice(0, fixed).join('/') || '/'
  const source = parts
    .slice(fixed)
    .map((part) =>
      part === '**'
        ? '(?:.*/)?'
        : `${part
            .replace(/[.+^${}()|[\]\\]/g, '\\$&')
            .replaceAll('*', '[^/]*')
            .replaceAll('?', '[^/]')}/`,
    )
    .join('')
    .replace(/\/$/, '')
  const expression = new RegExp(`^${source}$`)
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => expression.test(relative(root, path).split(sep).join('/')))
}

const downloadTimeoutMs = 10 * 60_000

async function download(stream: FileStream, context: ConnectorContext): Promise<LocatedFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-download-'))
  const dispose = () => rm(folder, { recursive: true, force: true })
  try {
    const timeout = AbortSignal.timeout(downloadTimeoutMs)
    const signal = context.signal ? AbortSignal.any([context.signal, timeout]) : timeout
    const response = await fetch(stream.path, { signal })
    if (!response.ok || !response.body)
      throw failed(stream, context, `the server answered ${response.status} ${response.statusText}`)
    const name = basename(new URL(stream.path).pathname) || createHash('sha256').update(stream.path).digest('hex')
    const path = join(folder, name)
    await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(path), { signal })
    const { size } = await stat(path)
    const modified = Date.parse(response.headers.get('last-modified') ?? '')
    const modifiedAt = Number.isNaN(modified) ? new Date() : new Date(modified)
    return { files: [{ path, url: stream.path, modifiedAt, sizeBytes: size }], dispose }
  } catch (error) {
    await dispose()
    if (context.signal?.aborted || (error instanceof Error && error.name === 'MillraceError')) throw error
    throw failed(
      stream,
      context,
      error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error),
      error,
    )
  }
}

function failed(stream: FileStream, context: ConnectorContext, why: string, cause?: unknown) {
  return extractLoadErrors.create('SOURCE_DOWNLOAD_FAILED', {
    message: `${stream.path} (stream \`${stream.name}\`) could not be fetched: ${why}.`,
    at: { file: context.file },
    hint: 'Check the address and the network, and run the sync again.',
    cause,
  })
}
