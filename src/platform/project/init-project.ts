import { readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeFolder, refusalOf } from '../../base/index.js'
import { platformErrors } from '../errors.js'
import { commonFiles, emptyProjectFiles, mergePackageJson, type PackageJson, projectPackageJson } from './init-files.js'
import { ownSource } from './own-source.js'

/** This program's own folder: a package below somebody's node_modules, or a checkout. */
const programDir = fileURLToPath(new URL('../../..', import.meta.url))
/** The example doubles as the template; what it keeps for itself when it runs does not go along. */
const templateDir = join(programDir, 'examples', 'flights')
const leftOut = new Set(['.millrace', 'node_modules', 'target', 'logs', 'reports', 'dbt_packages', '.user.yml'])
/** What `git init` and `npm install millrace` leave in a folder that is otherwise new. */
const maybeThere = new Set(['.git', 'node_modules', 'package.json', 'package-lock.json'])

export interface InitOptions {
  /** Without the flights example: the same layout, nothing in it. */
  readonly empty?: boolean | undefined
  /** Write into a folder that holds something; files of the same names are overwritten. */
  readonly force?: boolean | undefined
}

/**
 * Makes a project in `dir` and answers the files written, relative to it. An existing package.json is kept and
 * completed.
 * @throws PROJECT_EXISTS when the folder is not empty and `force` is not set, PROJECT_NOT_WRITABLE
 */
export async function initProject(dir: string, { empty = false, force = false }: InitOptions = {}): Promise<string[]> {
  const target = resolve(dir)
  if (!force) await refuseUsedFolder(target)
  const name = projectName(target)
  const files = empty ? emptyProjectFiles(name) : await templateFiles(name)
  for (const [path, text] of commonFiles(name, { isExample: !empty })) files.set(path, text)
  files.set('package.json', await packageJson(target, name, files.get('package.json')))
  try {
    for (const [path, content] of files) {
      makeFolder(dirname(join(target, path)))
      await writeFile(join(target, path), content)
    }
  } catch (cause) {
    throw notWritable(target, refusalOf(cause))
  }
  return [...files.keys()].sort()
}

function notWritable(target: string, cause: NodeJS.ErrnoException) {
  return platformErrors.create('PROJECT_NOT_WRITABLE', {
    message: `The project cannot be written to ${target}: ${cause.code} at ${cause.path ?? target}.`,
    hint:
      cause.code === 'ENOSPC'
        ? 'The disk is full: make room, then run it again with --force.'
        : 'Name a folder in which you have the right to write: millrace init ~/my-stack',
    cause,
  })
}

async function refuseUsedFolder(target: string): Promise<void> {
  const entries = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    if (error.code !== 'ENOTDIR') throw error
    throw platformErrors.create('PROJECT_EXISTS', {
      message: `${target} is a file; nothing was written.`,
      hint: 'Name a new or empty folder: millrace init my-stack',
    })
  })
  const used = entries.filter((entry) => !maybeThere.has(entry))
  if (used.length === 0) return
  throw platformErrors.create('PROJECT_EXISTS', {
    message: `The folder ${target} is not empty (${used.slice(0, 3).join(', ')}${used.length > 3 ? ', …' : ''}); nothing was written.`,
    hint: 'Name a new folder: millrace init my-stack. Or write into this one with --force, which overwrites files of the same names.',
  })
}

/** The folder's name, made a legal one. */
function projectName(target: string): string {
  const name = basename(target)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z]+|-+$/g, '')
  return name === '' ? 'my-stack' : name
}

async function templateFiles(name: string): Promise<Map<string, string | Buffer>> {
  const files = new Map<string, string | Buffer>()
  for (const path of await listFiles(templateDir)) files.set(path, await readFile(join(templateDir, path)))
  const settings = String(files.get('millrace.yaml'))
  files.set('millrace.yaml', settings.replace(/^name:.*$/m, `name: '${name}'`))
  // The project has a README of its own, which names this one.
  files.set('FLIGHTS.md', files.get('README.md') ?? '')
  return files
}

async function listFiles(root: string, folder = root): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const nested = await Promise.all(
    entries
      .filter((entry) => !leftOut.has(entry.name))
      .map(async (entry) => {
        const path = join(folder, entry.name)
        return entry.isDirectory() ? listFiles(root, path) : [relative(root, path).split(sep).join('/')]
      }),
  )
  return nested.flat().sort()
}

async function packageJson(target: string, name: string, template: string | Buffer | undefined): Promise<string> {
  const read = (text: string | Buffer | undefined) => JSON.parse(String(text ?? '{}')) as PackageJson
  const program = read(await readFile(join(programDir, 'package.json')))
  const ours = projectPackageJson(name, {
    millrace: await ownSource(target, programDir, program.version ?? ''),
    program,
    template: read(template),
  })
  const existing = read(await readFile(join(target, 'package.json')).catch(() => undefined))
  return `${JSON.stringify(mergePackageJson(ours, existing), null, 2)}\n`
}
