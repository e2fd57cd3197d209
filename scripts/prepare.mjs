// Brings a checkout to a state that can run: installs what is missing, builds what is stale. Plain JavaScript on
// purpose: it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Millrace needs Node 20.19 or newer; this is ${process.versions.node}. Newer ones: https://nodejs.org`)
  process.exit(2)
}

/** Runs a command and ends this process when it fails. */
function run(title, command, args) {
  console.log(`${title} …`)
  const started = Date.now()
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (result.status !== 0) {
    console.error(
      `${title} failed (${result.error?.message ?? `exit code ${result.status}`}). The lines above say why.`,
    )
    process.exit(2)
  }
  console.log(`${title}: done in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

/** A hash over names, sizes and modification times: cheap enough for every start. */
function fingerprint(paths) {
  const hash = createHash('sha256')
  const visit = (path) => {
    if (!existsSync(path)) return
    const stat = statSync(path)
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name))
    else hash.update(`${path}:${stat.size}:${stat.mtimeMs}\n`)
  }
  for (const path of paths) visit(join(root, path))
  return hash.digest('hex')
}

function isFresh(stamp, value) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === value
}

export function ensureInstalled() {
  const stamp = join(root, 'node_modules', '.millrace-stamp')
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (isFresh(stamp, wanted)) return
  run('Installing packages', 'npm', ['ci', '--no-audit', '--no-fund'])
  writeFileSync(stamp, wanted)
}

export function ensureBuilt() {
  const stamps = join(root, 'dist', '.stamps')
  const server = fingerprint(['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'])
  if (!isFresh(join(stamps, 'server'), server)) {
    // The UI build lives in dist/ui and has a stamp of its own.
    for (const name of existsSync(join(root, 'dist')) ? readdirSync(join(root, 'dist')) : [])
      if (name !== 'ui' && name !== '.stamps') rmSync(join(root, 'dist', name), { recursive: true, force: true })
    run('Building the program', process.execPath, [
      join('node_modules', 'typescript', 'bin', 'tsc'),
      '-p',
      'tsconfig.build.json',
    ])
    copyAssets(join(root, 'src'), join(root, 'dist'))
    // `npx millrace` in this repository, and projects that link to it, start the file itself.
    chmodSync(join(root, 'dist', 'cli', 'main.js'), 0o755)
    mkdirSync(stamps, { recursive: true })
    writeFileSync(join(stamps, 'server'), server)
  }
  const ui = fingerprint(['ui', 'src/server/contract', 'package-lock.json'])
  if (!isFresh(join(stamps, 'ui'), ui)) {
    run('Building the web UI', process.execPath, [
      join('node_modules', 'vite', 'bin', 'vite.js'),
      'build',
      'ui',
      '--logLevel',
      'warn',
    ])
    mkdirSync(stamps, { recursive: true })
    writeFileSync(join(stamps, 'ui'), ui)
  }
}

/** Everything below src that is not TypeScript (built-in macros) goes along. */
function copyAssets(from, to) {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    if (entry.isDirectory()) copyAssets(source, join(to, entry.name))
    else if (!entry.name.endsWith('.ts')) cpSync(source, join(to, entry.name))
  }
}

export function prepare() {
  ensureInstalled()
  ensureBuilt()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) prepare()
