import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { isWithin, temporaryFolder } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import { type FetchedManifest, nameOf } from './fetched-manifest.js'
import { fileText, manifestOfFolder, schemaFiles } from './manifest-files.js'

/**
 * The manifest of an npm package, fetched by npm itself with its own settings; none of the package's code is run.
 * @throws MANIFEST_UNREADABLE
 */
export async function packageManifest(
  specifier: string,
  file: string | undefined,
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<FetchedManifest> {
  const name = specifier.replace(/(?<=.)@[^/]*$/, '')
  const folder = await temporaryFolder('package')
  try {
    await install(specifier, folder, signal)
    const installed = join(folder, 'node_modules', name)
    const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { version: string }
    const path = resolve(installed, file ?? '.')
    if (!isWithin(installed, path)) throw unreadable(`${file} leads out of the package ${name}.`)
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

async function install(specifier: string, folder: string, signal: AbortSignal | undefined): Promise<void> {
  const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-save', '--no-audit', '--no-fund', specifier]
  try {
    await promisify(execFile)('npm', args, { signal, cwd: folder })
  } catch (cause) {
    const said = String((cause as { stderr?: unknown }).stderr ?? cause)
    throw unreadable(
      `npm cannot fetch ${specifier}: ${said.match(/npm (?:error|ERR!) (.*)/)?.[1] ?? said.trim()}`,
      cause,
    )
  }
}

const unreadable = (message: string, cause?: unknown) =>
  extractLoadErrors.create('MANIFEST_UNREADABLE', {
    message,
    hint: 'Give a package as npm:name[@version][/file]; what lies in the project already, by its path.',
    cause,
  })
