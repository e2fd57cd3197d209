import { randomUUID } from 'node:crypto'
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { metastoreErrors } from '../errors.js'

const access = z.object({ port: z.number().int().positive(), password: z.string().min(1) })

/** How the embedded server is reached. */
export type Access = Readonly<z.infer<typeof access>>

export const accessFile = (dataDir: string): string => `${dataDir}.access.json`

export const urlOf = ({ port, password }: Access): string =>
  `postgresql://millrace:${password}@127.0.0.1:${port}/postgres`

/**
 * Undefined where nothing was kept yet, or what stands there is not what was written: a file that was cut off or changed opens nothing.
 * @throws METASTORE_FOLDER_UNUSABLE where it is there and cannot be read
 */
export async function readAccess(dataDir: string): Promise<Access | undefined> {
  const path = accessFile(dataDir)
  try {
    return access.safeParse(JSON.parse(await readFile(path, 'utf8'))).data
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw metastoreErrors.create('METASTORE_FOLDER_UNUSABLE', {
      message: `The password of the metadata store in ${dataDir} cannot be read: ${path} (${code}).`,
      hint: 'Give yourself the right to read that file, or be the user who started Millrace before. Without it nobody comes into the store.',
      cause,
    })
  }
}

/** As a whole or not at all: without the password nobody comes in again. */
export async function writeAccess(dataDir: string, { port, password }: Access): Promise<void> {
  const partial = `${accessFile(dataDir)}.${randomUUID()}.new`
  try {
    await writeFile(partial, JSON.stringify({ port, password }), { mode: 0o600, flush: true })
    // The mode of a new file is cut by the umask.
    await chmod(partial, 0o600)
    await rename(partial, accessFile(dataDir))
  } finally {
    await rm(partial, { force: true })
  }
}
