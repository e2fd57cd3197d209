import { rmSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { isWithin } from '../../base/index.js'
import { transformErrors } from '../errors.js'
import { type DbtPackage, readDbtProject } from '../project/dbt-project.js'
import { tellOfDeprecatedSettings } from '../project/deprecated-settings.js'
import { sourcePathAt } from '../project/source-paths.js'
import type { DbtCommand } from './invocation/invocation.js'

/** Removes what dbt_project.yml names as `clean-targets`. A project that does not parse can still be cleaned. */
export const clean: DbtCommand = (invocation) => {
  const { env } = invocation.io
  tellOfDeprecatedSettings(invocation.projectDir, invocation.log)
  const project = readDbtProject(invocation.projectDir, { env, ignoresDbtVersion: true })
  const folders = project.cleanTargets.map((path) => checked(path, project, invocation.flags.cleansOutside ?? false))
  // Only who cleans is told: the folder named instead of today's one is what stays behind.
  if (project.cleanTargets.includes('dbt_modules') && !project.cleanTargets.includes(project.packagesPath))
    invocation.log.deprecate('PackageInstallPathDeprecation', {})
  for (const folder of folders) {
    invocation.log.fire('CheckCleanPath', { path: folder })
    rmSync(folder, { recursive: true, force: true })
    invocation.log.fire('ConfirmCleanPath', { path: folder })
  }
  invocation.log.fire('FinishedCleanPaths', {})
  return 0
}

/** @throws TRANSFORM_PROJECT_INVALID for what holds the user's own files */
function checked(path: string, project: DbtPackage, isOutsideAllowed: boolean): string {
  const { dir } = project
  const folder = resolve(dir, path)
  const isAllowed = isOutsideAllowed || (isWithin(dir, folder) && folder !== resolve(dir))
  const source = sourcePathAt(folder, project)
  if (isAllowed && source === undefined) return folder
  throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
    message: isAllowed
      ? `dbt will not clean the following source paths: ${relative(dir, source as string) || dir}, which \`clean-targets\` names as '${path}'. Nothing was removed.`
      : `dbt will not clean the following directories outside the project: ${folder}. Nothing was removed.`,
    at: { file: 'dbt_project.yml' },
    hint: 'Name only folders that dbt writes, such as target.',
  })
}
