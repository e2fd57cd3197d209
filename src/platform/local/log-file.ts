import { open, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Service } from './service-manager.js'

/** A log that is larger when the program starts makes way for a new one; the former is kept. */
const mostBytes = 10_000_000
/** What the last lines stand in. */
const tailBytes = 64_000

/** Where a service writes whose manager keeps no log. */
export const logFile = ({ folder }: Pick<Service, 'folder'>): string => join(folder, 'millrace.log')

/** Keeps the log from growing for ever: at each start, of two the older one goes. */
export async function makeRoomInLog(service: Pick<Service, 'folder'>): Promise<void> {
  const path = logFile(service)
  const size = await stat(path).then(
    (info) => info.size,
    () => 0,
  )
  if (size > mostBytes) await rename(path, `${path}.1`)
}

/** The last lines of a file, oldest first; none where there is no file. */
export async function linesAtEnd(path: string, count: number): Promise<readonly string[]> {
  const file = await open(path).catch(() => undefined)
  if (!file) return []
  try {
    const { size } = await file.stat()
    const length = Math.min(size, tailBytes)
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
    const lines = buffer
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
    return lines.slice(-count)
  } finally {
    await file.close()
  }
}
