import type { Logger } from '../../base/index.js'
import { findInstallation, managerOf } from './find-installation.js'
import { serviceOf } from './installation.js'
import { processTable, withDescendants } from './process-table.js'
import { answers, runningUp } from './running.js'
import type { ManagerKind } from './service-manager.js'

export interface LocalStatus {
  readonly project: string
  readonly dir: string
  readonly stateDir: string
  readonly isInstalled: boolean
  readonly manager: ManagerKind | undefined
  /** How it is installed, in words. */
  readonly title: string | undefined
  readonly logs: string | undefined
  readonly isRunning: boolean
  /** Whether its page answers. */
  readonly isAnswering: boolean
  /** Where it does not run, or is not what runs: why, as a sentence without a full stop. */
  readonly why: string | undefined
  readonly pid: number | undefined
  readonly startedAt: string | undefined
  /** Of what runs. */
  readonly version: string | undefined
  readonly url: string | undefined
  readonly airbyteUrl: string | undefined
  readonly memoryBytes: number | undefined
  /** Where it does not run: the last lines of its log. */
  readonly lastLines: readonly string[]
}

export interface LocalOptions {
  readonly projectDir: string | undefined
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
  readonly signal?: AbortSignal | undefined
}

const shownLines = 5

/** What became of an installation. @throws LOCAL_NOT_INSTALLED where it is not clear of which */
export async function localStatus({ projectDir, cwd, env, signal }: LocalOptions): Promise<LocalStatus> {
  const found = await findInstallation(projectDir, cwd, env)
  const { installation, dir, stateDir } = found
  const manager = installation && managerOf(installation)
  const service = installation && serviceOf(found, installation)
  // First: what dies between the two questions must not be taken for another one.
  const state = service && (await manager?.state(service, { signal }))
  const up = await runningUp(found)
  const facts = { project: installation?.project ?? (await found.readProject()).name, dir, stateDir }
  const ofUp = {
    startedAt: up?.startedAt,
    version: up?.version,
    url: up?.url,
    airbyteUrl: up?.airbyteUrl,
    isAnswering: await answers(up?.url, signal),
  }
  if (!manager || !service || !state)
    return {
      ...facts,
      ...ofUp,
      isInstalled: false,
      manager: undefined,
      title: undefined,
      logs: undefined,
      isRunning: false,
      why: up && `\`millrace up\` runs in a terminal (process ${up.pid})`,
      pid: up?.pid,
      memoryBytes: undefined,
      lastLines: [],
    }
  const isOurs = up !== undefined && up.pid === state.pid
  return {
    ...facts,
    ...ofUp,
    isInstalled: true,
    manager: manager.kind,
    title: manager.title(service),
    logs: manager.logs(service),
    isRunning: state.isRunning,
    why: up && !isOurs ? `another \`millrace up\` runs on the project (process ${up.pid})` : state.why,
    pid: state.pid ?? up?.pid,
    memoryBytes: state.pid === undefined ? undefined : sumOf(withDescendants(await processTable(), state.pid)),
    lastLines: state.isRunning ? [] : await manager.lastLines(service, shownLines, { signal }),
  }
}

const sumOf = (rows: readonly { readonly memoryBytes: number }[]): number | undefined =>
  rows.length === 0 ? undefined : rows.reduce((sum, row) => sum + row.memoryBytes, 0)
