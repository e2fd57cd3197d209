import { createHash } from 'node:crypto'
import { cpSync, existsSync, lchownSync, lstatSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { metastoreErrors } from '../errors.js'
import { accessFile } from './access-file.js'

/**
 * PostgreSQL refuses to run as root (containers, CI), so root lends it the identity of nobody. What nobody may not
 * reach, in somebody's private folder, has to lie elsewhere.
 */
export const isRoot = process.getuid?.() === 0
export const nobody = 65_534
export const identity = isRoot ? { uid: nobody, gid: nobody } : {}

export const isDataFolder = (dataDir: string): boolean => existsSync(join(dataDir, 'PG_VERSION'))

/** What stands for a data folder that nobody may not reach. */
export const folderElsewhere = (dataDir: string): string =>
  join('/var/tmp', `millrace-${shortHash(dataDir)}`, 'postgres')

/** The data folder itself, or one under /var/tmp that stands for it: where there is a store already, whatever the rights of folders became since. */
export function reachableDataDir(dataDir: string): string {
  if (!isRoot) return dataDir
  const elsewhere = folderElsewhere(dataDir)
  const isElsewhere = isOwn(dirname(elsewhere)) && isDataFolder(elsewhere)
  if (closedFolder(dirname(dataDir)) === undefined) return isElsewhere && !isDataFolder(dataDir) ? elsewhere : dataDir
  return isDataFolder(dataDir) && !isElsewhere ? dataDir : elsewhere
}

/** Under /var/tmp anybody may make the folder that stands for another one. @throws METASTORE_FOLDER_UNUSABLE where it is not root's */
export function requireOwn(folder: string): void {
  if (isOwn(folder)) return
  throw metastoreErrors.create('METASTORE_FOLDER_UNUSABLE', {
    message: `The metadata store is to lie in ${folder}, and somebody else has made that folder.`,
    hint: 'Look who it was, and delete it. Or let everybody pass the folders above the project, so that the store lies there.',
  })
}

/** @throws METASTORE_FOLDER_UNUSABLE where PostgreSQL, as root starts it, cannot come into the folder */
export function requireUsable(dataDir: string): void {
  const closed = closedFolder(dirname(dataDir))
  const elsewhere = folderElsewhere(dataDir)
  if (closed !== undefined)
    throw metastoreErrors.create('METASTORE_FOLDER_UNUSABLE', {
      message: `The metadata store lies in ${dataDir}, and ${closed} lets nobody in but its owner: under root PostgreSQL runs as the user nobody, and cannot come there. One in ${elsewhere} would begin empty.`,
      hint: `Let others pass: chmod o+x ${closed}. Or move ${dataDir} and ${accessFile(dataDir)} to ${dirname(elsewhere)}. Or be the user who made it.`,
    })
}

/** Gives a data folder that root copied, or brought back from a backup, to nobody again. */
export function giveToNobody(dataDir: string): void {
  if (!isRoot || statSync(dataDir).uid === nobody) return
  for (const name of readdirSync(dataDir, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(dataDir, name), nobody, nobody)
  lchownSync(dataDir, nobody, nobody)
}

/** The folder of the programs itself, or a copy under /var/tmp, made once. */
export function reachablePrograms(folder: string): string {
  if (closedFolder(folder) === undefined) return folder
  const copy = join('/var/tmp', `millrace-postgres-${shortHash(`${folder}:${statSync(folder).mtimeMs}`)}`)
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`
    cpSync(folder, partial, { recursive: true, verbatimSymlinks: true })
    try {
      renameSync(partial, copy)
    } catch (error) {
      // Another process was first.
      rmSync(partial, { recursive: true, force: true })
      if (!existsSync(copy)) throw error
    }
  }
  return copy
}

/** The folder on the way that does not let everybody in; never one for who is not root and runs PostgreSQL as himself. */
function closedFolder(folder: string): string | undefined {
  if (!isRoot) return undefined
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    const info = statSync(at, { throwIfNoEntry: false })
    if (info && (info.mode & 0o001) === 0) return at
  }
  return undefined
}

function isOwn(folder: string): boolean {
  const info = lstatSync(folder, { throwIfNoEntry: false })
  return info?.isDirectory() === true && info.uid === 0
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)
