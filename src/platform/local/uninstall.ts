import { lstat, readdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { platformErrors } from '../errors.js'
import { postgresFolder } from '../project/state-folder.js'
import { type Found, findInstallation, managerOf } from './find-installation.js'
import { forgetInstallation, localFolder, serviceOf } from './installation.js'
import { dropInstallation, usualProjectDir } from './known-installations.js'
import { runningUp } from './running.js'
import { forgetVariables } from './service-environment.js'
import type { LocalOptions } from './status.js'

export interface LocalUninstalled {
  readonly project: string
  readonly dir: string
  readonly stateDir: string
  /** What was taken away; undefined where nothing was installed. */
  readonly title: string | undefined
  readonly isDataDeleted: boolean
  /** The history of runs lies in a PostgreSQL elsewhere, and stays there. */
  readonly hasStoreElsewhere: boolean
}

export interface UninstallOptions extends LocalOptions {
  /** Asked before data is deleted, with what that is; undefined: it is kept. */
  readonly mayDelete?: ((stateDir: string, holds: readonly string[]) => Promise<boolean>) | undefined
}

/** Ends the service of a project and takes it away. @throws LOCAL_NOT_INSTALLED, LOCAL_MANAGER_FAILED, LOCAL_STATE_ELSEWHERE, PROJECT_IN_USE */
export async function uninstallLocal(options: UninstallOptions): Promise<LocalUninstalled> {
  const { projectDir, cwd, env, signal, mayDelete } = options
  const found = await findInstallation(projectDir, cwd, env)
  const { dir, stateDir, installation } = found
  if (mayDelete) requireOwnFolder(found)
  const isDeleting = mayDelete !== undefined && (await mayDelete(stateDir, await entries(stateDir)))
  const settings = await found.readProject().catch(() => undefined)
  const facts = {
    project: installation?.project ?? settings?.name ?? dir,
    dir,
    stateDir,
    hasStoreElsewhere: settings?.metastoreUrl !== undefined,
  }
  // Who thought better of it wants everything as it was.
  if (mayDelete && !isDeleting) return { ...facts, title: undefined, isDataDeleted: false }
  let title: string | undefined
  if (installation) {
    const manager = managerOf(installation)
    const service = serviceOf(found, installation)
    await manager.remove(service, { signal })
    await forgetInstallation(found)
    await forgetVariables(localFolder(found))
    title = manager.title(service)
  }
  await dropInstallation(dir)
  if (isDeleting) await deleteState(found)
  return { ...facts, title, isDataDeleted: isDeleting }
}

const entries = (folder: string): Promise<readonly string[]> =>
  readdir(folder).then(
    (names) => names.sort(),
    () => [],
  )

/** What MILLRACE_STATE_DIR names may hold what is not this project's. @throws LOCAL_STATE_ELSEWHERE */
function requireOwnFolder({ dir, stateDir }: Found): void {
  const folder = resolve(stateDir)
  if (folder === join(resolve(dir), '.millrace') && folder !== dirname(usualProjectDir())) return
  throw platformErrors.create('LOCAL_STATE_ELSEWHERE', {
    message: `The data lies in ${stateDir}, which may hold more than this project. Nothing was changed.`,
    hint: 'Uninstall without --persisted, look into that folder, and delete what belongs to the project yourself.',
  })
}

async function deleteState(found: Found): Promise<void> {
  const { dir, stateDir } = found
  const up = await runningUp(found)
  if (up)
    throw platformErrors.create('PROJECT_IN_USE', {
      message: `\`millrace up\` runs on the project in ${dir} (process ${up.pid}). Its data was not deleted.`,
      hint: `End it first: kill -INT ${up.pid}`,
    })
  const { removeEmbeddedPostgres } = await import('../../metastore/index.js')
  await removeEmbeddedPostgres(postgresFolder(found))
  // A link to a folder elsewhere is ours, and not what it leads to.
  const info = await lstat(stateDir).catch(() => undefined)
  if (info) await rm(stateDir, { recursive: !info.isSymbolicLink(), force: true })
}
