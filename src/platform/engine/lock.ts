import { readFileSync } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isProcessAlive } from '../../base/index.js'
import type { Project } from '../contract.js'
import { prepareStateFolder } from '../project/state-folder.js'

export interface EngineLock {
  release(): Promise<void>
}

export interface LockHolder {
  readonly pid: number
  readonly command: string
}

const lockFile = (project: Pick<Project, 'stateDir'>) => join(project.stateDir, 'engine.lock')

/**
 * One engine per project. The lock is a file with the holder's pid and start time; a file whose process is gone
 * (kill -9, power cut) is taken over. Answers the holder when somebody else lives.
 */
export async function acquireEngineLock(
  project: Pick<Project, 'stateDir'>,
  command: string,
): Promise<EngineLock | LockHolder> {
  await prepareStateFolder(project)
  const path = lockFile(project)
  for (let attempt = 0; attempt < 5; attempt++) {
    const handle = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined
      throw error
    })
    if (handle) {
      await handle.writeFile(JSON.stringify({ pid: process.pid, started: processStart(process.pid), command }))
      await handle.close()
      return { release: () => rm(path, { force: true }) }
    }
    const holder = await readHolder(path)
    if (holder && isSameProcess(holder)) return holder
    // Unreadable can also mean that its owner is writing it right now: look twice before taking it over.
    if (holder || attempt > 1) await rm(path, { force: true })
    else await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { pid: 0, command: 'unknown' }
}

export const isLock = (outcome: EngineLock | LockHolder): outcome is EngineLock => 'release' in outcome

async function readHolder(path: string): Promise<(LockHolder & { started: string }) | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockHolder & { started: string }
  } catch {
    return undefined
  }
}

function isSameProcess(holder: { pid: number; started: string }): boolean {
  if (holder.pid === process.pid) return true
  return isProcessAlive(holder.pid) && holder.started === processStart(holder.pid)
}

/** The kernel's start time of a process, so that a reused pid is not taken for the old owner; '' where it is not told. */
function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22, counted after the command name, which is in parentheses and may hold blanks.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
