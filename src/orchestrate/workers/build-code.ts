import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, extname, join, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Loader, OnLoadResult, Plugin } from 'esbuild'
import { ownFolders, type Place } from './own-folders.js'

export interface CodePlace extends Place {
  /** The address of what `import … from 'millrace'` means. */
  readonly library: string
}

export interface BuiltCode {
  /** A module; the places in its stacks are those of the sources. */
  readonly text: string
  /** The project's own files that are in it, with the hash of what was read. */
  readonly read: Readonly<Record<string, string>>
  /** What it depends on besides. */
  readonly files: readonly string[]
}

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.tsx': 'tsx',
  '.mjs': 'js',
  '.json': 'json',
}

/**
 * What would be another thing within one module: what is imported or read relative to the file, by a name that only the running code
 * knows, and code that is loaded by others.
 */
const needsOwnFile =
  /\bimport\s*\(|\brequire\b|\bcreateRequire\b|\b__(?:dirname|filename)\b|import\.meta(?!\.(?:url|dirname|filename)\b)|\bmodule\.exports\b/

/**
 * definitions.ts as one module with all of the project's own code that it imports; packages stay outside. Undefined where the code is
 * wrong, which who loads its files tells better, or needs its own files.
 */
export async function buildCode(place: CodePlace): Promise<BuiltCode | undefined> {
  const { build, stop } = await import('esbuild')
  const read: Record<string, string> = {}
  const files = new Set<string>()
  const folder = dirname(place.file)
  try {
    const { outputFiles, warnings } = await build({
      entryPoints: [place.file],
      absWorkingDir: folder,
      outfile: join(folder, 'definitions.mjs'),
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: `node${process.versions.node}`,
      // As Node resolves, not as bundlers do.
      conditions: ['node'],
      mainFields: ['main'],
      resolveExtensions: ['.ts', '.tsx', '.js', '.jsx', '.json'],
      keepNames: true,
      sourcemap: 'external',
      sourcesContent: false,
      legalComments: 'none',
      logLevel: 'silent',
      define: Object.fromEntries(Object.entries(placeNames).map(([name, own]) => [`import.meta.${name}`, own])),
      plugins: [ownCode(place, read, files)],
    })
    const of = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? ''
    // What esbuild only warns of may be a mistake of the user's.
    if (warnings.length > 0) return undefined
    return { text: `${of('.mjs')}${placed(of('.map'), folder)}`, read, files: [...files] }
  } catch {
    return undefined
  } finally {
    await stop()
  }
}

/** Names that stand for those of the file. */
const placeNames = { url: 'millraceUrl', dirname: 'millraceDirname', filename: 'millraceFilename' } as const

function ownCode(place: CodePlace, read: Record<string, string>, files: Set<string>): Plugin {
  const folders = ownFolders(place).map((folder) => folder + sep)
  const isOwn = (path: string) =>
    folders.some((folder) => path.startsWith(folder)) && !path.includes(`${sep}node_modules${sep}`)
  return {
    name: 'own-code',
    setup(build) {
      build.onResolve({ filter: /^millrace-place:/ }, ({ path }) => ({ path: path.slice(15), namespace: 'place' }))
      build.onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (pluginData === isOwn || kind === 'entry-point') return undefined
        if (path === 'millrace') return { path: place.library, external: true }
        if (isBuiltin(path)) return { path, external: true }
        const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: isOwn })
        if (found.errors.length > 0) return { errors: found.errors }
        if (isOwn(found.path)) return { path: found.path }
        const manifest = packageOf(found.path)
        if (!/\.[cm]?js$/.test(found.path) || manifest === undefined || mayImportMillrace(manifest))
          return { errors: [{ text: `${path} needs to be loaded by itself` }] }
        for (const one of [found.path, manifest]) files.add(one)
        return { path: pathToFileURL(found.path).href, external: true, sideEffects: true }
      })
      build.onLoad({ filter: /.*/, namespace: 'place' }, ({ path }) => ({
        contents: `export const url = ${JSON.stringify(pathToFileURL(path).href)}, dirname = ${JSON.stringify(dirname(path))}, filename = ${JSON.stringify(path)}`,
      }))
      build.onLoad({ filter: /.*/ }, ({ path }): OnLoadResult => {
        const bytes = readFileSync(path)
        read[path] = createHash('sha256').update(bytes).digest('hex')
        const text = bytes.toString('utf8')
        const loader = loaders[extname(path)]
        if (loader === undefined || (loader !== 'json' && needsOwnFile.test(text)))
          return { errors: [{ text: `${path} needs its own file` }] }
        if (loader === 'json' || !text.includes('import.meta')) return { contents: text, loader }
        // Imports come first wherever they stand: at the end they move no line.
        const names = Object.entries(placeNames).map(([name, own]) => `${name} as ${own}`)
        return { contents: `${text}\nimport { ${names} } from ${JSON.stringify(`millrace-place:${path}`)}`, loader }
      })
    },
  }
}

/** The package.json above a file. */
function packageOf(path: string): string | undefined {
  for (let at = dirname(path); at !== dirname(at); at = dirname(at))
    if (existsSync(join(at, 'package.json'))) return join(at, 'package.json')
  return undefined
}

/** There it would be the one that is installed, and not this program. */
function mayImportMillrace(manifest: string): boolean {
  const { name, dependencies, peerDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly name?: string
    readonly dependencies?: object
    readonly peerDependencies?: object
  }
  return name === 'millrace' || 'millrace' in { ...dependencies, ...peerDependencies }
}

/** A source map within the module, whose sources are whole addresses. */
function placed(map: string, folder: string): string {
  const { sources, ...rest } = JSON.parse(map) as { readonly sources: readonly string[] }
  const addresses = sources.map((source) =>
    source.startsWith('place:') ? source : pathToFileURL(resolve(folder, source)).href,
  )
  const text = Buffer.from(JSON.stringify({ ...rest, sources: addresses })).toString('base64')
  return `//# sourceMappingURL=data:application/json;base64,${text}\n`
}
