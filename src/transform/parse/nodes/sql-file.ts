import type { DbtPackage } from '../../project/dbt-project.js'
import type { PackageFile } from '../files/files.js'
import type { ParseScope } from '../scope/parse-scope.js'
import { contentChecksum, type NodeInput } from './add-node.js'

/** A file's code without the blank around it, the line it begins on, and its checksum. */
export function readSql(
  { tracker }: ParseScope,
  own: DbtPackage,
  file: PackageFile,
): {
  readonly code: string
  readonly line: number
  readonly checksum: { name: string; checksum: string }
} {
  const text = tracker.text(own, file.original, file.path)
  const code = text.trim()
  const start = text.length - text.trimStart().length
  const line = code === '' ? 1 : text.slice(0, start).split('\n').length
  return { code, line, checksum: contentChecksum(text) }
}

/** What a node that is a file by itself has from where the file lies. */
export const fileInput = (own: DbtPackage, file: PackageFile, name: string) =>
  ({
    name,
    own,
    fqn: [own.name, ...file.folders, name],
    path: file.relative,
    file: file.original,
  }) satisfies Partial<NodeInput>
