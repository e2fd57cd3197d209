import { MillraceError } from '../../base/index.js'
import { dbtVersion } from '../dbt-version.js'
import { transformErrors } from '../errors.js'
import type { Env } from '../project/render.js'
import { satisfies } from '../project/version-range.js'
import { isMapping } from '../project/yaml-file.js'
import { download } from './download.js'

/** One version of a package, as the hub tells of it. */
export interface HubVersion {
  /** The name of its dbt project. */
  readonly name: string
  readonly packages: readonly Record<string, unknown>[]
  readonly tarball: string
  readonly requiredDbt: unknown
}

const defaultHub = 'https://hub.getdbt.com/'

/** The package hub, or the one that DBT_PACKAGE_HUB_URL names. Every package is asked for once. */
export class Hub {
  readonly #base: string
  readonly #signal: AbortSignal | undefined
  readonly #checksDbtVersion: boolean
  readonly #known = new Map<string, Promise<ReadonlyMap<string, HubVersion>>>()

  constructor(env: Env, options: { readonly signal?: AbortSignal | undefined; readonly checksDbtVersion: boolean }) {
    const base = env.DBT_PACKAGE_HUB_URL || defaultHub
    this.#base = base.endsWith('/') ? base : `${base}/`
    this.#signal = options.signal
    this.#checksDbtVersion = options.checksDbtVersion
  }

  /** @throws TRANSFORM_PACKAGES_MISSING for a package that the hub does not know, or a hub that does not answer */
  versions(name: string): Promise<ReadonlyMap<string, HubVersion>> {
    const known = this.#known.get(name) ?? this.#fetch(name)
    this.#known.set(name, known)
    return known
  }

  /** Those that work with this version of dbt, unless nobody is to look. */
  async compatible(name: string): Promise<string[]> {
    const versions = await this.versions(name)
    return [...versions].flatMap(([version, { requiredDbt }]) => {
      const isFree = requiredDbt === undefined || requiredDbt === null || !this.#checksDbtVersion
      return isFree || (Array.isArray(requiredDbt) && requiredDbt.length === 0) || satisfies(dbtVersion, requiredDbt)
        ? [version]
        : []
    })
  }

  async #fetch(name: string): Promise<ReadonlyMap<string, HubVersion>> {
    // A name leads to one file of the hub and nowhere else.
    const path = name.split('/').map(encodeURIComponent).join('/')
    const answer = await download({
      url: `${this.#base}api/v1/${path}.json`,
      what: `The package ${name}`,
      signal: this.#signal,
    }).catch((error: unknown) => {
      if (error instanceof MillraceError && error.data?.status === 404) throw notFound(name)
      throw error
    })
    const body: unknown = await answer.json().catch(() => undefined)
    if (!isMapping(body) || !isMapping(body.versions)) throw strange(name, this.#base)
    return new Map(
      Object.entries(body.versions).map(([version, value]) => [version, versionOf(value, name, this.#base)] as const),
    )
  }
}

function versionOf(value: unknown, name: string, base: string): HubVersion {
  if (!isMapping(value) || typeof value.name !== 'string' || !isMapping(value.downloads)) throw strange(name, base)
  const { tarball } = value.downloads
  if (typeof tarball !== 'string') throw strange(name, base)
  const packages = Array.isArray(value.packages) ? value.packages.filter(isMapping) : []
  return { name: value.name, packages, tarball, requiredDbt: value.require_dbt_version }
}

const notFound = (name: string) =>
  transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
    message: `Package ${name} was not found in the package index`,
    hint: 'Check its name: it is <owner>/<package>, and packages sometimes move to another owner.',
  })

const strange = (name: string, base: string) =>
  transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
    message: `The hub ${base} answered something else than the versions of ${name}.`,
    hint: 'Check DBT_PACKAGE_HUB_URL, and whether something between answers in its place.',
  })
