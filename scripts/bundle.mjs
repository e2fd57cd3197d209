// Puts what the command line runs into one file: three hundred modules, found and linked one by one, were half of every start.
// `tsc` has written them below dist before; the library and its worker threads go on using those.
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
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
  // esbuild leaves signs like … in patterns and comments. One of them, and V8 holds the whole program with two bytes a letter.
  const text = outputFiles[0].text.replace(
    /[^\0-\x7f]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  // Its first line tells one build from another: what was compiled of it is kept by that line.
  await writeFile(target, `// ${createHash('sha256').update(text).digest('hex')}\n${text}`)
  await writeFile(target.replace(/\.cjs$/, '.licenses.txt'), await licensesOf(Object.keys(metafile.inputs)))
}

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

/** Files beside a module are still found: its URL stays the one that it had before it was put into the bundle. What it requires when it needs it may be inside. */
const ownUrls = (from) => ({
  name: 'own-urls',
  setup: (build) =>
    build.onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      if (!text.includes('import.meta.url')) return
      const own = relative(from, path).split(sep).join('/')
      return {
        contents: text
          .replaceAll(/\bcreateRequire\(import\.meta\.url\)\(('[^']+')\)/g, 'require($1)')
          .replaceAll('import.meta.url', `new URL(${JSON.stringify(own)}, programUrl).href`),
        loader: 'js',
      }
    }),
})

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await bundleProgram(...process.argv.slice(2))
