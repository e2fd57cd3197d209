import { readFile, writeFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { makeFolder, refusalOf } from '../../base/index.js'
import { platformErrors } from '../errors.js'

/** A file that an import makes. */
export interface ImportedFile {
  /** Relative to the project, or absolute. */
  readonly path: string
  readonly text: string
}

export interface WrittenFile {
  /** Relative to the project. */
  readonly path: string
  /** `new` and `changed` are written, unless nothing is to be written. */
  readonly status: 'new' | 'changed' | 'unchanged'
}

export interface WriteOptions {
  readonly force?: boolean | undefined
  readonly isDryRun?: boolean | undefined
}

/**
 * Writes all of them, or none. A file that says the same already is left as it is.
 * @throws IMPORT_FILE_EXISTS for one that says something else, unless `force` is set; PROJECT_NOT_WRITABLE
 */
export async function writeImported(
  projectDir: string,
  files: readonly ImportedFile[],
  { force = false, isDryRun = false }: WriteOptions,
): Promise<readonly WrittenFile[]> {
  const found = await Promise.all(
    files.map(async (file) => ({ file, before: await textOf(resolve(projectDir, file.path)) })),
  )
  const written = found.map(({ file, before }): WrittenFile => {
    const path = relative(projectDir, resolve(projectDir, file.path))
    return { path, status: before === undefined ? 'new' : isSame(before, file.text) ? 'unchanged' : 'changed' }
  })
  const changed = written.filter(({ status }) => status === 'changed').map(({ path }) => path)
  if (changed.length > 0 && !force && !isDryRun)
    throw platformErrors.create('IMPORT_FILE_EXISTS', {
      message: `${changed.join(', ')} ${changed.length === 1 ? 'is there already, and says' : 'are there already, and say'} something else; nothing was written.`,
      hint: 'Write it anew with --force, which loses what was changed in it; or to another place with --out. --dry-run shows what would be written.',
    })
  if (isDryRun) return written
  for (const { file, before } of found) {
    if (before !== undefined && isSame(before, file.text)) continue
    const path = resolve(projectDir, file.path)
    try {
      makeFolder(dirname(path))
      await writeFile(path, file.text)
    } catch (thrown) {
      const cause = refusalOf(thrown)
      throw platformErrors.create('PROJECT_NOT_WRITABLE', {
        message: `${path} cannot be written: ${cause.code}.`,
        hint: 'Is the folder yours, and is there room on the disk?',
        cause,
      })
    }
  }
  return written
}

/** What somebody has ticked off says the same. */
const isSame = (before: string, after: string) => before.replaceAll(/^- \[x\]/gim, '- [ ]') === after

/** Undefined where there is no such file. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}
