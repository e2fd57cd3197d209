import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Project } from '../contract.js'
import { keepFile } from './keep-file.js'
import { managerKinds, type Service } from './service-manager.js'

const installationSchema = z.object({
  /** The name that the project had; one that was renamed since is still run by the former one. */
  project: z.string(),
  manager: z.enum(managerKinds),
  command: z.array(z.string()).min(1),
  env: z.record(z.string(), z.string()),
  /** What it listens on, where it is not what the project says. */
  host: z.string().optional(),
  port: z.number().int(),
  /** 0: Airbyte's API is not offered. */
  airbytePort: z.number().int(),
  /** A file of the user's own with variables. */
  envFile: z.string().optional(),
  /** Of the Millrace that installed it. */
  version: z.string(),
  installedAt: z.string(),
})

/** How a project was installed on this machine. Holds no secrets. */
export type Installation = z.output<typeof installationSchema>

type Place = Pick<Project, 'dir' | 'stateDir'>

/** Where what `millrace local` keeps lies. */
export const localFolder = ({ stateDir }: Pick<Project, 'stateDir'>): string => join(stateDir, 'local')
const installationFile = (project: Pick<Project, 'stateDir'>) => join(localFolder(project), 'installation.json')

export async function readInstallation(project: Pick<Project, 'stateDir'>): Promise<Installation | undefined> {
  try {
    return installationSchema.parse(JSON.parse(await readFile(installationFile(project), 'utf8')))
  } catch {
    // Never installed, or by a version that wrote it otherwise: as good as not at all.
    return undefined
  }
}

export const keepInstallation = (project: Pick<Project, 'stateDir'>, installation: Installation): Promise<void> =>
  keepFile(installationFile(project), JSON.stringify(installation, null, 2))

export const forgetInstallation = (project: Pick<Project, 'stateDir'>): Promise<void> =>
  rm(installationFile(project), { force: true })

/** What service managers are told of it. */
export function serviceOf(place: Place, { project, command, env }: Installation): Service {
  const hash = createHash('sha256').update(place.dir).digest('hex').slice(0, 8)
  return {
    name: `millrace-${project}-${hash}`,
    title: `Millrace: ${project}`,
    command,
    dir: place.dir,
    env,
    folder: localFolder(place),
  }
}
