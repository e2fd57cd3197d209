import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type CustomComponents, readManifest } from '../../../declarative/index.js'
import type { Manifest } from '../../../declarative/source/declarative-source.js'
import { extractLoadErrors } from '../../../errors.js'
import { manifestSummary } from '../manifest/manifest-spec.js'
import { addedFolder, isConnectorName, manifestName } from './added-connectors.js'
import { customFiles, isCustomFile } from './custom-files.js'
import { type FetchOptions, fetchManifest } from './fetch-manifest.js'
import { type FetchedManifest, nameOf } from './fetched-manifest.js'
import { fileText, type ManifestFile, schemaFiles } from './manifest-files.js'
import { isTrusted, type ManifestOrigin, manifestHash, originFile, originName } from './origin.js'
import { connectorExists, writeFolder } from './write-folder.js'

/** A text instead of a place to fetch it from. */
export interface GivenManifest {
  readonly text: string
  /** Made here; what somebody brought may be anybody's. */
  readonly isOwn: boolean
  /** Who brought it, and what they call it. */
  readonly origin?: Pick<ManifestOrigin, 'from' | 'title' | 'version'> | undefined
}

export interface AddRequest extends FetchOptions {
  /** A path, an address, or an npm package; or the manifest itself. */
  readonly from: string | GivenManifest
  /** What it is called; told by where it comes from when left out. */
  readonly name?: string | undefined
  /** Of the project's connections. */
  readonly folder: string
  /** Whether it may take the place of one that was added before. */
  readonly replaces: boolean
  /** The hash of the manifest that it takes the place of, where it is made of that one. */
  readonly before?: string | undefined
  /** Whether a connector of Millrace is called so. */
  readonly isOwnName: (name: string) => boolean
}

export interface AddedConnector {
  readonly name: string
  /** Absolute. */
  readonly manifest: string
  readonly isTrusted: boolean
  /** What its author should know. */
  readonly warnings: readonly string[]
  readonly spec: Readonly<Record<string, unknown>>
  readonly documentationUrl: string | undefined
}

/**
 * Brings a manifest into a project, as a connector of its own. Nothing of it stays where it cannot be run. Of one that it replaces the manifest
 * goes, and the schemas that it names; what else lies there stays.
 * @throws MANIFEST_UNREADABLE, MANIFEST_INVALID, MANIFEST_COMPONENT_UNSUPPORTED, CONNECTOR_NAME_INVALID, CONNECTOR_EXISTS, CONNECTOR_CHANGED_MEANWHILE
 */
export async function addManifest(request: AddRequest): Promise<AddedConnector> {
  const fetched =
    typeof request.from === 'string'
      ? await fetchManifest(request.from, request)
      : await givenManifest(request.from, request)
  const shown = typeof request.from === 'string' ? request.from : manifestName
  const name = request.name ?? fetched.name
  refuseName(name, request)
  const folder = addedFolder(request.folder, name)
  const origin = fetched.origin && { ...fetched.origin, sha256: manifestHash(fetched.text) }
  const files = fetched.files.map(({ path, text }) => [path, text] as const)
  const manifest = await writeFolder({
    folder,
    files: [[manifestName, fetched.text], ...(origin ? [originFile(origin)] : []), ...files],
    stays: await staying(folder, fetched),
    check: (draft) => checkedManifest(draft, shown),
    replaces: request.replaces,
    before: request.before,
  })
  return {
    name,
    manifest: join(folder, manifestName),
    isTrusted: isTrusted(origin),
    warnings: manifest.warnings,
    spec: manifestSummary(fetched.text, shown).spec,
    documentationUrl: manifest.documentationUrl,
  }
}

/** Which files of the connector that it replaces stay: all but those that came with its manifest. */
async function staying(folder: string, { files }: FetchedManifest): Promise<(path: string) => boolean> {
  const path = join(folder, manifestName)
  const schemas = existsSync(path) ? await schemaFiles(folder, await fileText(path)) : []
  const gone = new Set([manifestName, originName, ...schemas.map((one) => one.path)])
  // Of two that could stand for its components, nobody knows which one is meant.
  const bringsCustom = files.some((one) => isCustomFile(one.path))
  return (path) => !gone.has(path) && !(bringsCustom && isCustomFile(path))
}

/** What somebody brought came from elsewhere, as far as anybody knows; what is made here has no origin. Schemas of the one that it replaces stay. */
async function givenManifest(
  { text, isOwn, origin = { from: 'a text that somebody pasted' } }: GivenManifest,
  request: AddRequest,
): Promise<FetchedManifest> {
  const name = request.name ?? nameOf(origin.title ?? '')
  return {
    text,
    name,
    files: isConnectorName(name) ? await schemaFiles(addedFolder(request.folder, name), text) : [],
    origin: isOwn ? undefined : { ...origin, kind: 'text' },
  }
}

/** A connector as it stands in the project, or will. @param from how it is called in errors @param text what its manifest may become; what it is where left out */
export async function checkedManifest(folder: string, from: string, text?: string): Promise<Manifest> {
  const read = text ?? (await fileText(join(folder, manifestName)))
  return readManifest(read, { file: from, custom: promised(await customFiles(folder)), looksAhead: true })
}

/** What the code beside a manifest says that it has. It is not run before a connection uses it. */
function promised(files: readonly ManifestFile[]): CustomComponents {
  const names = files.filter(({ path }) => isCustomFile(path)).flatMap(({ text }) => exportedNames(text))
  const notRun = () => {
    throw new Error('What stands for a component of Python is not run while it is added.')
  }
  return new Map(names.map((name) => [name, notRun]))
}

function exportedNames(text: string): string[] {
  const declared = [...text.matchAll(/^export\s+(?:async\s+)?(?:function\*?|class|const|let)\s+([\w$]+)/gm)]
  const listed = [...text.matchAll(/^export\s*\{([^}]*)\}/gm)].flatMap(([, names = '']) => names.split(','))
  return [
    ...declared.map(([, name = '']) => name),
    ...listed.map(
      (name) =>
        name
          .trim()
          .split(/\s+as\s+/)
          .at(-1) ?? '',
    ),
  ]
}

function refuseName(name: string, { folder, replaces, isOwnName }: AddRequest): void {
  if (!isConnectorName(name))
    throw extractLoadErrors.create('CONNECTOR_NAME_INVALID', {
      message: `\`${name}\` cannot be the name of a connector.`,
      hint: 'Give it one (`--name`): small letters, digits, - and _, with a letter first.',
    })
  if (isOwnName(name))
    throw extractLoadErrors.create('CONNECTOR_EXISTS', {
      message: `Millrace has a connector \`${name}\` of its own.`,
      hint: 'Nothing was written. Give it another name (`--name`).',
    })
  const own = addedFolder(folder, name)
  if (!replaces && existsSync(own)) throw connectorExists(own)
}
