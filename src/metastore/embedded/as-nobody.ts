import { createHash } from 'node:crypto'
import { chownSync, cpSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * PostgreSQL refuses to run as root (containers, CI), so root lends it the identity of nobody. What nobody may not
 * reach, in somebody's private folder, has to lie elsewhere.
 */
export const isRoot = process.getuid?.() === 0
export const nobody = 65_534
export const identity = isRoot ? { uid: nobody, gid: nobody } : {}

/** The data folder itself, or one under /var/tmp that stands for it. */
export function reachableDataDir(dataDir: string): string {
  return isReachable(dirname(dataDir)) ? dataDir : join('/var/tmp', `millrace-${shortHash(dataDir)}`, 'postgres')
}

/** Gives a data folder that root copied, or brought back from a backup, to nobody again. */
export function giveToNobody(dataDir: string): void {
  if (!isRoot || statSync(dataDir).uid === nobody) return
  for (const name of readdirSync(dataDir, { recursive: true, encoding: 'utf8' }))
    chownSync(join(dataDir, name), nobody, nobody)
  chownSync(dataDir, nobody, nobody)
}

/** The folder of the programs itself, or a copy under /var/tmp, made once. */
export function reachablePrograms(folder: string): string {
  if (isReachable(folder)) return folder
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

/** Whether everybody may come into the folder; always for who is not root and runs PostgreSQL as himself. */
function isReachable(folder: string): boolean {
  if (!isRoot) return true
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    const info = statSync(at, { throwIfNoEntry: false })
    if (info && (info.mode & 0o001) === 0) return false
  }
  return true
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)
