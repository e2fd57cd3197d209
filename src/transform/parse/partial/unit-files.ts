import type { DbtPackage } from '../../project/dbt-project.js'
import {
  analysisFiles,
  functionFiles,
  modelFiles,
  osiFiles,
  type PackageFile,
  seedFiles,
  singularTestFiles,
  snapshotFiles,
} from '../files/files.js'
import { unitKey } from '../files/tracker.js'
import { propertyFiles } from '../yaml/read-properties.js'

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
  for (const own of packages)
    for (const filesOf of [modelFiles, analysisFiles, singularTestFiles, seedFiles, snapshotFiles, functionFiles])
      add(own, filesOf(own))
  for (const own of packages) add(own, propertyFiles(own))
  const [root] = packages
  if (root) add(root, osiFiles(root))
  return found
}
