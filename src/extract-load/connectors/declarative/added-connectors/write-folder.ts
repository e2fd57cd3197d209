import { existsSync } from 'node:fs'
import { chmod, cp, lstat, mkdir, mkdtemp, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { readText, Semaphore } from '../../../../base/index.js'
import { extractLoadErrors } from '../../../errors.js'
import { manifestName } from './added-connectors.js'
import { manifestHash } from './origin.js'

/** What a folder of a connector is to become. */
export interface FolderChange<Checked> {
  readonly folder: string
  readonly files: readonly (readonly [path: string, text: string])[]
  /** Whether a file of the former folder, by its path there with slashes, stays beside the new ones. */
  readonly stays: (path: string) => boolean
  /** Throws what is wrong with the new one. */
  readonly check: (draft: string) => Promise<Checked>
  /** False: there may be none of that name. */
  readonly replaces: boolean
  /** Of the manifest that it is to replace, where only that one may be. */
  readonly before?: string | undefined
}

const turns = new Semaphore(1)

/** Writes of this process to folders of connectors wait for each other: none is made of what another one just takes away. */
export const inTurn = <T>(write: () => Promise<T>): Promise<T> => turns.run(write)

/**
 * All of it or nothing: whoever reads the project meanwhile finds the former folder, or this.
 * @returns what `check` answers
 * @throws CONNECTOR_EXISTS, CONNECTOR_CHANGED_MEANWHILE, and what `check` throws
 */
export const writeFolder = <Checked>(change: FolderChange<Checked>): Promise<Checked> =>
  inTurn(async () => {
    const { folder, files, check } = change
    await mkdir(dirname(folder), { recursive: true })
    const draft = await mkdtemp(join(dirname(folder), '.new-'))
    try {
      for (const [path, text] of files) {
        await mkdir(dirname(join(draft, path)), { recursive: true })
        await writeFile(join(draft, path), text)
      }
      if (existsSync(folder)) await carryOver(change, draft)
      const checked = await check(draft)
      await chmod(draft, 0o755)
      await putInPlace(change, draft)
      return checked
    } finally {
      await rm(draft, { recursive: true, force: true })
      // Only where nothing is in it.
      await rmdir(dirname(folder)).catch(() => {})
    }
  })

/** What people put beside a manifest is theirs; what the new one brings comes first. */
async function carryOver({ folder, stays }: FolderChange<unknown>, draft: string): Promise<void> {
  await cp(folder, draft, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    filter: async (from, to) => {
      const [former, made] = await Promise.all([lstat(from), lstat(to).catch(() => undefined)])
      if (former.isDirectory()) return made?.isDirectory() ?? true
      const isKept = former.isFile() || former.isSymbolicLink()
      return isKept && made === undefined && stays(relative(folder, from).split(sep).join('/'))
    },
  })
}

/** The former folder goes when the new one stands, and comes back where that cannot be. */
async function putInPlace({ folder, replaces, before }: FolderChange<unknown>, draft: string): Promise<void> {
  if (before !== undefined && hashIn(folder) !== before) throw changedMeanwhile(shownManifest(folder))
  const former = `${draft}.former`
  const isTaken = replaces && existsSync(folder)
  if (isTaken) await rename(folder, former)
  try {
    await rename(draft, folder)
  } catch (error) {
    // Another process was first: what it put there stays.
    const isThere = /^(?:ENOTEMPTY|EEXIST)$/.test((error as NodeJS.ErrnoException).code ?? '')
    if (isTaken && !isThere) await rename(former, folder)
    else if (isTaken) await rm(former, { recursive: true, force: true })
    if (!isThere) throw error
    throw replaces ? changedMeanwhile(shownManifest(folder)) : connectorExists(folder)
  }
  await rm(former, { recursive: true, force: true })
}

const shownManifest = (folder: string) => `the manifest of \`${basename(folder)}\``

function hashIn(folder: string): string | undefined {
  const path = join(folder, manifestName)
  return existsSync(path) ? manifestHash(readText(path, path)) : undefined
}

export const changedMeanwhile = (file: string) =>
  extractLoadErrors.create('CONNECTOR_CHANGED_MEANWHILE', {
    message: `Somebody else changed ${file} since it was read here.`,
    hint: 'Nothing was written. Look at what it says now, and save again.',
  })

export const connectorExists = (folder: string) =>
  extractLoadErrors.create('CONNECTOR_EXISTS', {
    message: `There is a connector \`${basename(folder)}\` already.`,
    hint: 'Nothing was written. Give it another name (`--name`), or put it in the place of that one (`--replace`).',
  })
