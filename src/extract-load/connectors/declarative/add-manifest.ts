import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type CustomComponents, readManifest } from '../../declarative/index.js'
import type { Manifest } from '../../declarative/source/contract.js'
import { extractLoadErrors } from '../../errors.js'
import { addedFolder, isConnectorName, manifestName } from './added.js'
import { customFiles, isCustomFile } from './custom-files.js'
import { type FetchOptions, fetchManifest } from './fetch-manifest.js'
import { type FetchedManifest, nameOf } from './fetched-manifest.js'
import { fileText, type ManifestFile, schemaFiles } from './manifest-files.js'
import { manifestSummary } from './manifest-spec.js'
import { isTrusted, type ManifestOrigin, manifestHash, originFile } from './origin.js'

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
 * Brings a manifest into a project, as a connector of its own. Nothing of it stays where it cannot be run.
 * @throws MANIFEST_UNREADABLE, MANIFEST_INVALID, MANIFEST_COMPONENT_UNSUPPORTED, CONNECTOR_EXISTS
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
  const own = fetched.files.some(({ path }) => isCustomFile(path)) ? [] : await customFiles(folder)
  const origin = fetched.origin && { ...fetched.origin, sha256: manifestHash(fetched.text) }
  const files = [...fetched.files, ...own].map(({ path, text }) => [path, text] as const)
  const manifest = await writeFolder(
    folder,
    [[manifestName, fetched.text], ...(origin ? [originFile(origin)] : []), ...files],
    (draft) => checkedManifest(draft, shown),
  )
  return {
    name,
    manifest: join(folder, manifestName),
    isTrusted: isTrusted(origin),
    warnings: manifest.warnings,
    spec: manifestSummary(fetched.text, shown).spec,
    documentationUrl: manifest.documentationUrl,
  }
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
    throw extractLoadErrors.create('CONNECTOR_EXISTS', {
      message: `\`${name}\` cannot be the name of a connector.`,
      hint: 'Give it one (`--name`): small letters, digits, - and _, with a letter first.',
    })
  const isOther = isOwnName(name)
  if (!isOther && (replaces || !existsSync(addedFolder(folder, name)))) return
  throw extractLoadErrors.create('CONNECTOR_EXISTS', {
    message: isOther ? `Millrace has a connector \`${name}\` of its own.` : `There is a connector \`${name}\` already.`,
    hint: isOther
      ? 'Nothing was written. Give it another name (`--name`).'
      : 'Nothing was written. Give it another name (`--name`), or put it in the place of that one (`--replace`).',
  })
}

/** All of it or nothing: whoever reads the project meanwhile finds the former folder, or this. @param check throws what is wrong with the new one */
async function writeFolder(
  folder: string,
  files: readonly (readonly [path: string, text: string])[],
  check: (draft: string) => Promise<Manifest>,
): Promise<Manifest> {
  await mkdir(dirname(folder), { recursive: true })
  const draft = await mkdtemp(join(dirname(folder), '.new-'))
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(draft, path)), { recursive: true })
      await writeFile(join(draft, path), text)
    }
    const manifest = await check(draft)
    await chmod(draft, 0o755)
    await putInPlace(draft, folder)
    return manifest
  } finally {
    await rm(draft, { recursive: true, force: true })
    // Only where nothing is in it.
    await rmdir(dirname(folder)).catch(() => {})
  }
}

/** The former folder goes when the new one stands, and comes back where that cannot be. */
async function putInPlace(draft: string, folder: string): Promise<void> {
  if (!existsSync(folder)) return rename(draft, folder)
  const former = `${draft}.former`
  await rename(folder, former)
  try {
    await rename(draft, folder)
  } catch (error) {
    await rename(former, folder)
    throw error
  }
  await rm(former, { recursive: true, force: true })
}
