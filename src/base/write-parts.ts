import { closeSync, lstatSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync, writevSync } from 'node:fs'
import { dirname } from 'node:path'

/** Writes a file from parts, all or nothing: who reads it meanwhile finds the former one. */
export function writeParts(path: string, parts: readonly Buffer[]): void {
  mkdirSync(dirname(path), { recursive: true })
  const there = lstatSync(path, { throwIfNoEntry: false })
  // A link or a pipe would be replaced by a file.
  if (there && !there.isFile()) {
    writeFileSync(path, Buffer.concat(parts))
    return
  }
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`
  try {
    const file = openSync(temporary, 'w')
    try {
      for (let i = 0; i < parts.length; i += 1000) writeAll(file, parts.slice(i, i + 1000))
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** The system may take less than it is given. */
function writeAll(file: number, parts: readonly Buffer[]): void {
  let rest = parts.filter((part) => part.length > 0)
  while (rest.length > 0) {
    let written = writevSync(file, rest)
    while (rest[0] && written >= rest[0].length) {
      written -= rest[0].length
      rest = rest.slice(1)
    }
    if (rest[0] && written > 0) rest = [rest[0].subarray(written), ...rest.slice(1)]
  }
}
