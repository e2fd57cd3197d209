import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { didYouMean, isProcessAlive, pidHere, silentLogger } from '../../base/index.js'
import type { KnownProcess } from '../../orchestrate/index.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { knownProcesses } from '../processes/presence/known-processes.js'
import { openStore } from '../processes/store/open-store.js'
import { postgresFolder } from '../project/state-folder.js'
import { findInstallation, managerOf, requireInstalled } from './find-installation.js'
import { type Installation, serviceOf } from './installation.js'
import { processTable, withDescendants } from './process-table.js'
import { type RunningUp, runningUp, within } from './running.js'
import type { LocalOptions } from './status.js'
import { waitUntilServing } from './wait-until-serving.js'

export const partNames = ['supervisor', 'server', 'engine', 'store'] as const
export type PartName = (typeof partNames)[number]

/** A process of an installation. */
export interface LocalPart {
  readonly name: PartName
  /** `external`: a PostgreSQL that Millrace does not run. */
  readonly state: 'running' | 'starting' | 'stopped' | 'external'
  readonly pid: number | undefined
  readonly startedAt: string | undefined
  readonly memoryBytes: number | undefined
}

const restartMs = 60_000

/** The processes of an installation. @throws LOCAL_NOT_INSTALLED */
export async function localParts(options: LocalOptions): Promise<readonly LocalPart[]> {
  const found = await findInstallation(options.projectDir, options.cwd, options.env)
  requireInstalled(found)
  return partsOf(await found.readProject(), options)
}

async function partsOf(project: Project, { logger }: LocalOptions): Promise<readonly LocalPart[]> {
  const up = await runningUp(project)
  const table = await processTable()
  // Which processes there are stands in the store; without a supervisor nobody is asked, since asking would start one.
  const unknown = (error: unknown) => {
    logger.warn('The store does not answer, so nobody knows of server and engine', { error })
    return []
  }
  const known = up ? await processesIn(project, logger).catch(unknown) : []
  const memoryOf = (pid: number | undefined) => table.find((row) => row.pid === pid)?.memoryBytes
  const sumFrom = (pid: number) => withDescendants(table, pid).reduce((sum, row) => sum + row.memoryBytes, 0)
  const child = (name: 'server' | 'engine'): LocalPart => {
    const one = known.find(({ kind, isLost, name: own }) => kind === name && !isLost && pidHere(own) !== undefined)
    const pid = one && pidHere(one.name)
    const state = one ? 'running' : up ? 'starting' : 'stopped'
    return { name, state, pid, startedAt: one?.startedAt, memoryBytes: pid === undefined ? undefined : memoryOf(pid) }
  }
  return [
    {
      name: 'supervisor',
      state: up ? 'running' : 'stopped',
      pid: up?.pid,
      startedAt: up?.startedAt,
      memoryBytes: memoryOf(up?.pid),
    },
    child('server'),
    child('engine'),
    await storePart(project, up, sumFrom),
  ]
}

async function storePart(
  project: Project,
  up: RunningUp | undefined,
  memoryOf: (pid: number) => number,
): Promise<LocalPart> {
  const nothing = { name: 'store', pid: undefined, startedAt: undefined, memoryBytes: undefined } as const
  if (project.metastoreUrl !== undefined) return { ...nothing, state: 'external' }
  const server = await postmaster(project)
  if (!server) return { ...nothing, state: up ? 'starting' : 'stopped' }
  return { name: 'store', state: 'running', ...server, memoryBytes: memoryOf(server.pid) || undefined }
}

/** PostgreSQL's own note: its pid in the first line, when it was started in the third. */
async function postmaster(project: Project) {
  const { reachableDataDir } = await import('../../metastore/index.js')
  const path = join(reachableDataDir(postgresFolder(project)), 'postmaster.pid')
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n')
  const [pid, startedS] = [Number(lines[0]), Number(lines[2])]
  if (!(pid > 0) || !isProcessAlive(pid)) return undefined
  return { pid, startedAt: startedS > 0 ? new Date(startedS * 1000).toISOString() : undefined }
}

async function processesIn(project: Project, logger: LocalOptions['logger']): Promise<readonly KnownProcess[]> {
  const handle = await openStore(project, { logger })
  try {
    return await knownProcesses(handle.store)
  } finally {
    await handle.close()
  }
}

/** Starts one of them again and waits until it is there. @throws LOCAL_NOT_INSTALLED, LOCAL_NOT_RUNNING, LOCAL_PART_UNKNOWN, LOCAL_NOT_STARTED */
export async function restartPart(name: string, options: LocalOptions): Promise<LocalPart> {
  const found = await findInstallation(options.projectDir, options.cwd, options.env)
  const installation = requireInstalled(found)
  const project = await found.readProject()
  const part = partNames.find((one) => one === name)
  if (part === undefined)
    throw platformErrors.create('LOCAL_PART_UNKNOWN', {
      message: `There is no part \`${name}\`.`,
      hint: [didYouMean(name, partNames), `Parts: ${partNames.join(', ')}.`].filter(Boolean).join(' '),
    })
  if (part === 'supervisor') return restartAll(project, installation, options)
  const before = (await partsOf(project, options)).find((one) => one.name === part) as LocalPart
  if (before.state === 'external')
    throw platformErrors.create('LOCAL_PART_UNKNOWN', {
      message: 'The store is a PostgreSQL that Millrace does not run.',
      hint: 'Start it again where it runs; Millrace waits for it.',
    })
  if (!(await runningUp(project)))
    throw platformErrors.create('LOCAL_NOT_RUNNING', {
      message: `Nothing runs whose ${part} could be started again.`,
      hint: 'Start all of it: millrace local install',
    })
  // SIGINT is PostgreSQL's fast shutdown. The supervisor starts either again.
  if (before.pid !== undefined) process.kill(before.pid, part === 'store' ? 'SIGINT' : 'SIGTERM')
  const isAgain = (one: LocalPart) => one.name === part && one.state === 'running' && one.pid !== before.pid
  const again = await within(
    restartMs,
    // A store that is just going away answers nobody, and that is no news.
    async () => (await partsOf(project, { ...options, logger: silentLogger })).find(isAgain),
    { signal: options.signal },
  )
  if (again) return again
  const manager = managerOf(installation)
  throw platformErrors.create('LOCAL_NOT_STARTED', {
    message: `The ${part} did not come back within ${restartMs / 1000} seconds.`,
    hint: `Its log: ${manager.logs(serviceOf(project, installation))}. \`millrace local deployments --restart supervisor\` starts everything again.`,
  })
}

async function restartAll(project: Project, installation: Installation, options: LocalOptions): Promise<LocalPart> {
  const manager = managerOf(installation)
  const service = serviceOf(project, installation)
  const { logger, signal } = options
  await manager.start(service, { signal })
  await waitUntilServing(project, { manager, service, logger, signal, timeoutMs: restartMs })
  return (await partsOf(project, options)).find((one) => one.name === 'supervisor') as LocalPart
}
