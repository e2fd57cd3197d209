import { open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { isSameProcess, processStart } from '../processes/process.js'

export interface FileLock {
  /** Tells others more about the holder. */
  note(facts: Readonly<Record<string, unknown>>): Promise<void>
  release(): Promise<void>
}

export interface LockHolder {
  readonly pid: number
  readonly [fact: string]: unknown
}

/** Between making the file and writing into it lie microseconds; a file that stays empty belongs to nobody. */
const writtenWithinMs = 2_000
/** Whoever tidies up needs milliseconds for it. */
const tidiedWithinMs = 5_000
/** After that, whatever a process left that died between two of these steps is old enough to be removed. */
const patienceMs = writtenWithinMs + tidiedWithinMs + 1_000

/**
 * A lock that is a file with the holder's pid and start time. One whose process is gone (kill -9, power cut) is taken
 * over, by one of those who want it. Answers the holder when somebody else lives; pid 0 when it cannot be told, after some seconds.
 */
export async function acquireFileLock(
  path: string,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<FileLock | LockHolder> {
  for (const since = Date.now(); Date.now() - since < patienceMs; ) {
    const handle = await createFile(path)
    if (handle) {
      const own = { pid: process.pid, started: processStart(process.pid), ...facts }
      await handle.writeFile(JSON.stringify(own))
      await handle.close()
      return {
        note: (more) => writeFile(path, JSON.stringify({ ...own, ...more })),
        release: () => rm(path, { force: true }),
      }
    }
    const holder = await readHolder(path)
    if (holder && isSameProcess(holder)) return holder
    await tidyUp(path)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return { pid: 0 }
}

/** Who holds it; undefined where nobody does, also where who did is gone. */
export async function lockHolder(path: string): Promise<LockHolder | undefined> {
  const holder = await readHolder(path)
  return holder && isSameProcess(holder) ? holder : undefined
}

export const isLock = (outcome: FileLock | LockHolder): outcome is FileLock => 'release' in outcome

/** Removes a lock that nobody holds. Only one process at a time looks and removes, or one would remove another's new lock. */
async function tidyUp(path: string): Promise<void> {
  const guard = `${path}.guard`
  const handle = await createFile(guard)
  if (!handle) {
    if ((await ageMs(guard)) > tidiedWithinMs) await rm(guard, { force: true })
    return
  }
  await handle.close()
  try {
    const holder = await readHolder(path)
    const isAbandoned = holder ? !isSameProcess(holder) : (await ageMs(path)) > writtenWithinMs
    if (isAbandoned) await rm(path, { force: true })
  } finally {
    await rm(guard, { force: true })
  }
}

async function createFile(path: string) {
  return open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return undefined
    throw error
  })
}

async function ageMs(path: string): Promise<number> {
  const info = await stat(path).catch(() => undefined)
  return info ? Date.now() - info.mtimeMs : 0
}

async function readHolder(path: string): Promise<(LockHolder & { readonly started: string }) | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockHolder & { started: string }
  } catch {
    return undefined
  }
}
