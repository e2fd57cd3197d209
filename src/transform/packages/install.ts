import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { EventLog } from '../log/event-log.js'
import type { Pinned } from './package-source.js'

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
  mkdirSync(built, { recursive: true })
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
  mkdirSync(dirname(folder), { recursive: true })
  rmSync(folder, { recursive: true, force: true })
  renameSync(built, folder)
  if (outdated.length > 0) log.fire('DepsNotifyUpdatesAvailable', { packages: outdated })
}
