// Puts what the command line runs into one file: three hundred modules, found and linked one by one, were half of every start.
// `tsc` has written them below dist before; the library and its worker threads go on using those.
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The program below a dist folder as `cli/program.cjs`, which src/cli/bundled-program.ts starts. Packages stay outside. */
export async function bundleProgram(dist) {
  const { build } = await import('esbuild')
  const target = join(dist, 'cli', 'program.cjs')
  const { outputFiles } = await build({
    entryPoints: [join(dist, 'cli', 'run-command-line.js')],
    outfile: target,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    // Code that V8 takes from its cache cannot import(); all packages can be required.
    supported: { 'dynamic-import': false },
    banner: { js: 'const programUrl = require("node:url").pathToFileURL(__filename);' },
    plugins: [ownUrls(dirname(target))],
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
}

/** Files beside a module are still found: its URL stays the one that it had before it was put into the bundle. */
const ownUrls = (from) => ({
  name: 'own-urls',
  setup: (build) =>
    build.onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      if (!text.includes('import.meta.url')) return
      const own = relative(from, path).split(sep).join('/')
      return {
        contents: text.replaceAll('import.meta.url', `new URL(${JSON.stringify(own)}, programUrl).href`),
        loader: 'js',
      }
    }),
})

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await bundleProgram(process.argv[2])
