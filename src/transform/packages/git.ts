import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isWithin, makeFolder, redact } from '../../base/index.js'
import { transformErrors } from '../errors.js'
import type { DeclaredPackage } from '../project/declared-packages.js'
import type { Env } from '../project/render.js'

export interface GitCheckout {
  /** The folder of the package: the repository, or its `subdirectory`. */
  readonly dir: string
  readonly commit: string
}

type GitPackage = Extract<DeclaredPackage, { kind: 'git' }>

export interface GitOptions {
  readonly env: Env
  readonly signal?: AbortSignal | undefined
}

/** Fetches one revision, and only that, into a folder. @throws TRANSFORM_PACKAGES_MISSING */
export async function checkout(
  wanted: GitPackage,
  revision: string,
  folder: string,
  options: GitOptions,
): Promise<GitCheckout> {
  makeFolder(folder)
  const git = (...args: string[]) => run(['-C', folder, ...args], wanted, revision, options)
  await git('init', '--quiet')
  try {
    await git('fetch', '--quiet', '--depth', '1', '--', wanted.name, revision)
  } catch (error) {
    // Some servers give a commit only with the branch that it stands on.
    if (!/^[0-9a-f]{40}$/.test(revision)) throw error
    await git('fetch', '--quiet', '--tags', '--', wanted.name, '+refs/heads/*:refs/remotes/origin/*')
    await git('update-ref', 'FETCH_HEAD', revision)
  }
  await git('checkout', '--quiet', 'FETCH_HEAD')
  const commit = await git('rev-parse', 'HEAD')
  const dir = join(folder, wanted.subdirectory ?? '.')
  if (!existsSync(join(dir, 'dbt_project.yml')))
    throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
      message: `${redact(wanted.name)} has no dbt_project.yml${wanted.subdirectory ? ` in ${wanted.subdirectory}` : ''} at ${revision}.`,
      at: { file: wanted.file },
      hint: 'Name the folder that holds it with `subdirectory:`.',
    })
  // Links are followed first: one of the repository may lead anywhere, too, and what is found is moved.
  const real = realpathSync(dir)
  if (!isWithin(realpathSync(folder), real))
    throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
      message: `The subdirectory ${wanted.subdirectory} leads out of ${redact(wanted.name)}.`,
      at: { file: wanted.file },
      hint: 'Name a folder of the repository.',
    })
  return { dir: real, commit: commit.trim() }
}

/** Git asks for no password, and takes no protocol that runs a program. */
async function run(
  args: readonly string[],
  { name, file }: GitPackage,
  revision: string,
  { env, signal }: GitOptions,
): Promise<string> {
  const own = { ...env, GIT_TERMINAL_PROMPT: '0', GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh', LC_ALL: 'C' }
  try {
    const { stdout } = await promisify(execFile)('git', args, { env: own, ...(signal && { signal }) })
    return stdout
  } catch (thrown) {
    const { code, stderr = '', message } = thrown as { code?: unknown; stderr?: string; message: string }
    const repo = redact(name)
    throw transformErrors.create('TRANSFORM_PACKAGES_MISSING', {
      message:
        code === 'ENOENT'
          ? 'Make sure git is installed on your machine: it is not found.'
          : `Error checking out spec='${revision}' for repo ${repo}\n${redact(stderr.trim() || message)}`,
      // dbt calls it an internal error when git does not find what packages.yml names.
      data: { dbtType: 'Internal' },
      at: { file },
      hint:
        code === 'ENOENT'
          ? 'Install git, or put the package into dbt_packages/.'
          : 'Check the address, the revision and your right to read the repository.',
    })
  }
}
