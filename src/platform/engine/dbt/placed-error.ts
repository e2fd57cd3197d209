import { isAbsolute, join, relative, sep } from 'node:path'
import type { ErrorJson } from '../../../base/index.js'
import type { Project } from '../../contract.js'

/** An error of the dbt project, its place seen from the folder of millrace.yaml as all places on the page are. */
export function placedError({ dir, dbtDir = dir }: Pick<Project, 'dir' | 'dbtDir'>, error: ErrorJson): ErrorJson {
  const diagnostics = error.data?.diagnostics
  const inside = Array.isArray(diagnostics)
    ? diagnostics.map((one: ErrorJson) => placedError({ dir, dbtDir }, one))
    : undefined
  const at = error.at
  return {
    ...error,
    ...(at && !isAbsolute(at.file)
      ? { at: { ...at, file: relative(dir, join(dbtDir, at.file)).split(sep).join('/') } }
      : {}),
    ...(inside ? { data: { ...error.data, diagnostics: inside } } : {}),
  }
}
