import { randomUUID } from 'node:crypto'
import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { readText } from './read-text.js'

export interface Replacement {
  /** What the file said when the other text was made of it. */
  readonly before: string
  readonly after: string
  /** How the file is called in errors. */
  readonly shown?: string | undefined
}

/**
 * Gives a file that somebody may be editing another text: whoever reads it meanwhile finds the former one or this. Its rights stay, and a link
 * to it stays one.
 * @returns false where somebody else changed it since `before` was read: it is as they left it
 * @throws FILE_ENCODING, and what the system says
 */
export async function replaceText(path: string, { before, after, shown = path }: Replacement): Promise<boolean> {
  const real = await realpath(path)
  const draft = `${real}.${randomUUID()}.new`
  try {
    const { mode } = await stat(real)
    await writeFile(draft, after, { flush: true })
    await chmod(draft, mode & 0o7777)
    if (readText(real, shown) !== before) return false
    await rename(draft, real)
    return true
  } finally {
    await rm(draft, { force: true })
  }
}
