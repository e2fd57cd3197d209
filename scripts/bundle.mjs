// Puts what the command line runs into one file, and what threads with the code of a project load into a few: three hundred modules, found
// and linked one by one, were half of every start. `tsc` has written them below dist before; who imports the library goes on using those.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Packages that nearly every command needs, and that V8 takes from its cache faster than from their own files. The others stay outside. */
const inside = [
  '@duckdb/node-api',
  '@hono/node-server',
  'commander',
  'croner',
  'hono',
  'pg',
  'picocolors',
  'prom-client',
  'yaml',
  'zod',
]

/** The program below a dist folder as `cli/program.cjs`, which src/cli/bundled-program.ts starts; or another one, of the same modules. */
export async function bundleProgram(
  dist,
  entry = join(dist, 'cli', 'run-command-line.js'),
  target = join(dist, 'cli', 'program.cjs'),
) {
  const { build } = await import('esbuild')
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    outfile: target,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    // Code that V8 takes from its cache cannot import(); all packages can be required.
    supported: { 'dynamic-import': false },
    banner: { js: 'const programUrl = require("node:url").pathToFileURL(__filename);' },
    plugins: [packagesOutside, pgOnNode, ownUrls(dirname(target))],
    metafile: true,
    logLevel: 'warning',
    write: false,
  })
  const text = ascii(outputFiles[0].text)
  // Its first line tells one build from another: what was compiled of it is kept by that line.
  await writeFile(target, `// ${createHash('sha256').update(text).digest('hex')}\n${text}`)
  await writeFile(target.replace(/\.cjs$/, '.licenses.txt'), await licensesOf(Object.keys(metafile.inputs)))
}

/**
 * What a thread with the code of a project begins with, as `worker/orchestrate/workers/user-worker.js`, and the library that this code imports,
 * as `worker/index.js`: what both have in common is in a third file, so that each class is there once.
 */
export async function bundleWorker(dist) {
  const { build } = await import('esbuild')
  const outdir = join(dist, 'worker')
  const worker = join(dist, 'orchestrate', 'workers', 'user-worker.js')
  await rm(outdir, { recursive: true, force: true })
  const { outputFiles } = await build({
    entryPoints: [join(dist, 'index.js'), worker],
    outbase: dist,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // The worker itself finds the library beside it.
    plugins: [packagesOutside, ownUrls(outdir, 'import.meta.url', worker)],
    logLevel: 'warning',
    write: false,
  })
  for (const { path, text } of outputFiles) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, ascii(text))
  }
}

/** esbuild leaves signs like … in patterns and comments. One of them, and V8 holds the whole file with two bytes a letter. */
const ascii = (text) => text.replace(/[^\0-\x7f]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** What a package inside needs is inside as well, unless it can be left out (`pg-native`), is no JavaScript, or has to be the only one of its kind. */
const packagesOutside = {
  name: 'packages-outside',
  setup: (build) =>
    build.onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
      const isOwn = !importer.includes(`${sep}node_modules${sep}`)
      const isInside = isOwn
        ? inside.some((one) => path === one || path.startsWith(`${one}/`))
        : !/^(pg-native|@opentelemetry|@duckdb\/node-bindings)/.test(path)
      return isInside && !isBuiltin(path) ? undefined : { path, external: true }
    }),
}

/** `pg` makes a Response to find out whether it runs at Cloudflare: with that Node loads all of fetch, at every start. */
const pgOnNode = {
  name: 'pg-on-node',
  setup: (build) =>
    build.onLoad({ filter: /[\\/]pg[\\/]lib[\\/]stream\.js$/ }, async ({ path }) => ({
      contents: `const Response = undefined\n${await readFile(path, 'utf8')}`,
    })),
}

/** The packages inside with their licenses, which want to be told. */
async function licensesOf(files) {
  const folders = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))
  const texts = [...folders].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    const file = (await readdir(folder)).find((one) => /^licen[sc]e/i.test(one))
    return `${name} ${version} (${license})\n\n${file ? await readFile(join(folder, file), 'utf8') : ''}`
  })
  return (await Promise.all(texts)).join('\n\n')
}

/** Files beside a module are still found: its URL stays the one that it had before it was put into the bundle. What a program requires when it needs it may be inside. */
const ownUrls = (from, fromUrl = 'programUrl', except = undefined) => ({
  name: 'own-urls',
  setup: (build) =>
    build.onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const text = path === except ? '' : await readFile(path, 'utf8')
      if (!text.includes('import.meta.url')) return
      const own = relative(from, path).split(sep).join('/')
      return {
        contents: (fromUrl === 'programUrl'
          ? text.replaceAll(/\bcreateRequire\(import\.meta\.url\)\(('[^']+')\)/g, 'require($1)')
          : text
        ).replaceAll('import.meta.url', `new URL(${JSON.stringify(own)}, ${fromUrl}).href`),
        loader: 'js',
      }
    }),
})

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [dist, ...other] = process.argv.slice(2)
  await bundleProgram(dist, ...other)
  if (other.length === 0) await bundleWorker(dist)
}
