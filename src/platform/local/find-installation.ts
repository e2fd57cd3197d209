import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { findProject } from '../project/find-project.js'
import { type Installation, localFolder, readInstallation } from './installation.js'
import { knownInstallations, stateDirOf, usualProjectDir } from './known-installations.js'
import { openManager } from './open-manager.js'
import { keptVariables, readEnvFile } from './service-environment.js'

type Env = Readonly<Record<string, string | undefined>>

export interface Found {
  readonly dir: string
  readonly stateDir: string
  readonly installation: Installation | undefined
  /** The project as the service sees it. One that is broken can still be looked at and taken away. @throws PROJECT_INVALID, ENV_MISSING */
  readProject(): Promise<Project>
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
  // Whoever names one is told what is wrong with it.
  if (named !== undefined) return readFound((await findProject(named, { env })).dir, env)
  const known = (await knownInstallations()).map(({ dir }) => dir)
  const usual = usualProjectDir()
  // One that was taken away is told of, too.
  const [only] = known.length === 0 && existsSync(join(usual, 'millrace.yaml')) ? [usual] : known
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
  const stateDir = await stateDirOf(dir, env)
  const installation = await readInstallation({ stateDir })
  const readProject = async () => {
    // Not installed: as any command sees it.
    if (!installation) return findProject(dir, { env })
    const kept = await keptVariables(localFolder({ stateDir }))
    const own = installation.envFile === undefined ? {} : await readEnvFile(installation.envFile)
    return findProject(dir, { env: { ...installation.env, ...kept, ...own } })
  }
  return { dir, stateDir, installation, readProject }
}

/** @throws LOCAL_NOT_INSTALLED */
export function requireInstalled({ dir, installation }: Found): Installation {
  if (installation) return installation
  throw platformErrors.create('LOCAL_NOT_INSTALLED', {
    message: `The project in ${dir} is not installed.`,
    hint: 'Install it: millrace local install',
  })
}

export const managerOf = (installation: Installation) => openManager(installation.manager)
