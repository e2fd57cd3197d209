import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder } from '../../base/index.js'
import { addPackage, parseAddedPackage } from '../packages/add-package.js'
import { installPackages, packagesFolder } from '../packages/install.js'
import { hashOf, lockedHash, writeLockFile } from '../packages/lock-file.js'
import { PackageSource } from '../packages/package-source.js'
import { lockedPackages, resolvePackages } from '../packages/resolve.js'
import { type DbtPackage, readDbtProject } from '../project/dbt-project.js'
import { declaredPackages, lockedEntries } from '../project/declared-packages.js'
import { yamlMapping } from './flags/flags.js'
import type { CommandInvocation, DbtCommand } from './invocation/invocation.js'

/** Decides on versions where packages.yml is newer than the lock file, and installs what the lock file names. */
export const deps: DbtCommand = async (invocation) => {
  const { flags, io, log } = invocation
  const settings = { env: io.env, vars: yamlMapping(flags.vars, '--vars') }
  const root = readDbtProject(invocation.projectDir, { ...settings, ignoresDbtVersion: true })
  if (flags.addPackage !== undefined)
    addPackage(root.dir, parseAddedPackage(flags.addPackage, flags.packageSource), log)
  const declared = declaredPackages(root.dir, settings)
  if (declared.length === 0) {
    log.fire('DepsNoPackagesFound', {})
    return 0
  }
  const folder = packagesFolder(root)
  await withSource(invocation, root, folder, async (source, workspace) => {
    const hash = hashOf(declared)
    const isNew = flags.upgrade || lockedHash(root.dir) !== hash
    if (flags.lock && !isNew) return
    const packages = isNew
      ? await resolvePackages(declared, root.name, source)
      : await lockedPackages(lockedEntries(root.dir, settings), source)
    const lock = packages.map((one) => one.lock)
    if (isNew) log.fire('DepsLockUpdating', { lock_filepath: writeLockFile(root.dir, lock, hash) })
    if (!flags.lock) await installPackages(packages, folder, workspace, log)
  })
  return 0
}

/** A place for downloads beside dbt_packages, so that what is complete only has to be moved. */
async function withSource(
  invocation: CommandInvocation,
  root: DbtPackage,
  folder: string,
  use: (source: PackageSource, workspace: string) => Promise<void>,
): Promise<void> {
  const { flags, io, log } = invocation
  const beside = dirname(folder)
  makeFolder(beside)
  const workspace = mkdtempSync(join(beside, '.dbt-deps-'))
  try {
    const downloads = join(workspace, 'downloads')
    mkdirSync(downloads)
    const source = new PackageSource({
      rootDir: root.dir,
      downloads,
      env: io.env,
      vars: yamlMapping(flags.vars, '--vars'),
      signal: io.signal,
      checksDbtVersion: flags.versionCheck ?? true,
      log,
    })
    await use(source, workspace)
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}
