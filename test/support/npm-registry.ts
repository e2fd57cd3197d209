import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'

interface Published {
  readonly version: string
  /** `endless`: it answers for as long as somebody listens. */
  readonly archive: Buffer | 'endless'
  /** Its hash as the registry tells it, where that is another one. */
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

export interface RegistryPackage {
  readonly versions: readonly Published[]
  readonly tags: Readonly<Record<string, string>>
}

function* endless() {
  for (;;) yield Buffer.alloc(1024 * 1024, 1)
}

/** A registry of npm packages in memory: what npm asks to fetch one. As a proxy it answers for any host. */
export async function startRegistry(packages: Readonly<Record<string, RegistryPackage>>) {
  const calls: string[] = []
  const state = { token: undefined as string | undefined }
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://registry')
    calls.push(`${request.url}`)
    if (state.token !== undefined && request.headers.authorization !== `Bearer ${state.token}`) {
      response.writeHead(401).end('{"error": "unauthorized"}')
      return
    }
    const [, archiveName = '', version = ''] = /^\/-\/(.+)\/(.+)\.tgz$/.exec(pathname) ?? []
    const name = decodeURIComponent(archiveName || pathname.slice(1))
    const found = packages[name]
    const archive = found?.versions.find((one) => one.version === version)?.archive
    if (archive === 'endless') Readable.from(endless()).pipe(response)
    else if (archive) response.end(archive)
    else if (!found || archiveName !== '') response.writeHead(404).end('{"error": "Not found"}')
    else {
      const base = `http://${request.headers.host}`
      const versions = found.versions.map(({ version: of, archive: bytes, integrity, dependencies = {} }) => [
        of,
        {
          name,
          version: of,
          dependencies,
          dist: {
            tarball: `${base}/-/${encodeURIComponent(name)}/${of}.tgz`,
            integrity: integrity ?? `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
          },
        },
      ])
      response.end(JSON.stringify({ name, 'dist-tags': found.tags, versions: Object.fromEntries(versions) }))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    state,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
