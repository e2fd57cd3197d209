import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext } from '../connector.js'
import type { FileStream } from './config.js'
import { isPattern } from './glob.js'
import { globFiles } from './local-tree.js'
import { type LocatedFiles, oldestFirst } from './located-file.js'
import { placeOf } from './stream-place.js'

/** Files of this machine and of installed packages. @throws SOURCE_FILE_NOT_FOUND, SOURCE_FILE_UNREADABLE */
export async function locateLocalFiles(stream: FileStream, context: ConnectorContext): Promise<LocatedFiles> {
  const inPackage = stream.path.startsWith('npm:') ? await packageFile(stream, context) : undefined
  const path = inPackage?.path ?? stream.path
  const absolute = isAbsolute(path) ? path : resolve(context.projectDir, path)
  // No file at all is no error: files may come later.
  const paths = isPattern(path) ? await globFiles(absolute).catch(unlessMissing(() => [], stream, context)) : [absolute]
  const files = await Promise.all(
    paths.map(async (one) => {
      const info = await stat(one).catch(unlessMissing(() => undefined, stream, context))
      if (!info?.isFile()) throw notFound(stream, one, context, info !== undefined)
      const url = inPackage && !isPattern(path) ? stream.path : relative(context.projectDir, one).split(sep).join('/')
      return {
        url,
        name: one,
        path: one,
        sizeBytes: info.size,
        modifiedAt: info.mtime,
        // Installing a package again gives its files new times, and what was loaded would be loaded twice.
        version: `${inPackage?.version ?? info.mtime.toISOString()} ${info.size}`,
      }
    }),
  )
  return { files: files.sort(oldestFirst), dispose: async () => {} }
}

/** What is not there is answered by `otherwise`; a folder that may not be entered is an error. */
function unlessMissing<T>(otherwise: () => T, stream: FileStream, context: ConnectorContext) {
  return (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return otherwise()
    throw extractLoadErrors.create('SOURCE_FILE_UNREADABLE', {
      message: `The path of the stream \`${stream.name}\` cannot be looked at: ${error.message}`,
      at: placeOf(stream, context),
      hint: 'Give the user that runs Millrace the right to read the folders and files of the path.',
      cause: error,
    })
  }
}

function notFound(stream: FileStream, path: string, context: ConnectorContext, isFolder: boolean) {
  return extractLoadErrors.create('SOURCE_FILE_NOT_FOUND', {
    message: isFolder
      ? `The path of the stream \`${stream.name}\` is a folder: ${path}`
      : `The file of the stream \`${stream.name}\` does not exist: ${path}`,
    at: placeOf(stream, context),
    hint: isFolder
      ? `Name a file of it, or all of them with a pattern: path: ${stream.path.replace(/\/$/, '')}/*.csv`
      : 'Paths are relative to the folder of millrace.yaml. Correct `path`, or put the file there.',
  })
}

/**
 * A file of an installed npm package, found as Node finds packages: in node_modules of the project or above it. A
 * published version never changes, so it tells whether the content is another one.
 */
async function packageFile(
  stream: FileStream,
  context: ConnectorContext,
): Promise<{ readonly path: string; readonly version: string | undefined }> {
  const [, name = '', rest = ''] = /^npm:((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(stream.path) ?? []
  for (let folder = resolve(context.projectDir); ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (name !== '' && existsSync(found)) return { path: join(found, rest), version: await versionOf(name, found) }
    if (dirname(folder) === folder) break
  }
  throw extractLoadErrors.create('SOURCE_FILE_NOT_FOUND', {
    message: `The package of \`${stream.path}\` (stream \`${stream.name}\`) is not installed in ${context.projectDir} or above it.`,
    at: placeOf(stream, context),
    hint: `Install it in the project: npm install ${name || '<package>'}`,
  })
}

async function versionOf(name: string, folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}')
  const version = /"version"\s*:\s*"([^"]+)"/.exec(text)?.[1]
  return version && `${name}@${version}`
}
