import { statSync } from 'node:fs'
import type { DbtPackage } from '../../project/dbt-project.js'
import { type PackageFile, packageFiles } from '../files.js'
import { propertyFiles } from '../properties.js'
import type { FileState } from './tracker.js'
import { unitKey } from './tracker.js'

export interface UnitFile {
  readonly key: string
  readonly own: DbtPackage
  readonly file: PackageFile
}

/** Every file that makes something, in the order in which a full reading comes to them. */
export function unitFiles(packages: readonly DbtPackage[]): Map<string, UnitFile> {
  const found = new Map<string, UnitFile>()
  const add = (own: DbtPackage, files: readonly PackageFile[]) => {
    for (const file of files) {
      const key = unitKey(own, file.original)
      if (!found.has(key)) found.set(key, { key, own, file })
    }
  }
  for (const own of packages) {
    add(own, packageFiles(own, ['model'], /\.(sql|py)$/))
    add(own, packageFiles(own, ['analysis'], /\.sql$/))
    add(
      own,
      packageFiles(own, ['test'], /\.sql$/).filter(({ folders }) => folders[0] !== 'generic'),
    )
    add(own, packageFiles(own, ['seed'], /\.csv$/))
    add(own, packageFiles(own, ['snapshot'], /\.sql$/))
    add(own, packageFiles(own, ['function'], /\.(sql|py|js)$/))
  }
  for (const own of packages) add(own, propertyFiles(own))
  return found
}

/** Whether a file is certainly as it was; when only its times say otherwise, its text decides. */
export function stateOf(path: string): Omit<FileState, 'hash'> {
  const { mtimeMs, size, ino } = statSync(path)
  return { mtimeMs, size, inode: ino }
}
