import { readFile, rm } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { refusalOf, writePartsBeside } from '../../base/index.js'
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

/** What files an import would write, before it writes any. */
export interface JudgedFiles {
  readonly files: readonly WrittenFile[]
  readonly changes: readonly {
    readonly path: string
    readonly text: string
    /** Undefined where there is no such file. */
    readonly before: string | undefined
  }[]
}

/**
 * Says which of them would be written. A file that says the same already is left as it is.
 * @throws IMPORT_FILE_EXISTS for one that says something else, unless `force` is set
 */
export async function judgeImported(
  projectDir: string,
  files: readonly ImportedFile[],
  { force = false, isDryRun = false }: WriteOptions,
): Promise<JudgedFiles> {
  const found = await Promise.all(
    files.map(async ({ path: given, text }) => {
      const path = resolve(projectDir, given)
      const before = await textOf(path)
      return { path, text, before, isSame: before !== undefined && isSame(before, text) }
    }),
  )
  const written = found.map(
    ({ path, before, isSame }): WrittenFile => ({
      path: relative(projectDir, path),
      status: before === undefined ? 'new' : isSame ? 'unchanged' : 'changed',
    }),
  )
  const changed = written.filter(({ status }) => status === 'changed').map(({ path }) => path)
  if (changed.length > 0 && !force && !isDryRun)
    throw platformErrors.create('IMPORT_FILE_EXISTS', {
      message: `${changed.join(', ')} ${changed.length === 1 ? 'is there already, and says' : 'are there already, and say'} something else; nothing was written.`,
      hint: 'Write it anew with --force, which loses what was changed in it; or to another place with --out. --dry-run shows what would be written.',
    })
  return { files: written, changes: isDryRun ? [] : found.filter(({ isSame }) => !isSame) }
}

/**
 * Writes all of them, or none: where one cannot be written, those before it become again what they were.
 * @throws PROJECT_NOT_WRITABLE
 */
export async function writeJudged({ changes }: JudgedFiles): Promise<void> {
  const done: JudgedFiles['changes'][number][] = []
  for (const change of changes)
    try {
      await writePartsBeside(change.path, [Buffer.from(change.text)])
      done.unshift(change)
    } catch (thrown) {
      const cause = refusalOf(thrown)
      const left = await undo(done)
      throw platformErrors.create('PROJECT_NOT_WRITABLE', {
        message: `${change.path} cannot be written: ${cause.code}; ${left.length === 0 ? 'no file was written' : `what was written before it could not be taken back: ${left.join(', ')}`}.`,
        hint: 'Is the folder yours, and is there room on the disk?',
        cause,
      })
    }
}

/** @returns those that could not be made what they were */
async function undo(changes: JudgedFiles['changes']): Promise<string[]> {
  const left: string[] = []
  for (const { path, before } of changes)
    try {
      if (before === undefined) await rm(path)
      else await writePartsBeside(path, [Buffer.from(before)])
    } catch {
      left.push(path)
    }
  return left
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
