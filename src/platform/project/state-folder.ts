import { constants, existsSync } from 'node:fs'
import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, refusalOf } from '../../base/index.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'

/** Makes the folder in which Millrace keeps its own things. @throws STATE_FOLDER_UNUSABLE */
export async function prepareStateFolder({ stateDir }: Pick<Project, 'stateDir'>): Promise<void> {
  try {
    makeFolder(stateDir)
    await access(stateDir, constants.R_OK | constants.W_OK | constants.X_OK)
    await keepFromGit(stateDir)
  } catch (cause) {
    const { code } = refusalOf(cause)
    const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in its place' : `it cannot be written (${code})`
    throw platformErrors.create('STATE_FOLDER_UNUSABLE', {
      message: `Millrace cannot use its folder ${stateDir}: ${why}.`,
      hint: 'Give yourself the right to write there, or name another folder with the environment variable MILLRACE_STATE_DIR.',
      cause,
    })
  }
}

/** It is this machine's own, and holds the password of the store: nobody shall commit it because his project came without a .gitignore. */
async function keepFromGit(stateDir: string): Promise<void> {
  try {
    await writeFile(join(stateDir, '.gitignore'), '*\n', { flag: 'wx' })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
  }
}

/** Where is kept what ran last in each dbt target. */
export const memoryFolder = ({ stateDir }: Pick<Project, 'stateDir'>): string => join(stateDir, 'dbt')

/** Where is kept what was made of definitions.ts. */
export const codeFolder = ({ stateDir }: Pick<Project, 'stateDir'>): string => join(stateDir, 'definitions')

/** Where an embedded metadata store lies. */
export const postgresFolder = ({ stateDir }: Pick<Project, 'stateDir'>): string => join(stateDir, 'postgres')

/** Whether anything can have been kept in a metadata store yet: one that is made for a question has no answer. */
export async function hasStore(project: Pick<Project, 'stateDir' | 'metastoreUrl'>): Promise<boolean> {
  if (project.metastoreUrl !== undefined || existsSync(postgresFolder(project))) return true
  // Of root it may lie elsewhere.
  if (process.getuid?.() !== 0) return false
  const { reachableDataDir } = await import('../../metastore/index.js')
  return existsSync(reachableDataDir(postgresFolder(project)))
}

/** Whether other machines can have the store too: not the embedded one, whose address the processes of `millrace up` are handed. */
export async function isStoreShared(project: Pick<Project, 'stateDir' | 'metastoreUrl'>): Promise<boolean> {
  if (project.metastoreUrl === undefined) return false
  const { isEmbeddedAddress } = await import('../../metastore/index.js')
  return !(await isEmbeddedAddress(project.metastoreUrl, postgresFolder(project)))
}
