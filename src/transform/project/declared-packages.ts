import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { transformErrors } from '../errors.js'
import { placeOf, problemText } from '../value-checks.js'
import { problemOfPackage } from './package-checks.js'
import { type Env, type SettingsRenderer, settingsRenderer } from './render.js'
import { asText, isMapping, readMappingFile, readYamlFile, readYamlFileIfExists } from './yaml-file.js'

interface Declared {
  /** The file that says so. */
  readonly file: string
  /** What is wanted, in the words of packages.yml. */
  readonly name: string
  /** As the lock file's hash sees it: what dbt's own classes hold, with nulls for what is left out. */
  readonly contract: Readonly<Record<string, unknown>>
}

/** One entry of packages.yml, dependencies.yml or package-lock.yml. */
export type DeclaredPackage =
  | (Declared & { readonly kind: 'local'; readonly path: string; readonly dir: string })
  | (Declared & {
      readonly kind: 'git'
      /** As written, with its templates: that is what the lock file keeps. */
      readonly written: string
      readonly revision: string | undefined
      readonly subdirectory: string | undefined
      readonly warnsUnpinned: boolean
    })
  | (Declared & { readonly kind: 'hub'; readonly versions: readonly string[]; readonly takesPrereleases: boolean })
  | (Declared & { readonly kind: 'tarball'; readonly written: string; readonly project: string })
  | (Declared & { readonly kind: 'private' })

export interface PackageSettings {
  readonly env?: Env | undefined
  readonly vars?: Readonly<Record<string, unknown>> | undefined
}

export const lockFile = 'package-lock.yml'
const packagesYml = 'packages.yml'

type Document = NonNullable<ReturnType<typeof readYamlFileIfExists>>
interface PackagesFile {
  readonly file: string
  readonly document: Document
}

/** The file that names a package's packages; undefined when there is none. */
export const packagesFile = (dir: string): string | undefined => readPackagesFile(dir)?.file

function readPackagesFile(dir: string): PackagesFile | undefined {
  const files = [packagesYml, 'dependencies.yml'].flatMap((file): PackagesFile[] => {
    const path = join(dir, file)
    // dependencies.yml is for other programs too.
    const read = file === packagesYml ? readMappingFile : readYamlFile
    return existsSync(path) ? [{ file, document: read(path, file) }] : []
  })
  const named = files.filter(({ document }) => document.mapping.packages !== undefined)
  if (named.length > 1)
    throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
      message: 'The `packages` key stands in both packages.yml and dependencies.yml.',
      at: { file: 'dependencies.yml' },
      hint: 'Move the packages of one file to the other.',
    })
  return named[0] ?? files[0]
}

/** What a package needs, as it says itself. @throws TRANSFORM_PROJECT_INVALID */
export function declaredPackages(dir: string, settings: PackageSettings = {}): DeclaredPackage[] {
  const found = readPackagesFile(dir)
  return found ? entriesOf(found, dir, settings) : []
}

/** The entries of the lock file. */
export function lockedEntries(dir: string, settings: PackageSettings): DeclaredPackage[] {
  const document = readYamlFileIfExists(join(dir, lockFile), lockFile)
  return document ? entriesOf({ file: lockFile, document }, dir, settings) : []
}

/** dependencies.yml is for other programs too, so it holds no templates. */
function entriesOf({ file, document }: PackagesFile, dir: string, settings: PackageSettings): DeclaredPackage[] {
  const written = document.mapping.packages
  const unknown = file === packagesYml ? Object.keys(document.mapping).find((key) => key !== 'packages') : undefined
  if (unknown !== undefined)
    throw malformed(
      file,
      `Additional properties are not allowed ('${unknown}' was unexpected)`,
      document.locate([unknown]),
      'packages: [{ package: dbt-labs/dbt_utils, version: 1.3.0 }]',
    )
  if (written === undefined || written === null) return []
  if (!Array.isArray(written))
    throw malformed(file, '`packages` must be a list.', document.locate(['packages']), '- package: dbt-labs/dbt_utils')
  const render: SettingsRenderer =
    file === 'dependencies.yml'
      ? (value) => value
      : settingsRenderer(settings.env ?? {}, file, { vars: settings.vars, allowsSecrets: true })
  return written.map((entry: unknown, i) => {
    const at = document.locate(['packages', i])
    if (!isMapping(entry)) throw malformed(file, `Entry ${i + 1} is no mapping.`, at, '- package: dbt-labs/dbt_utils')
    const rendered = render(entry, document) as Record<string, unknown>
    const problem = file === lockFile ? undefined : problemOfPackage(rendered)
    if (problem)
      throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
        message: malformedText(file, problemText(problem)),
        at: document.locate(['packages', i, ...placeOf(problem)]),
        hint: problem.hint,
      })
    return declaredPackage(rendered, entry, dir, file, at)
  })
}

const malformedText = (file: string, message: string) => `The ${file} file in this project is malformed. ${message}`

const optional = (value: unknown) => (value === undefined || value === null ? undefined : asText(value))

/** One entry, from a file or from what the hub knows of a package. @throws TRANSFORM_PROJECT_INVALID */
export function declaredPackage(
  entry: Record<string, unknown>,
  unrendered: Record<string, unknown>,
  dir: string,
  file: string,
  at?: Place,
): DeclaredPackage {
  const name = entry.name === undefined || entry.name === null ? {} : { name: entry.name }
  const has = (key: string) => typeof entry[key] === 'string' && entry[key] !== ''
  if (has('local'))
    return {
      kind: 'local',
      file,
      name: entry.local as string,
      path: entry.local as string,
      dir: resolve(dir, entry.local as string),
      contract: { local: entry.local, unrendered, ...name },
    }
  if (has('tarball')) {
    if (!has('name'))
      throw malformed(file, `The tarball ${asText(entry.tarball)} has no \`name\`.`, at, 'name: my_package')
    return {
      kind: 'tarball',
      file,
      name: entry.tarball as string,
      written: asText(unrendered.tarball, entry.tarball as string),
      project: entry.name as string,
      contract: { tarball: entry.tarball, name: entry.name, unrendered },
    }
  }
  const revised = {
    revision: entry.revision ?? null,
    'warn-unpinned': entry['warn-unpinned'] ?? null,
    subdirectory: entry.subdirectory ?? null,
  }
  if (has('git'))
    return {
      kind: 'git',
      file,
      name: entry.git as string,
      written: asText(unrendered.git, entry.git as string),
      revision: optional(entry.revision),
      subdirectory: optional(entry.subdirectory),
      warnsUnpinned: revised['warn-unpinned'] !== false,
      contract: { git: entry.git, ...revised, unrendered, ...name },
    }
  if (has('private'))
    return {
      kind: 'private',
      file,
      name: entry.private as string,
      contract: { private: entry.private, provider: entry.provider ?? null, ...revised, unrendered, ...name },
    }
  if (has('package')) return hubPackage(entry, unrendered, file, name, at)
  const empty = ['package', 'git', 'local', 'tarball', 'private'].find((kind) => kind in entry)
  throw malformed(
    file,
    empty === undefined
      ? 'A package is none of `package`, `git`, `local`, `tarball` and `private`.'
      : `A ${empty === 'package' ? 'hub' : empty} package is missing the value. It is a required property.`,
    at,
    '- package: dbt-labs/dbt_utils',
  )
}

function hubPackage(
  entry: Record<string, unknown>,
  unrendered: Record<string, unknown>,
  file: string,
  name: Record<string, unknown>,
  at: Place | undefined,
): DeclaredPackage {
  const wanted = entry.package as string
  const { version } = entry
  const versions = (Array.isArray(version) ? version : [version])
    .map((one) => optional(one))
    .filter((one) => one !== undefined)
  if (versions.length === 0)
    throw malformed(
      file,
      `${wanted} is missing the version, which packages of the hub need.`,
      at,
      'version: [">=1.0.0", "<2.0.0"]',
    )
  if (!wanted.includes('/'))
    throw malformed(
      file,
      `${wanted} was not found in the package index. Packages on the index require a namespace.`,
      at,
      `package: dbt-labs/${wanted}`,
    )
  return {
    kind: 'hub',
    file,
    name: wanted,
    versions,
    takesPrereleases: entry.install_prerelease === true,
    contract: { package: wanted, version, install_prerelease: entry.install_prerelease ?? false, unrendered, ...name },
  }
}

type Place = NonNullable<Parameters<typeof transformErrors.create>[1]['at']>

function malformed(file: string, message: string, at: Place | undefined, example: string) {
  return transformErrors.create('TRANSFORM_PROJECT_INVALID', {
    message: malformedText(file, message),
    at: at ?? { file },
    hint: `For example: ${example}`,
  })
}
