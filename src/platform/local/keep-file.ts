import { chmod, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder } from '../../base/index.js'

/** Writes a file that nobody but this user reads, as a whole or not at all. */
export async function keepFile(path: string, text: string): Promise<void> {
  makeFolder(dirname(path))
  const partial = `${path}.${process.pid}.new`
  try {
    await writeFile(partial, `${text}\n`, { mode: 0o600 })
    await chmod(partial, 0o600)
    await rename(partial, path)
  } finally {
    await rm(partial, { force: true })
  }
}
