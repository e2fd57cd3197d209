import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { openTransport, TransportError } from '../../../declarative/index.js'
import { extractLoadErrors } from '../../../errors.js'
import { catalogAddress } from './catalog-address.js'
import { customFiles } from './custom-files.js'
import { type FetchedManifest, nameOfPath } from './fetched-manifest.js'
import { fileText, manifestOfFolder, schemaFiles } from './manifest-files.js'
import { packageManifest } from './package-manifest.js'

export interface FetchOptions {
  /** Where relative paths start. */
  readonly cwd: string
  readonly signal?: AbortSignal | undefined
}

const limits = { connectTimeoutMs: 10_000, readTimeoutMs: 30_000 }
/** The largest of Airbyte's catalog has less than one. */
const maxMegabytes = 16

/**
 * Fetches a manifest from where somebody says that it is.
 * @param from a path (a file, or a folder with a `manifest.yaml`), an address, one of Airbyte's catalog (`airbyte:name[@version]`), or an npm
 * package (`npm:name[@version][/file]`)
 * @throws MANIFEST_UNREADABLE
 */
export async function fetchManifest(from: string, { cwd, signal }: FetchOptions): Promise<FetchedManifest> {
  if (/^https?:\/\//i.test(from)) return fromAddress(from, signal)
  const ofCatalog = catalogAddress(from)
  if (ofCatalog !== undefined) return fromCatalog(from, ofCatalog, signal)
  const path = resolve(cwd, from)
  if (existsSync(path)) return fromFile(path, from)
  const [, specifier, file] = /^(?:npm:)?((?:@[\w.-]+\/)?[a-z\d][\w.-]*(?:@[^/\s]+)?)(?:\/(.+))?$/.exec(from) ?? []
  // A path that leads nowhere is no package: nobody asks a registry for a typing error.
  if (specifier !== undefined && (from.startsWith('npm:') || !/[\\/]|\.ya?ml$/.test(from.replace(/^@[^/]+\//, ''))))
    return packageManifest(specifier, file, { cwd, signal })
  throw unreadable(
    `There is no file ${from}.`,
    'Give a path, an address (https://…), a source of Airbyte’s catalog as airbyte:name[@version], or a package as npm:name[@version][/file].',
  )
}

async function fromFile(path: string, from: string): Promise<FetchedManifest> {
  const file = await manifestOfFolder(path)
  const folder = dirname(file)
  const text = await fileText(file)
  return {
    text,
    origin: { from, kind: 'file' },
    name: nameOfPath(file),
    folder,
    files: [...(await schemaFiles(folder, text)), ...(await customFiles(folder))],
  }
}

/** What is asked for there anew is the newest, unless a version was named. */
async function fromCatalog(from: string, address: string, signal: AbortSignal | undefined): Promise<FetchedManifest> {
  const fetched = await fromAddress(address, signal, {
    notFound: `Airbyte's catalog has it under another name, or in another version, or it is no manifest: then its image is run (connector \`airbyte\`).`,
  })
  return { ...fetched, origin: { from, kind: 'address' } }
}

async function fromAddress(
  address: string,
  signal: AbortSignal | undefined,
  { notFound = 'Open it in a browser: it must answer with the manifest alone.' } = {},
): Promise<FetchedManifest> {
  const url = new URL(address)
  // Who it was fetched as, or with, is nobody's concern.
  const shown = `${url.origin}${url.pathname}`
  if (url.protocol === 'http:' && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname))
    throw unreadable(
      `${shown} is an address that anybody on the way can change.`,
      'Give one that begins with https://.',
    )
  const elsewhere = 'Give the address that it leads to, if you trust it.'
  const beforeRedirect = async (next: { readonly url: string }) => {
    if (url.protocol === 'https:' && !/^https:/i.test(next.url))
      throw unreadable(`${shown} leads to an address without https.`, elsewhere)
  }
  // Who names an address means it, wherever it is; where it leads, somebody else says.
  const transport = openTransport({ allowsPrivateAddresses: 'as named', maxBodyBytes: maxMegabytes * 1024 ** 2 })
  try {
    const headers = [['Accept', 'application/yaml, text/yaml, text/plain, */*']] as const
    const request = { method: 'GET', url: address, headers }
    const sent = { signal, isStreamed: false, beforeRedirect, ...limits }
    const response = await transport.send(request, sent).catch((error: unknown) => {
      if (error instanceof TransportError)
        throw unreadable(`${shown} cannot be fetched: ${error.message}`, 'Check the address, and the way to it.')
      const { code } = error as { readonly code?: unknown }
      if (code === 'API_ADDRESS_REFUSED')
        throw unreadable(`${shown} leads to an address inside a private network.`, elsewhere)
      if (code === 'API_ANSWER_INVALID')
        throw unreadable(`${shown} answers with more than ${maxMegabytes} MB, which is no manifest.`, notFound)
      throw error
    })
    if (response.status !== 200) throw unreadable(`${shown} answered ${response.status}.`, notFound)
    return {
      text: response.text(),
      origin: { from: shown, kind: 'address' },
      name: nameOfPath(url.pathname),
      files: [],
    }
  } finally {
    await transport.close()
  }
}

const unreadable = (message: string, hint: string) => extractLoadErrors.create('MANIFEST_UNREADABLE', { message, hint })
