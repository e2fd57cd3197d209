import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  ArchiveError,
  isWithin,
  sizeText,
  temporaryFolder,
  unpackArchive,
  visibleSettings,
} from '../../../../base/index.js'
import { extractLoadErrors } from '../../../errors.js'
import { type FetchedManifest, nameOf } from './fetched-manifest.js'
import { fileText, manifestOfFolder, schemaFiles } from './manifest-files.js'

/** A package with a manifest is text: one with more than this, packed or unpacked, is something else, or made to burst. */
const maxBytes = 64 * 1024 * 1024
const mostMs = 120_000
const betweenLooksMs = 100

/**
 * The manifest of an npm package, fetched and held against its hash by npm itself, with its own settings and those of the project. Only its
 * archive is unpacked: nothing that it depends on is fetched, and none of its code is run.
 * @param cwd where the `.npmrc` of a project may lie, there or above
 * @throws MANIFEST_UNREADABLE
 */
export async function packageManifest(
  specifier: string,
  file: string | undefined,
  { cwd, signal }: { readonly cwd: string; readonly signal?: AbortSignal | undefined },
): Promise<FetchedManifest> {
  const name = specifier.replace(/(?<=.)@[^/]*$/, '')
  const folder = await temporaryFolder('package')
  try {
    const unpacked = join(folder, 'unpacked')
    await mkdir(unpacked)
    await unpack(await fetched(specifier, folder, cwd, signal), unpacked, specifier)
    const version = await versionIn(unpacked, specifier)
    const path = resolve(unpacked, file ?? '.')
    if (!isWithin(unpacked, path)) throw unreadable(`${file} leads out of the package ${name}.`)
    const manifest = await manifestOfFolder(path).catch((cause) => {
      throw unreadable(`The package ${name}@${version} has no ${file ?? 'manifest.yaml'}.`, cause)
    })
    const text = await fileText(manifest)
    return {
      text,
      origin: { from: `npm:${specifier}${file === undefined ? '' : `/${file}`}`, kind: 'package', version },
      name: nameOf(name.replace(/^@[^/]+\//, '')),
      files: await schemaFiles(dirname(manifest), text),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Its archive, as the registry has it. */
async function fetched(
  specifier: string,
  folder: string,
  cwd: string,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  const settings = npmrcOf(cwd)
  if (settings !== undefined) await copyFile(settings, join(folder, '.npmrc'))
  const args = ['pack', specifier, '--prefix', folder, '--pack-destination', folder, '--ignore-scripts']
  // npm itself knows no limit. What it fetches is written into its cache as it comes: into one of its own, it can be watched.
  const cache = join(folder, 'cache')
  const ended = new AbortController()
  const watch = watchSize(cache, ended.signal)
  const stops = AbortSignal.any([watch.burst, ...(signal ? [signal] : [])])
  try {
    const how = { signal: stops, cwd: folder, timeout: mostMs }
    await promisify(execFile)('npm', [...args, '--cache', cache, '--loglevel', 'error'], how)
  } catch (cause) {
    signal?.throwIfAborted()
    const reason = watch.burst.aborted ? `it has more than ${sizeText(maxBytes)}.` : reasonOf(cause)
    throw unreadable(`npm cannot fetch ${specifier}: ${reason}`, cause)
  } finally {
    ended.abort()
    await watch.done
  }
  const archive = (await readdir(folder)).find((one) => one.endsWith('.tgz'))
  if (archive === undefined) throw unreadable(`npm has fetched nothing of ${specifier}.`)
  if ((await stat(join(folder, archive))).size > maxBytes)
    throw unreadable(`The archive of ${specifier} has more than ${sizeText(maxBytes)}.`)
  return readFile(join(folder, archive))
}

/** Looks again and again how large a folder has become, until it is larger than a package may be. */
function watchSize(folder: string, signal: AbortSignal): { readonly burst: AbortSignal; readonly done: Promise<void> } {
  const burst = new AbortController()
  const look = async () => {
    while (!signal.aborted) {
      if ((await sizeOf(folder)) > maxBytes) return burst.abort()
      await pause(betweenLooksMs, undefined, { signal }).catch(() => {})
    }
  }
  return { burst: burst.signal, done: look() }
}

/** Of all that lies in a folder, in bytes; what goes meanwhile has none. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  const sizes = files.map(
    async ({ parentPath, name }) => (await stat(join(parentPath, name)).catch(() => undefined))?.size,
  )
  return (await Promise.all(sizes)).reduce((sum: number, size) => sum + (size ?? 0), 0)
}

/** Of the project that `cwd` lies in: what npm would find there. */
function npmrcOf(cwd: string): string | undefined {
  for (let at = resolve(cwd); ; at = dirname(at)) {
    const found = join(at, '.npmrc')
    if (existsSync(found)) return found
    if (existsSync(join(at, 'package.json')) || at === dirname(at)) return undefined
  }
}

/** npm's own words; the line before them has only a code. */
function reasonOf(cause: unknown): string {
  const { code, killed, stderr } = cause as { code?: unknown; killed?: boolean; stderr?: unknown }
  if (code === 'ENOENT') return 'there is no npm on this machine.'
  if (killed) return `it took longer than ${mostMs / 1000} seconds.`
  const said = String(stderr ?? cause)
  const lines = [...said.matchAll(/^npm (?:error|ERR!) (.+)$/gm)].map(([, line = '']) => line)
  const text = lines.find((line) => !/^code \w+$/.test(line)) ?? lines[0] ?? said.trim()
  return String(visibleSettings({ text }).text)
}

async function unpack(archive: Buffer, folder: string, specifier: string): Promise<void> {
  try {
    await unpackArchive(archive, folder, { maxBytes })
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error
    throw unreadable(`The archive of ${specifier} was not unpacked: ${error.message}.`, error)
  }
}

async function versionIn(folder: string, specifier: string): Promise<string> {
  try {
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: unknown }
    return String(version)
  } catch (cause) {
    throw unreadable(`The package ${specifier} has no package.json that can be read.`, cause)
  }
}

const unreadable = (message: string, cause?: unknown) =>
  extractLoadErrors.create('MANIFEST_UNREADABLE', {
    message,
    hint: 'Give a package as npm:name[@version][/file]; what lies in the project already, by its path.',
    cause,
  })
