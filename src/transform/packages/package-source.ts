import { cpSync, existsSync, mkdtempSync, renameSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { redact } from '../../base/index.js'
import { transformErrors } from '../errors.js'
import type { EventLog } from '../log/event-log.js'
import { readDbtProject } from '../project/dbt-project.js'
import {
  type DeclaredPackage,
  declaredPackage,
  declaredPackages,
  type PackageSettings,
} from '../project/declared-packages.js'
import { download } from './download.js'
import { checkout } from './git.js'
import { Hub } from './hub.js'
import type { LockEntry } from './lock-file.js'
import { areCompatible, highest, installable, parseWish } from './semver.js'
import { unpack } from './tarball.js'
import { keyOf, type Wanted } from './wanted.js'

/** A package of which it is decided what exactly it is. */
export interface Pinned {
  /** As it is called in messages; secrets are masked. */
  readonly name: string
  /** The name of its dbt project, and of its folder in dbt_packages. */
  readonly project: string
  /** `version 1.3.0`, `revision main` */
  readonly version: string
  /** Of the hub: the newest version that could be installed. */
  readonly latest?: string | undefined
  readonly subdirectory?: string | undefined
  readonly needs: readonly DeclaredPackage[]
  readonly lock: LockEntry
  /** Puts its files into a folder that is not there yet. */
  install(place: string): Promise<void>
}

export interface SourceOptions extends PackageSettings {
  readonly rootDir: string
  /** A folder for downloads that somebody else removes. */
  readonly downloads: string
  readonly signal?: AbortSignal | undefined
  readonly checksDbtVersion: boolean
  readonly log: EventLog
}

/** Where packages come from. What was fetched once is kept as long as this lives. */
export class PackageSource {
  readonly #options: SourceOptions
  readonly #hub: Hub
  readonly #pinned = new Map<string, Promise<Pinned>>()

  constructor(options: SourceOptions) {
    this.#options = options
    const { env = {}, signal, checksDbtVersion } = options
    this.#hub = new Hub(env, { signal, checksDbtVersion })
  }

  /** @throws TRANSFORM_PACKAGES_MISSING, TRANSFORM_PROJECT_INVALID, TRANSFORM_UNSUPPORTED */
  pin(wanted: Wanted): Promise<Pinned> {
    const key = JSON.stringify([keyOf(wanted.spec), wanted.versions, wanted.revisions])
    const pinned = this.#pinned.get(key) ?? this.#pin(wanted).then((one) => withFolderName(one, wanted.spec.file))
    this.#pinned.set(key, pinned)
    return pinned
  }

  #pin(wanted: Wanted): Promise<Pinned> {
    const { spec } = wanted
    switch (spec.kind) {
      case 'local':
        return Promise.resolve(this.#local(spec))
      case 'git':
        return this.#git(spec, wanted)
      case 'hub':
        return this.#hubPackage(spec, wanted)
      case 'tarball':
        return this.#tarball(spec)
      case 'private':
        throw transformErrors.create('TRANSFORM_UNSUPPORTED', {
          message: `${spec.name} is a private package, which only dbt's own platform can resolve.`,
          at: { file: spec.file },
          hint: 'Name its repository instead: `git: "https://{{ env_var(\'DBT_ENV_SECRET_TOKEN\') }}@host/org/repo.git"`.',
        })
    }
  }

  #local(spec: Extract<DeclaredPackage, { kind: 'local' }>): Pinned {
    // dbt looks for the packages of packages from the root project; people write paths from the file they stand in.
    const dir = [spec.dir, resolve(this.#options.rootDir, spec.path)].find((one) =>
      existsSync(join(one, 'dbt_project.yml')),
    )
    if (dir === undefined)
      throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
        message: `The local package ${spec.path} has no dbt_project.yml.`,
        at: { file: spec.file },
        hint: `Its path is relative to the folder of ${spec.file}: ${spec.dir}.`,
      })
    const install = async (place: string) => {
      try {
        symlinkSync(dir, place)
      } catch {
        cpSync(dir, place, { recursive: true })
      }
    }
    const { project, needs } = this.#read(dir)
    return {
      name: spec.path,
      project,
      version: `<local @ ${spec.path}>`,
      needs,
      lock: { local: spec.path, name: project },
      install,
    }
  }

  async #git(spec: Extract<DeclaredPackage, { kind: 'git' }>, wanted: Wanted): Promise<Pinned> {
    const { env = {}, signal, downloads, log } = this.#options
    const name = redact(spec.subdirectory === undefined ? spec.name : `${spec.name}/${spec.subdirectory}`)
    if (wanted.revisions.length > 1)
      throw transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
        message: `git dependencies should contain exactly one version. ${name} contains: ${wanted.revisions.join(', ')}`,
        at: { file: spec.file },
        hint: `${wanted.askedBy.join('; ')}. Let all name the same revision.`,
      })
    const revision = wanted.revisions[0] ?? 'HEAD'
    const folder = mkdtempSync(join(downloads, 'git-'))
    const { dir, commit } = await checkout(spec, revision, folder, { env, signal })
    if (wanted.warnsUnpinned && ['HEAD', 'main', 'master'].includes(revision))
      log.warn('DepsUnpinned', { revision, git: redact(spec.name) })
    const { project, needs } = this.#read(dir)
    const written = redact(spec.written)
    if (written !== spec.written) log.warn('DepsScrubbedPackageName', { package_name: written })
    return {
      name,
      project,
      version: `revision ${commit}`,
      subdirectory: spec.subdirectory,
      needs,
      lock: {
        git: written,
        revision: commit,
        name: project,
        ...(spec.subdirectory !== undefined && { subdirectory: spec.subdirectory }),
      },
      install: async (place) => renameSync(dir, place),
    }
  }

  async #hubPackage(spec: Extract<DeclaredPackage, { kind: 'hub' }>, wanted: Wanted): Promise<Pinned> {
    const wishes = wanted.versions.map((text) => {
      const wish = parseWish(text)
      if (wish) return wish
      throw transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
        message: `"${text}" is not a valid semantic version, which ${spec.name} is asked for in.`,
        at: { file: spec.file },
        hint: 'Write for example 1.3.0, or [">=1.0.0", "<2.0.0"].',
      })
    })
    if (!areCompatible(wishes))
      throw transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
        message: `Version error for package ${spec.name}: Could not find a satisfactory version from options: ${JSON.stringify(wanted.versions)}`,
        at: { file: spec.file },
        hint: `No version can be all of it: ${wanted.askedBy.join('; ')}.`,
      })
    const compatible = await this.#hub.compatible(spec.name)
    const takesPrereleases = spec.takesPrereleases || wishes.some(({ prerelease }) => prerelease !== undefined)
    const candidates = installable(compatible, takesPrereleases)
    const version = highest(candidates, wishes)
    if (version === undefined)
      throw transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
        message: `Could not find a matching compatible version for package ${spec.name}\n  Requested range: ${wanted.versions.join(', ')}\n  Compatible versions: ${candidates.join(', ') || 'none'}`,
        at: { file: spec.file },
        hint: `${wanted.askedBy.join('; ')}. Versions that need another dbt are left out; so are prereleases without \`install_prerelease: true\`.`,
      })
    const found = (await this.#hub.versions(spec.name)).get(version)
    if (!found) throw new Error(`${spec.name} ${version} is offered, but not there.`)
    const { env, vars, rootDir, signal } = this.#options
    return {
      name: spec.name,
      project: found.name,
      version: `version ${version}`,
      latest: candidates.at(-1),
      needs: found.packages.map((entry) => declaredPackage(entry, entry, rootDir, `the packages of ${spec.name}`)),
      lock: { package: spec.name, version, name: found.name },
      install: async (place) => {
        const what = `${spec.name} ${version}`
        const answer = await download({ url: found.tarball, what, signal })
        await unpack(new Uint8Array(await answer.arrayBuffer()), place, what)
        // A package that cannot be read is a failed installation, not a failed build later.
        readDbtProject(place, { env, vars, isPackage: true, ignoresDbtVersion: true })
      },
    }
  }

  async #tarball(spec: Extract<DeclaredPackage, { kind: 'tarball' }>): Promise<Pinned> {
    const { downloads, signal } = this.#options
    const name = redact(spec.name)
    const dir = mkdtempSync(join(downloads, 'tarball-'))
    const answer = await download({ url: spec.name, what: name, signal })
    await unpack(new Uint8Array(await answer.arrayBuffer()), dir, name)
    const { needs } = this.#read(dir)
    return {
      name: spec.project,
      project: spec.project,
      version: `tarball (url: ${name})`,
      needs,
      lock: { tarball: redact(spec.written), name: spec.project },
      install: async (place) => renameSync(dir, place),
    }
  }

  #read(dir: string): { readonly project: string; readonly needs: readonly DeclaredPackage[] } {
    const { env, vars } = this.#options
    const { name } = readDbtProject(dir, { env, vars, isPackage: true, ignoresDbtVersion: true })
    return { project: name, needs: declaredPackages(dir, { env, vars }) }
  }
}

/** The name of a tarball is the user's, that of a package of the hub the hub's; both become a folder. */
function withFolderName(pinned: Pinned, file: string): Pinned {
  if (/^[A-Za-z_]\w*$/.test(pinned.project)) return pinned
  throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
    message: `The package ${pinned.name} is named '${pinned.project}': a name is letters, digits and underscores, and does not start with a digit.`,
    at: { file },
    hint: 'Use the `name` that stands in its dbt_project.yml.',
  })
}
