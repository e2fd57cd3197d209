import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../../base/index.js'
import type { DbtCore } from './contract.js'

const partialParse = 'partial_parse.msgpack'
/** So many invocations can be looked at later: their log, their artifacts, the SQL that they ran. */
const keptInvocations = 20
const nameShape = /^\d{4}-\d\d-\d\dT[\d-]+Z-[0-9a-f]{8}$/

/** What one invocation of dbt writes. */
export interface WorkFolder {
  readonly dir: string
  readonly target: string
  readonly logs: string
}

/** Makes the folder of an invocation, with what dbt knows of the parsed project, so that it parses only what changed. */
export async function makeWorkFolder({ workDir }: DbtCore): Promise<WorkFolder> {
  // By their names they sort by time.
  const name = `${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${randomUUID().slice(0, 8)}`
  const folder = folderAt(join(workDir, name))
  makeFolder(folder.target)
  makeFolder(folder.logs)
  if (existsSync(join(workDir, partialParse)))
    await copyFile(join(workDir, partialParse), join(folder.target, partialParse))
  await forgetOld(workDir)
  return folder
}

const folderAt = (dir: string): WorkFolder => ({ dir, target: join(dir, 'target'), logs: join(dir, 'logs') })

/** What dbt knows of the project from now on. It is replaced whole: invocations run side by side. */
export async function keepPartialParse({ workDir }: DbtCore, { target }: WorkFolder): Promise<void> {
  const made = join(target, partialParse)
  if (!existsSync(made)) return
  const draft = join(workDir, `${partialParse}.${randomUUID()}`)
  await copyFile(made, draft)
  await rename(draft, join(workDir, partialParse))
}

/** Those that run now are among the newest, however many there are. */
async function forgetOld(workDir: string): Promise<void> {
  const names = (await readdir(workDir)).filter((name) => nameShape.test(name)).sort()
  const aDayAgoMs = Date.now() - 24 * 3_600_000
  for (const name of names.slice(0, -keptInvocations)) {
    const dir = join(workDir, name)
    const changedMs = await stat(dir).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    )
    if (names.length > 10 * keptInvocations || changedMs < aDayAgoMs)
      await rm(dir, { recursive: true, force: true }).catch(() => {})
  }
}
