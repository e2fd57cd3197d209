import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { transformErrors } from '../errors.js'
import { type DeclaredPackage, declaredPackages, folderOf } from '../packages/declared-packages.js'
import { type DbtPackage, type ProjectSettings, readDbtProject } from './dbt-project.js'

/**
 * Packages in dbt_packages, and those that packages.yml or dependencies.yml name with `local:`, with what these need
 * in their turn.
 * @throws TRANSFORM_PROJECT_INVALID, TRANSFORM_PACKAGES_MISSING
 */
export function readInstalledPackages(root: DbtPackage, settings: ProjectSettings = {}): DbtPackage[] {
  const packages = new Map<string, DbtPackage>()
  const add = (dir: string, isInstalled: boolean) => {
    const found = readDbtProject(dir, { ...settings, isPackage: true })
    if (found.name === root.name || (packages.has(found.name) && isInstalled)) return
    packages.set(found.name, found)
    for (const local of localFolders(declaredPackages(dir, settings))) if (isProject(local)) add(local, true)
  }
  const declared = declaredPackages(root.dir, settings)
  for (const dir of localFolders(declared)) {
    if (!isProject(dir))
      throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
        message: `The local package ${dir} has no dbt_project.yml.`,
        at: { file: 'packages.yml' },
        hint: 'Its path is relative to the folder of packages.yml.',
      })
    add(dir, false)
  }
  const installed = installedFolders(root)
  for (const dir of installed) add(dir, true)
  const others = declared.filter(({ kind }) => kind !== 'local')
  if (installed.length < others.length) throw packagesMissing(root, others, installed)
  return [...packages.values()]
}

const isProject = (dir: string) => existsSync(join(dir, 'dbt_project.yml'))
const localFolders = (declared: readonly DeclaredPackage[]) =>
  declared.flatMap((one) => (one.kind === 'local' ? [one.dir] : []))

function packagesMissing(root: DbtPackage, others: readonly DeclaredPackage[], installed: readonly string[]) {
  const folders = new Set(installed.map((dir) => folderOf(dir)))
  const missing = others.filter(({ name }) => !folders.has(folderOf(name)))
  const names = (missing.length > 0 ? missing : others).map(({ name }) => name)
  return transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
    message: `${others[0]?.file} names ${others.length} package(s) to be installed, and ${installed.length} are in ${root.packagesPath}. Missing: ${names.join(', ')}.`,
    at: { file: others[0]?.file ?? 'packages.yml' },
    hint: 'Run `dbt deps`.',
  })
}

function installedFolders(root: DbtPackage): string[] {
  const folder = resolve(root.dir, root.packagesPath)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter(isProject)
}
