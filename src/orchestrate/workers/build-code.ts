import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, extname, join, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildOptions, Loader, OnLoadResult, OnResolveArgs, Plugin } from 'esbuild'
import { ownFolders, type Place } from './own-folders.js'

export interface CodePlace extends Place {
  /** The address of what `import … from 'millrace'` means. */
  readonly library: string
}

export interface BuiltCode {
  /**
   * A module of each file, the first one of definitions.ts: `./1.mjs` is the second. The places in its stacks are those of the source, and
   * its functions have the text that tsx gives them, to the letter: a version of code is a hash of that.
   */
  readonly modules: readonly string[]
  readonly importsPackages: boolean
  /** The project's own files that are in it, with the hash of what was read. */
  readonly read: Readonly<Record<string, string>>
  /** What it depends on besides. */
  readonly files: readonly string[]
}

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.tsx': 'tsx',
  '.json': 'json',
}

/**
 * What would be another thing within one module: what is imported or read relative to the file, by a name that only the running code
 * knows, and code that is loaded by others.
 */
const needsOwnFile =
  /\bimport\s*\(|\brequire\b|\bcreateRequire\b|\b__(?:dirname|filename)\b|import\.meta(?!\.(?:url|dirname|filename)\b)|\bmodule\.exports\b/

/**
 * definitions.ts and all of the project's own code that it imports, compiled; packages stay outside. Undefined where the code is wrong,
 * which who loads its files tells better, or needs its own files.
 */
export async function buildCode(place: CodePlace): Promise<BuiltCode | undefined> {
  const { build, stop } = await import('esbuild')
  const found: Found = { sources: new Map(), imports: new Map(), files: new Set(), importsPackages: false }
  const folder = dirname(place.file)
  const options = {
    absWorkingDir: folder,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: `node${process.versions.node}`,
    // As Node resolves, not as bundlers do.
    conditions: ['node'],
    mainFields: ['main'],
    resolveExtensions: ['.ts', '.tsx', '.js', '.jsx', '.json'],
    logLevel: 'silent',
  } as const satisfies BuildOptions
  try {
    // Finds what is imported, and what of it is not there.
    const { warnings } = await build({ ...options, entryPoints: [place.file], plugins: [ownCode(place, found)] })
    // What esbuild only warns of may be a mistake of the user's.
    if (warnings.length > 0) return undefined
    const paths = [...found.sources.keys()]
    // Within one module names would be others, and with them the text of functions: each file is one of its own.
    const { outputFiles } = await build({
      ...options,
      entryPoints: paths.map((path, n) => ({ in: path, out: `${n}` })),
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      // As tsx does.
      minifyWhitespace: true,
      keepNames: true,
      legalComments: 'inline',
      treeShaking: false,
      sourcemap: 'external',
      sourcesContent: false,
      define: Object.fromEntries(Object.entries(placeNames).map(([name, own]) => [`import.meta.${name}`, own])),
      plugins: [eachByItself(paths, found)],
    })
    const of = (name: string) => outputFiles.find(({ path }) => basename(path) === name)?.text ?? ''
    const modules = paths.map((_path, n) => `${of(`${n}.mjs`)}${placed(of(`${n}.mjs.map`), folder)}`)
    const read = Object.fromEntries(
      [...found.sources].map(([path, { bytes }]) => [path, createHash('sha256').update(bytes).digest('hex')]),
    )
    return { modules, importsPackages: found.importsPackages, read, files: [...found.files] }
  } catch {
    return undefined
  } finally {
    await stop()
  }
}

/** What the files of the project import. */
interface Found {
  readonly sources: Map<string, { readonly bytes: Buffer; readonly loader: Loader }>
  /** By who imports and what it says: the file, or the address of what is loaded by itself. */
  readonly imports: Map<string, { readonly own: string } | { readonly address: string }>
  readonly files: Set<string>
  importsPackages: boolean
}

const importOf = ({ importer, path }: Pick<OnResolveArgs, 'importer' | 'path'>) => `${importer}\n${path}`

/** Names that stand for those of the file. */
const placeNames = { url: 'millraceUrl', dirname: 'millraceDirname', filename: 'millraceFilename' } as const

/** The text of a function as its author wrote it: without the names that stand for those of the file. */
export const textOfFunction = (run: { toString(): string }): string =>
  Object.entries(placeNames).reduce((text, [name, own]) => text.replaceAll(own, `import.meta.${name}`), run.toString())

function ownCode(place: CodePlace, found: Found): Plugin {
  const folders = ownFolders(place).map((folder) => folder + sep)
  const isOwn = (path: string) =>
    folders.some((folder) => path.startsWith(folder)) && !path.includes(`${sep}node_modules${sep}`)
  return {
    name: 'own-code',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (asked) => {
        const { path, kind, importer, resolveDir, pluginData } = asked
        if (pluginData === isOwn || kind === 'entry-point') return undefined
        // Such an import stays as it is written, and would say of a module that it is something else.
        if (Object.keys(asked.with).length > 0) return { errors: [{ text: `${path} has attributes` }] }
        if (path === 'millrace' || isBuiltin(path)) {
          const address = path === 'millrace' ? place.library : path
          found.imports.set(importOf(asked), { address })
          return { path: address, external: true }
        }
        const there = await build.resolve(path, { kind, importer, resolveDir, pluginData: isOwn })
        if (there.errors.length > 0) return { errors: there.errors }
        if (isOwn(there.path)) {
          found.imports.set(importOf(asked), { own: there.path })
          return { path: there.path }
        }
        const manifest = packageOf(there.path)
        if (!/\.[cm]?js$/.test(there.path) || manifest === undefined || isMillrace(manifest))
          return { errors: [{ text: `${path} needs to be loaded by itself` }] }
        const places = packagePlaces(resolveDir, [path, there.path.split(`${sep}node_modules${sep}`).at(-1) ?? path])
        for (const one of [there.path, manifest, ...places]) found.files.add(one)
        found.importsPackages = true
        const address = pathToFileURL(there.path).href
        found.imports.set(importOf(asked), { address })
        return { path: address, external: true, sideEffects: true }
      })
      build.onLoad({ filter: /.*/ }, ({ path }): OnLoadResult => {
        const bytes = readFileSync(path)
        const text = bytes.toString('utf8')
        const loader = loaders[extname(path)]
        if (loader === undefined || (loader !== 'json' && needsOwnFile.test(text)))
          return { errors: [{ text: `${path} needs its own file` }] }
        found.sources.set(path, { bytes, loader })
        return { contents: bytes, loader }
      })
    },
  }
}

/** Files as modules that import one another. */
function eachByItself(paths: readonly string[], { sources, imports }: Found): Plugin {
  const placeOf = 'millrace-place:'
  return {
    name: 'each-by-itself',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (asked) => {
        if (asked.kind === 'entry-point') return undefined
        if (asked.path === placeOf) {
          const { importer } = asked
          const names = { url: pathToFileURL(importer).href, dirname: dirname(importer), filename: importer }
          const text = Object.entries(names).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}`)
          return { path: `data:text/javascript,${encodeURIComponent(text.join('\n'))}`, external: true }
        }
        const meant = imports.get(importOf(asked))
        if (meant === undefined) return { errors: [{ text: `${asked.path} was not looked for` }] }
        return { path: 'own' in meant ? `./${paths.indexOf(meant.own)}.mjs` : meant.address, external: true }
      })
      build.onLoad({ filter: /.*/ }, ({ path }): OnLoadResult | undefined => {
        const source = sources.get(path)
        if (source === undefined) return undefined
        const { bytes, loader } = source
        if (loader === 'json' || !bytes.includes('import.meta')) return { contents: bytes, loader }
        // Imports come first wherever they stand: at the end they move no line.
        const names = Object.entries(placeNames).map(([name, own]) => `${name} as ${own}`)
        return { contents: `${bytes}\nimport { ${names} } from ${JSON.stringify(placeOf)}`, loader }
      })
    },
  }
}

/** Where packages are looked for from a folder, which other ones may take the place of: the first that is there, and all before it. */
function packagePlaces(from: string, meant: readonly string[]): readonly string[] {
  const names = meant.flatMap((path) => /^(?:@[^/\\]+[/\\])?[^./\\#][^/\\]*/.exec(path) ?? [])
  return [...new Set(names)].flatMap((name) => {
    const places: string[] = []
    for (let at = from; ; at = dirname(at)) {
      const place = join(at, 'node_modules', name)
      places.push(place)
      if (at === dirname(at) || existsSync(place)) return places
    }
  })
}

/** The package.json above a file. */
function packageOf(path: string): string | undefined {
  for (let at = dirname(path); at !== dirname(at); at = dirname(at))
    if (existsSync(join(at, 'package.json'))) return join(at, 'package.json')
  return undefined
}

/** It would be the one that is installed, and not this program. */
const isMillrace = (manifest: string): boolean =>
  (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly name?: string }).name === 'millrace'

/** A source map within the module, whose sources are whole addresses. */
function placed(map: string, folder: string): string {
  const { sources, ...rest } = JSON.parse(map) as { readonly sources: readonly string[] }
  const addresses = sources.map((source) => pathToFileURL(resolve(folder, source)).href)
  const text = Buffer.from(JSON.stringify({ ...rest, sources: addresses })).toString('base64')
  return `//# sourceMappingURL=data:application/json;base64,${text}\n`
}
