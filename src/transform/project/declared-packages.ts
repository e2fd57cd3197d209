import { join, resolve } from 'node:path'
import { asText, mappings, readYamlFileIfExists } from './yaml-file.js'

/** One entry of packages.yml or dependencies.yml. */
export type DeclaredPackage =
  | { readonly kind: 'local'; readonly name: string; readonly dir: string; readonly file: string }
  | {
      readonly kind: 'git'
      readonly name: string
      readonly revision: string | undefined
      readonly subdirectory: string | undefined
      readonly file: string
    }
  | { readonly kind: 'hub' | 'tarball' | 'private'; readonly name: string; readonly file: string }

/** What a package needs, as it says itself; entries of a kind that is not known are left out. */
export function declaredPackages(dir: string): DeclaredPackage[] {
  return ['packages.yml', 'dependencies.yml'].flatMap((file) =>
    mappings(readYamlFileIfExists(join(dir, file), file)?.mapping.packages).flatMap((entry) => {
      const found = declared(entry, dir, file)
      return found ? [found] : []
    }),
  )
}

function declared(entry: Record<string, unknown>, dir: string, file: string): DeclaredPackage | undefined {
  if (typeof entry.local === 'string') return { kind: 'local', name: entry.local, dir: resolve(dir, entry.local), file }
  if (typeof entry.git === 'string') {
    const optional = (value: unknown) => (value === undefined || value === null ? undefined : asText(value))
    const revision = Array.isArray(entry.revision) ? entry.revision[0] : entry.revision
    return {
      kind: 'git',
      name: entry.git,
      revision: optional(revision),
      subdirectory: optional(entry.subdirectory),
      file,
    }
  }
  for (const kind of ['tarball', 'private'] as const)
    if (typeof entry[kind] === 'string') return { kind, name: asText(entry[kind]), file }
  return typeof entry.package === 'string' ? { kind: 'hub', name: entry.package, file } : undefined
}

/** `https://host/org/dbt-things.git` and `org/dbt_things` are both `dbt_things` once installed, as a rule. */
export const folderOf = (name: string) => (name.split(/[/:]/).at(-1) ?? name).replace(/\.git$/, '').replaceAll('-', '_')
