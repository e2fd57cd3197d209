// Brings a checkout to a state that can run: installs what is missing, builds what is stale. Plain JavaScript on
// purpose: it runs before anything is installed, and on a Node that is too old far enough to say so (which is why
// nothing is imported by name that an old Node does not have).
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { killTree } from './kill-tree.mjs'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Millrace needs Node 20.19 or newer; this is ${process.versions.node}. Newer ones: https://nodejs.org`)
  process.exit(2)
}

/** Runs a command, and ends this process when it fails or the signal aborts. */
async function run(title, command, args, signal) {
  if (signal?.aborted) process.exit(130)
  console.log(`${title} …`)
  const started = Date.now()
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  // What is half done is done again by the next start: nothing has to be brought to an end.
  signal?.addEventListener('abort', () => child.pid !== undefined && killTree(child.pid))
  const ended = await new Promise((resolve) => {
    child.on('error', (error) => resolve({ error }))
    child.on('exit', (status, killedBy) => resolve({ status, killedBy }))
  })
  if (signal?.aborted || ended.killedBy) process.exit(130)
  if (ended.status !== 0) {
    const why = ended.error ? ended.error.message : `exit code ${ended.status}`
    console.error(`${title} failed (${why}). The lines above say why.`)
    process.exit(2)
  }
  console.log(`${title}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

/** A hash over names, sizes and modification times: cheap enough for every start. */
function fingerprint(paths) {
  const hash = createHash('sha256')
  const visit = (path) => {
    if (!fs.existsSync(path)) return
    const stat = fs.statSync(path)
    if (stat.isDirectory()) for (const name of fs.readdirSync(path).sort()) visit(join(path, name))
    else hash.update(`${path}:${stat.size}:${stat.mtimeMs}\n`)
  }
  for (const path of paths) visit(join(root, path))
  return hash.digest('hex')
}

function isFresh(stamp, value) {
  return fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === value
}

/** npm leaves a list of what it installed: as good as a look at every package, and true whoever ran npm. */
function isInstalled() {
  const packages = (path) => {
    try {
      return JSON.parse(fs.readFileSync(join(root, path), 'utf8')).packages
    } catch {
      return {}
    }
  }
  const installed = packages(join('node_modules', '.package-lock.json'))
  return Object.entries(packages('package-lock.json')).every(
    ([path, { version, optional }]) =>
      path === '' || (installed[path] ? installed[path].version === version : optional),
  )
}

export async function ensureInstalled(signal) {
  if (isInstalled()) return
  await run('Installing packages', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], signal)
}

export async function ensureBuilt(signal) {
  const stamps = join(root, 'dist', '.stamps')
  const server = fingerprint(['src', 'scripts/bundle.mjs', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'])
  if (!isFresh(join(stamps, 'server'), server)) {
    // The UI build lives in dist/ui and has a stamp of its own.
    for (const name of fs.existsSync(join(root, 'dist')) ? fs.readdirSync(join(root, 'dist')) : [])
      if (name !== 'ui' && name !== '.stamps') fs.rmSync(join(root, 'dist', name), { recursive: true, force: true })
    const compiler = join('node_modules', 'typescript', 'bin', 'tsc')
    await run('Building the program', process.execPath, [compiler, '-p', 'tsconfig.build.json'], signal)
    copyAssets(join(root, 'src'), join(root, 'dist'))
    const bundler = join('scripts', 'bundle.mjs')
    await run('Bundling the command line', process.execPath, [bundler, join(root, 'dist')], signal)
    // `npx millrace` in this repository, and projects that link to it, start the file itself.
    fs.chmodSync(join(root, 'dist', 'cli', 'main.js'), 0o755)
    fs.mkdirSync(stamps, { recursive: true })
    fs.writeFileSync(join(stamps, 'server'), server)
  }
  const ui = fingerprint(['ui', 'src/server/contract', 'package-lock.json'])
  if (!isFresh(join(stamps, 'ui'), ui)) {
    const vite = join('node_modules', 'vite', 'bin', 'vite.js')
    await run('Building the web UI', process.execPath, [vite, 'build', 'ui', '--logLevel', 'warn'], signal)
    fs.mkdirSync(stamps, { recursive: true })
    fs.writeFileSync(join(stamps, 'ui'), ui)
  }
}

/** Everything below src that is not TypeScript (built-in macros) goes along. */
function copyAssets(from, to) {
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    if (entry.isDirectory()) copyAssets(source, join(to, entry.name))
    else if (!entry.name.endsWith('.ts')) fs.cpSync(source, join(to, entry.name))
  }
}

/** Where the signal aborts, what is being done is ended, and this process with it. */
export async function prepare(signal) {
  try {
    await ensureInstalled(signal)
    await ensureBuilt(signal)
  } catch (error) {
    if (!error.code || !error.path) throw error
    const what =
      error.code === 'ENOSPC' ? 'The disk is full' : 'No right to write, perhaps, or a disk that is read-only'
    console.error(`The program cannot be built in ${root}: ${error.code} at ${error.path}. ${what}.`)
    process.exit(2)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await prepare()
