import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { transformErrors } from '../errors.js'
import { type DbtPackage, readDbtProject } from '../project/dbt-project.js'
import { type DeclaredPackage, declaredPackages, folderOf } from '../project/declared-packages.js'
import type { CommandInvocation, DbtCommand } from './invocation.js'

type GitPackage = Extract<DeclaredPackage, { kind: 'git' }>

/** Installs git packages below dbt_packages, with what they need in their turn. Local packages stay where they are. */
export const deps: DbtCommand = async (invocation) => {
  const root = readDbtProject(invocation.projectDir, { env: invocation.io.env, ignoresDbtVersion: true })
  const declared = declaredPackages(root.dir)
  if (declared.length === 0) invocation.info('No packages were found in packages.yml')
  const seen = new Set<string>()
  const todo = [...declared]
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    if (seen.has(next.name)) continue
    seen.add(next.name)
    todo.push(...declaredPackages(await install(invocation, root, next)))
  }
  return 0
}

/** Answers the folder in which the package lies now. */
async function install(invocation: CommandInvocation, root: DbtPackage, wanted: DeclaredPackage): Promise<string> {
  if (wanted.kind === 'local') {
    if (!existsSync(join(wanted.dir, 'dbt_project.yml')))
      throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
        message: `The local package ${wanted.name} has no dbt_project.yml.`,
        at: { file: wanted.file },
        hint: `Its path is relative to the folder of ${wanted.file}: ${wanted.dir}.`,
      })
    invocation.info(`Using ${wanted.name} where it is`)
    return wanted.dir
  }
  if (wanted.kind === 'git') return clone(invocation, root, wanted)
  const present = join(root.dir, root.packagesPath, folderOf(wanted.name))
  if (existsSync(join(present, 'dbt_project.yml'))) {
    invocation.info(`Using ${wanted.name} from ${root.packagesPath}`)
    return present
  }
  throw transformErrors.create('TRANSFORM_UNSUPPORTED', {
    message: `${wanted.name} is a ${wanted.kind} package, which \`dbt deps\` cannot install here yet.`,
    at: { file: wanted.file },
    hint: `Name its git repository instead ({git: <url>, revision: <tag>}), or put it into ${root.packagesPath}/${folderOf(wanted.name)}; what lies there is used as it is.`,
  })
}

/** Only the one revision is fetched, into a folder beside its place, which it takes when it is complete. */
async function clone(invocation: CommandInvocation, root: DbtPackage, wanted: GitPackage): Promise<string> {
  const folder = join(root.dir, root.packagesPath)
  mkdirSync(folder, { recursive: true })
  const temporary = mkdtempSync(join(folder, '.installing-'))
  const revision = wanted.revision ?? 'HEAD'
  invocation.info(`Installing ${wanted.name}`)
  try {
    const git = (...args: string[]) => runGit(['-C', temporary, ...args], wanted, invocation)
    await git('init', '--quiet')
    await git('fetch', '--quiet', '--depth', '1', '--', wanted.name, revision)
    await git('checkout', '--quiet', 'FETCH_HEAD')
    const source = join(temporary, wanted.subdirectory ?? '.')
    if (!existsSync(join(source, 'dbt_project.yml')))
      throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
        message: `${wanted.name} has no dbt_project.yml${wanted.subdirectory ? ` in ${wanted.subdirectory}` : ''} at ${revision}.`,
        at: { file: wanted.file },
        hint: 'Name the folder that holds it with `subdirectory:`.',
      })
    const { name } = readDbtProject(source, { env: invocation.io.env, ignoresDbtVersion: true })
    const place = join(folder, name)
    rmSync(place, { recursive: true, force: true })
    if (wanted.subdirectory) cpSync(source, place, { recursive: true })
    else renameSync(source, place)
    invocation.info(`  Installed ${name} from ${revision}`)
    return place
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** Git asks for no password, and takes no protocol that runs a program. */
async function runGit(args: readonly string[], { name, file }: GitPackage, { io }: CommandInvocation): Promise<void> {
  const env = { ...io.env, GIT_TERMINAL_PROMPT: '0', GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh' }
  try {
    await promisify(execFile)('git', args, { env, ...(io.signal && { signal: io.signal }) })
  } catch (thrown) {
    const { code, stderr = '', message } = thrown as { code?: unknown; stderr?: string; message: string }
    throw transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
      message: code === 'ENOENT' ? 'Git is not installed.' : `Git could not fetch ${name}: ${stderr.trim() || message}`,
      at: { file },
      hint:
        code === 'ENOENT'
          ? 'Install git, or put the package into dbt_packages.'
          : 'Check the address and the revision.',
    })
  }
}
