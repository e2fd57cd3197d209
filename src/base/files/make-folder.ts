import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { MillraceError, toMillraceError } from '../errors.js'

/**
 * Makes a folder, and those above it that are missing. One by one: Node's recursive way never returns where the system says of a
 * folder in a folder that is there that it is not (`/proc/x`).
 * @param shown the folder as whoever named it wrote it
 * @returns whether it was missing
 * @throws FILE_ACCESS
 */
export function makeFolder(path: string, shown = path): boolean {
  const missing: string[] = []
  for (let at = resolve(path); !isFolder(at, shown, missing.length === 0); at = dirname(at)) missing.unshift(at)
  for (const at of missing)
    try {
      mkdirSync(at)
    } catch (thrown) {
      // Somebody else made it meanwhile.
      if (!statSync(at, { throwIfNoEntry: false })?.isDirectory()) throw refusal(thrown as Error, shown)
    }
  return missing.length > 0
}

/** Whether a folder is there, or nothing. @throws FILE_ACCESS where something else is */
function isFolder(path: string, shown: string, isWanted: boolean): boolean {
  try {
    const info = statSync(path, { throwIfNoEntry: false })
    if (info === undefined || info.isDirectory()) return info !== undefined
  } catch (thrown) {
    throw refusal(thrown as Error, shown)
  }
  const code = isWanted ? 'EEXIST' : 'ENOTDIR'
  throw refusal(Object.assign(new Error(`${path} is no folder`), { code }), shown)
}

const refusal = (thrown: Error, shown: string) =>
  toMillraceError(Object.assign(thrown, { path: shown, syscall: 'mkdir' }))

/** What the operating system said of a file or folder: its code, its path. */
export const refusalOf = (thrown: unknown): NodeJS.ErrnoException =>
  (thrown instanceof MillraceError ? thrown.cause : thrown) as NodeJS.ErrnoException
