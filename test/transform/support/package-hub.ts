import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { packageArchive } from './tar.js'

export interface HubPackage {
  /** The name of its dbt project. */
  readonly name: string
  readonly versions: Readonly<Record<string, HubPackageVersion>>
}

export interface HubPackageVersion {
  readonly packages?: readonly Record<string, unknown>[]
  readonly requires?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  /** Instead of an archive of the files. */
  readonly archive?: Buffer
}

/** A package hub with archives on 127.0.0.1; answers which paths were asked for. */
export async function startHub(packages: Readonly<Record<string, HubPackage>>) {
  const asked: string[] = []
  /** Paths that answer 503 that many times before they work. */
  const stumbles = new Map<string, number>()
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const left = stumbles.get(path) ?? 0
    if (left > 0) {
      stumbles.set(path, left - 1)
      response.writeHead(503).end()
      return
    }
    const [, name] = /^\/api\/v1\/(.+)\.json$/.exec(path) ?? []
    const found = name === undefined ? undefined : packages[name]
    if (name !== undefined && found) response.end(JSON.stringify(described(name, found, url())))
    else {
      const [, owner = '', of = '', version = ''] = /^\/archives\/([^/]+)\/([^/]+)\/(.+)\.tar\.gz$/.exec(path) ?? []
      const one = packages[`${owner}/${of}`]
      const wanted = one?.versions[version]
      if (!one || !wanted) response.writeHead(404).end('not here')
      else response.end(wanted.archive ?? archiveOf(one.name, version, wanted))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()))
  onTestFinished(async () => {
    server.closeAllConnections()
    await stop()
  })
  return { url: url(), asked, stumbles, env: { DBT_PACKAGE_HUB_URL: url() } }
}

function described(name: string, { name: project, versions }: HubPackage, url: string) {
  const entries = Object.entries(versions).map(([version, { packages = [], requires = [] }]) => [
    version,
    {
      name: project,
      version,
      packages,
      require_dbt_version: requires,
      downloads: { tarball: `${url}/archives/${name}/${version}.tar.gz`, format: 'tgz' },
    },
  ])
  return { name: name.split('/')[1], namespace: name.split('/')[0], versions: Object.fromEntries(entries) }
}

const archiveOf = (name: string, version: string, { files = {} }: HubPackageVersion) =>
  packageArchive(`${name}-${version}`, { 'dbt_project.yml': `name: ${name}\nversion: ${version}\n`, ...files })
