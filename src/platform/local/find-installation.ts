import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { findProject } from '../project/find-project.js'
import { type Installation, localFolder, readInstallation } from './installation.js'
import { knownInstallations, usualProjectDir } from './known-installations.js'
import { openManager } from './open-manager.js'
import { keptVariables, plainVariables, readEnvFile } from './service-environment.js'

type Env = Readonly<Record<string, string | undefined>>

export interface Found {
  /** As the service sees it. */
  readonly project: Project
  readonly installation: Installation | undefined
}

/** The folder with millrace.yaml that is this one or the nearest above it. */
export function projectDirAt(start: string): string | undefined {
  for (let dir = resolve(start); ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'millrace.yaml'))) return dir
    if (dirname(dir) === dir) return undefined
  }
}

/** The project that is meant where none is named: the one of this folder, else the one that is installed. @throws LOCAL_NOT_INSTALLED */
export async function findInstallation(named: string | undefined, cwd: string, env: Env): Promise<Found> {
  const here = projectDirAt(named ?? cwd)
  if (here !== undefined) return readFound(here, env)
  if (named !== undefined) return { project: await findProject(named, { env }), installation: undefined }
  const known = (await knownInstallations()).filter((dir) => existsSync(join(dir, 'millrace.yaml')))
  const [only] =
    known.length === 0 && existsSync(join(usualProjectDir(), 'millrace.yaml')) ? [usualProjectDir()] : known
  if (only !== undefined && known.length < 2) return readFound(only, env)
  throw platformErrors.create('LOCAL_NOT_INSTALLED', {
    message:
      known.length === 0
        ? 'Nothing is installed, and there is no project here.'
        : `${known.length} projects are installed, and this folder belongs to none of them: ${known.join(', ')}.`,
    hint: known.length === 0 ? 'Install it: millrace local install' : 'Name one with --project-dir.',
  })
}

async function readFound(dir: string, env: Env): Promise<Found> {
  const plain = plainVariables(env, dir)
  const installation = await readInstallation({ stateDir: plain.MILLRACE_STATE_DIR ?? join(dir, '.millrace') })
  // Not installed: as any command sees it.
  if (!installation) return { project: await findProject(dir, { env }), installation }
  const stateDir = installation.env.MILLRACE_STATE_DIR ?? join(dir, '.millrace')
  const kept = await keptVariables(localFolder({ stateDir }))
  const own = installation.envFile === undefined ? {} : await readEnvFile(installation.envFile)
  return { project: await findProject(dir, { env: { ...installation.env, ...kept, ...own } }), installation }
}

/** @throws LOCAL_NOT_INSTALLED */
export function requireInstalled({ project, installation }: Found): Installation {
  if (installation) return installation
  throw platformErrors.create('LOCAL_NOT_INSTALLED', {
    message: `The project ${project.name} (${project.dir}) is not installed.`,
    hint: 'Install it: millrace local install',
  })
}

export const managerOf = (installation: Installation) => openManager(installation.manager)
