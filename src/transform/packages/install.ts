import { existsSync, lstatSync, readdirSync, renameSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { isWithin, makeFolder } from '../../base/index.js'
import { transformErrors } from '../errors.js'
import type { EventLog } from '../log/event-log.js'
import type { DbtPackage } from '../project/dbt-project.js'
import { sourcePathAt } from '../project/source-paths.js'
import type { Pinned } from './package-source.js'

/**
 * The folder that `packages-install-path` names, whose content an installation replaces.
 * @throws TRANSFORM_PROJECT_INVALID where that would be the user's own files
 */
export function packagesFolder(root: DbtPackage): string {
  const folder = resolve(root.dir, root.packagesPath)
  const source = sourcePathAt(folder, root)
  const other = isWithin(root.dir, folder) ? undefined : somethingElse(folder)
  if (source === undefined && other === undefined) return folder
  throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
    message:
      source !== undefined
        ? `\`packages-install-path\` names '${root.packagesPath}', whose content dbt deps replaces, and that is, holds or lies in ${relative(root.dir, source) || 'the project'}. Nothing was removed.`
        : `\`packages-install-path\` names ${folder}, outside the project, whose content dbt deps replaces, and ${other} there is no dbt package. Nothing was removed.`,
    at: { file: 'dbt_project.yml' },
    hint: 'Name a folder for packages alone, such as dbt_packages.',
  })
}

/** What in a folder is no package that dbt deps could have put there. */
function somethingElse(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined
  return readdirSync(folder).find((name) => {
    const isLink = lstatSync(join(folder, name)).isSymbolicLink()
    return !isLink && !existsSync(join(folder, name, 'dbt_project.yml'))
  })
}

/**
 * Installs packages into a new folder, which takes the place of the old one when all of them are there: a failed
 * installation leaves what was.
 * @param workspace a folder beside it, which somebody else removes
 */
export async function installPackages(
  packages: readonly Pinned[],
  folder: string,
  workspace: string,
  log: EventLog,
): Promise<void> {
  const built = join(workspace, 'installed')
  makeFolder(built)
  const outdated: string[] = []
  for (const one of packages) {
    log.fire('DepsStartPackageInstall', { package_name: one.name })
    await one.install(join(built, one.project))
    log.fire('DepsInstallInfo', { version_name: one.version })
    if (one.latest !== undefined && `version ${one.latest}` !== one.version) {
      outdated.push(one.name)
      log.fire('DepsUpdateAvailable', { version_latest: one.latest })
    } else if (one.latest !== undefined) log.fire('DepsUpToDate', {})
    if (one.subdirectory !== undefined) log.fire('DepsListSubdirectory', { subdirectory: one.subdirectory })
  }
  replaceFolder(folder, built, join(workspace, 'replaced'))
  if (outdated.length > 0) log.fire('DepsNotifyUpdatesAvailable', { packages: outdated })
}

/** A rename each: at no time is half of either there. */
function replaceFolder(folder: string, next: string, former: string): void {
  makeFolder(dirname(folder))
  const isReplaced = lstatSync(folder, { throwIfNoEntry: false }) !== undefined
  if (isReplaced) renameSync(folder, former)
  try {
    renameSync(next, folder)
  } catch (error) {
    if (isReplaced) renameSync(former, folder)
    throw error
  }
}
