import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { transformErrors } from '../errors.js'
import { type DbtPackage, type ProjectSettings, readDbtProject } from './dbt-project.js'
import { declaredPackages, lockedEntries } from './declared-packages.js'

/**
 * What `dbt deps` put into dbt_packages, where it has to be all that package-lock.yml (without one: packages.yml or
 * dependencies.yml) names, folders of one's own among it, and no more.
 * @throws TRANSFORM_PROJECT_INVALID, TRANSFORM_PACKAGES_MISSING
 */
export function readInstalledPackages(root: DbtPackage, settings: ProjectSettings = {}): DbtPackage[] {
  const packages = new Map<string, DbtPackage>()
  const folders = installedFolders(root)
  checkInstalled(root, folders, settings)
  for (const folder of folders) {
    const found = readDbtProject(resolve(root.dir, root.packagesPath, folder), { ...settings, isPackage: true })
    if (found.name !== root.name && !packages.has(found.name)) packages.set(found.name, found)
  }
  return [...packages.values()]
}

function checkInstalled(root: DbtPackage, folders: readonly string[], settings: ProjectSettings): void {
  const locked = lockedEntries(root.dir, settings)
  const declared = declaredPackages(root.dir, settings)
  const wanted = locked.length > 0 ? locked : declared
  if (wanted.length === folders.length) return
  const file = declared[0]?.file ?? 'packages.yml'
  const missing = locked
    .map(({ contract }) => String(contract.name ?? ''))
    .filter((name) => name !== '' && !folders.includes(name))
  const named = missing.length === 0 ? '' : ` Following packages were not found: ${missing.join(', ')}.`
  throw transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
    message: `dbt expects ${wanted.length} package(s) based on packages specified in ${file}, but found only ${folders.length} package(s) installed in ${root.packagesPath}.${named} Run "dbt deps" to install package dependencies.`,
    at: { file },
    hint: 'It installs local packages, too, and removes what is not named.',
    data: { dbtType: 'Compilation' },
  })
}

function installedFolders(root: DbtPackage): string[] {
  const folder = resolve(root.dir, root.packagesPath)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .filter((name) => existsSync(join(folder, name, 'dbt_project.yml')))
}
