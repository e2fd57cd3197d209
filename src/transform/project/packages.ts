import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { transformErrors } from '../errors.js'
import { type DbtPackage, type ProjectSettings, readDbtProject } from './dbt-project.js'
import { asText, mappings, readYamlFileIfExists } from './yaml-file.js'

/**
 * Packages in dbt_packages, and those that packages.yml or dependencies.yml name with `local:`, with what these need
 * in their turn.
 * @throws TRANSFORM_PROJECT_INVALID when a declared package is not installed
 */
export function readInstalledPackages(root: DbtPackage, settings: ProjectSettings = {}): DbtPackage[] {
  const packages = new Map<string, DbtPackage>()
  const add = (dir: string, isInstalled: boolean) => {
    const found = readDbtProject(dir, settings)
    if (found.name === root.name || (packages.has(found.name) && isInstalled)) return
    packages.set(found.name, found)
    for (const local of declared(found).local) if (existsSync(join(local, 'dbt_project.yml'))) add(local, true)
  }
  const { local, others } = declared(root)
  for (const dir of local) {
    if (!existsSync(join(dir, 'dbt_project.yml')))
      throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
        message: `The local package ${dir} has no dbt_project.yml.`,
        at: { file: 'packages.yml' },
        hint: 'Its path is relative to the folder of packages.yml.',
      })
    add(dir, false)
  }
  const installed = installedFolders(root)
  for (const dir of installed) add(dir, true)
  if (others.length > 0 && installed.length < others.length) {
    const names = new Set(installed.map((dir) => dir.split('/').at(-1)))
    const missing = others.filter(
      (one) =>
        !names.has(
          one
            .split('/')
            .at(-1)
            ?.replace(/\.git$/, ''),
        ),
    )
    throw transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
      message: `packages.yml names ${others.length} package(s) to be downloaded, and ${installed.length} are in ${root.packagesPath}. Missing: ${missing.join(', ') || others.join(', ')}.`,
      at: { file: 'packages.yml' },
      hint: 'Run `dbt deps`.',
    })
  }
  return [...packages.values()]
}

function installedFolders(root: DbtPackage): string[] {
  const folder = join(root.dir, root.packagesPath)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((dir) => existsSync(join(dir, 'dbt_project.yml')))
}

/** Folders of local packages, and the names of those that have to be downloaded. */
function declared({ dir }: DbtPackage): { readonly local: string[]; readonly others: string[] } {
  const entries = ['packages.yml', 'dependencies.yml'].flatMap((file) =>
    mappings(readYamlFileIfExists(join(dir, file), file)?.mapping.packages),
  )
  return {
    local: entries.flatMap(({ local }) => (typeof local === 'string' ? [resolve(dir, local)] : [])),
    others: entries.flatMap((entry) => {
      const name = asText(entry.package ?? entry.git ?? entry.tarball ?? entry.private)
      return name === '' ? [] : [name]
    }),
  }
}
