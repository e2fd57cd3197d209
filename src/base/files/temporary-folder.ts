import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isProcessAlive } from '../processes/process.js'

const nameShape = /^millrace-(?:[a-z]+)-(\d+)-[A-Za-z0-9]{6}$/

let sweeping: Promise<void> | undefined

/**
 * Makes a folder for what is needed for a moment; nobody else can read it, and whoever made it removes it. What processes left that were
 * killed goes with the first one: it may hold secrets.
 * @param what it holds, a word for people who look into the system's folder
 */
export async function temporaryFolder(what: string): Promise<string> {
  sweeping ??= sweep(tmpdir()).catch(() => {})
  await sweeping
  return mkdtemp(join(tmpdir(), `millrace-${what}-${process.pid}-`))
}

/** Removes what processes of this machine left that are no more. */
export async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = nameShape.exec(name)?.[1]
    // Of another user's it cannot be removed, and need not be.
    if (pid !== undefined && !isProcessAlive(Number(pid)))
      await rm(join(folder, name), { recursive: true, force: true }).catch(() => {})
  }
}
