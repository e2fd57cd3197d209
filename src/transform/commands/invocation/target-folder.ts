import { isAbsolute, join } from 'node:path'
import { makeFolder, toMillraceError } from '../../../base/index.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { readYamlFile } from '../../project/yaml-file.js'

/** Where artifacts are written: what --target-path says, else what dbt_project.yml does. */
export function targetFolder(root: DbtPackage, targetPath: string | undefined): string {
  const path = targetPath ?? root.targetPath
  return isAbsolute(path) ? path : join(root.dir, path)
}

/** Makes it, before anything is written into it. @throws FILE_ACCESS, with the place where the folder is named */
export function makeTargetFolder(root: DbtPackage, targetPath: string | undefined): void {
  try {
    makeFolder(targetFolder(root, targetPath), targetPath ?? root.targetPath)
  } catch (thrown) {
    const error = toMillraceError(thrown)
    const file = 'dbt_project.yml'
    const document = readYamlFile(join(root.dir, file), file)
    const isWritten = targetPath === undefined && 'target-path' in document.mapping
    const place = isWritten ? document.show(['target-path']) : {}
    const named = isWritten
      ? `named by \`target-path\` in ${file}`
      : targetPath === undefined
        ? `called so unless \`target-path\` in ${file}, --target-path or DBT_TARGET_PATH names another`
        : 'named by --target-path or DBT_TARGET_PATH'
    throw Object.assign(error, place, { hint: `${error.hint} The folder is ${named}.` })
  }
}
