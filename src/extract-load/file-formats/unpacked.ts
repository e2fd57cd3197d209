import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { NotZip, ZipFile } from './zip-file.js'

/** Bytes of a file that lie packed in another one; whoever opens them closes them. */
interface Unpacked {
  readonly bytes: Readable
  close(): Promise<void>
}

export const isZip = (path: string): boolean => /\.zip$/i.test(path)

/** What a file is called without what packs it. */
export const unpackedName = (name: string): string => name.replace(/\.(?:gz|zip)$/i, '')

/** The content of a file that may be packed by gzip, or be the one file of a ZIP archive. @throws NotZip */
export async function unpacked(path: string): Promise<Unpacked> {
  if (isZip(path)) return onlyFileOf(path)
  const file = createReadStream(path)
  const close = async () => void file.destroy()
  if (!/\.gz$/i.test(path)) return { bytes: file, close }
  const bytes = createGunzip()
  file.on('error', (error) => bytes.destroy(error))
  return { bytes: file.pipe(bytes), close }
}

async function onlyFileOf(path: string): Promise<Unpacked> {
  const zip = await ZipFile.open(path)
  try {
    // Folders, and what a Mac puts in besides.
    const names = zip.names.filter(
      (name) => !name.endsWith('/') && !/(?:^|\/)(?:__MACOSX\/|\._|\.DS_Store$)/.test(name),
    )
    const [name] = names
    if (name === undefined || names.length > 1)
      throw new NotZip(
        `there must be one file in it, and there ${names.length === 0 ? 'is none' : `are ${names.length}`}`,
      )
    return { bytes: await zip.read(name), close: () => zip.close() }
  } catch (error) {
    await zip.close()
    throw error
  }
}
