import { readFileSync } from 'node:fs'
import { contentChecksum } from './add-node.js'
import type { PackageFile } from './files.js'

/** A file's code without the blank around it, the line it begins on, and its checksum. */
export function readSql(file: PackageFile): {
  readonly code: string
  readonly line: number
  readonly checksum: { name: string; checksum: string }
} {
  const text = readFileSync(file.path, 'utf8')
  const code = text.trim()
  const start = text.length - text.trimStart().length
  const line = code === '' ? 1 : text.slice(0, start).split('\n').length
  return { code, line, checksum: contentChecksum(text) }
}
