import { closeSync, lstatSync, openSync, renameSync, rmSync, writeFileSync, writev, writevSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { MillraceError } from '../errors.js'
import { makeFolder } from './make-folder.js'

/** Writes a file from parts, all or nothing: who reads it meanwhile finds the former one. */
export function writeParts(path: string, parts: readonly Buffer[]): void {
  const steps = writing(path, parts, { write: writevSync, rename: renameSync })
  try {
    for (let step = steps.next(); !step.done; ) step = steps.next(step.value)
  } catch (error) {
    throw about(error, path)
  } finally {
    steps.return()
  }
}

/** The same by another thread, while this one goes on at once. The parts must stay as they are until it is done. */
export async function writePartsBeside(path: string, parts: readonly Buffer[]): Promise<void> {
  const write = async (file: number, some: Buffer[]) => (await promisify(writev)(file, some)).bytesWritten
  const steps = writing(path, parts, { write, rename })
  try {
    for (let step = steps.next(); !step.done; ) step = steps.next(await step.value)
  } catch (error) {
    throw about(error, path)
  } finally {
    steps.return()
  }
}

/** What takes its time; the replacing too: the system then gives back what the former file took, megabytes for a manifest. */
interface SlowCalls {
  /** Answers how many bytes were taken. */
  write(file: number, parts: Buffer[]): number | Promise<number>
  rename(from: string, to: string): void | Promise<void>
}

/** Yields what the calls answer, and wants it back once it is there. Ended early, it leaves the former file alone. */
function* writing(path: string, parts: readonly Buffer[], { write, rename }: SlowCalls): Generator<unknown, void> {
  const temporary = besideIt(path)
  if (temporary === undefined) return writeFileSync(path, Buffer.concat(parts))
  try {
    const file = openSync(temporary, 'w')
    try {
      // Parts as they come, not pieces of a size: each piece would wait for its turn on this thread.
      for (const some of batches(parts))
        for (let rest = some; rest.length > 0; ) rest = restOf(rest, (yield write(file, rest)) as number)
    } finally {
      closeSync(file)
    }
    yield rename(temporary, path)
  } finally {
    // By now it has its own name, unless something failed.
    rmSync(temporary, { force: true })
  }
}

/** Who hears of a failure knows the file by its own name; of a full disk the system says none. */
const about = (thrown: unknown, path: string) =>
  thrown instanceof Error && !(thrown instanceof MillraceError) ? Object.assign(thrown, { path }) : thrown

/** A name to write under first; undefined where something else than a file is: a link or a pipe would be replaced by a file. */
function besideIt(path: string): string | undefined {
  makeFolder(dirname(path))
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there && !there.isFile()) return undefined
  return `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`
}

/** As many parts as the system takes at once. */
function* batches(parts: readonly Buffer[]): Generator<Buffer[]> {
  for (let i = 0; i < parts.length; i += 1000) yield parts.slice(i, i + 1000).filter((part) => part.length > 0)
}

/** What is left of the parts: the system may take less than it is given. */
function restOf(parts: readonly Buffer[], written: number): Buffer[] {
  let left = written
  const at = parts.findIndex((part) => {
    if (left < part.length) return true
    left -= part.length
    return false
  })
  if (at < 0) return []
  return [(parts[at] as Buffer).subarray(left), ...parts.slice(at + 1)]
}
